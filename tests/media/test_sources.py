"""Which SSRC is what."""

from __future__ import annotations

from pathlib import Path

from server.domain.seats import Medium, Seat
from server.media.incoming import IncomingStream, RetransmissionStream
from server.media.probe import Probe
from server.media.sdp import parse_offer
from server.media.sources import Sources
from server.media.synthetic import LAYERED
from tests.media.streams import Mouth, picture, send

OFFER = (Path(__file__).parent / "offers/chromium.sdp").read_bytes().decode()


async def layered() -> Sources:
    probe = Probe(Seat.THERAPIST, dialect=LAYERED)
    made = Sources(Mouth(), parse_offer(Seat.THERAPIST, probe.offer()))
    await probe.close()
    return made


def test_a_stream_is_known_by_its_announced_ssrc_or_by_the_mid_in_its_packets() -> None:
    offer = parse_offer(Seat.THERAPIST, OFFER)
    made = Sources(Mouth(), offer)
    camera = made.learn(offer.sends[1].ssrc or 0, 96, 5, {})
    mic = made.learn(77, 111, 5, {4: b"0"})

    assert isinstance(camera, IncomingStream)
    assert isinstance(mic, IncomingStream)
    assert (camera.section.medium, mic.section.medium) == (Medium.CAMERA, Medium.MIC)
    assert made.learn(78, 111, 5, {}) is None
    assert made.learn(78, 111, 5, {4: b"9"}) is None
    assert made.learn(78, 50, 5, {4: b"1"}) is None
    assert isinstance(made.learn(79, 97, 5, {4: b"1"}), RetransmissionStream)


async def test_a_layer_is_known_by_its_name_with_or_without_the_mid() -> None:
    made = await layered()
    small, large = made.learn(1, 96, 5, {4: b"1", 10: b"q"}), made.learn(2, 96, 5, {10: b"f"})
    repair = made.learn(3, 97, 5, {11: b"f"})

    assert isinstance(small, IncomingStream)
    assert isinstance(large, IncomingStream)
    assert isinstance(repair, RetransmissionStream)
    assert (small.layer, large.layer, repair.layer) == (0, 1, 1)
    assert made.learn(4, 96, 5, {4: b"1"}) is None, "a camera with layers sends nothing without a name"
    assert made.learn(4, 97, 5, {4: b"1", 10: b"q"}) is None
    assert made.learn(4, 96, 5, {10: b"h"}) is None


async def test_the_best_allowed_layer_that_comes_is_taken() -> None:
    made = await layered()
    assert made.layer(Medium.CAMERA, 1, None, 9.0) is None
    small, large = made.learn(1, 96, 5, {10: b"q"}), made.learn(2, 96, 5, {10: b"f"})
    assert isinstance(small, IncomingStream)
    assert isinstance(large, IncomingStream)
    assert made.layer(Medium.CAMERA, 1, None, 9.0) is small
    assert made.layer(Medium.CAMERA, 0, large, 9.0) is large
    assert made.top_layer(Medium.CAMERA, 9.0) is None

    send(small, 5, picture(1), now=9.0)
    assert made.layer(Medium.CAMERA, 1, None, 9.1) is small
    send(large, 5, picture(1), now=9.5)
    assert made.layer(Medium.CAMERA, 1, None, 9.6) is large
    assert made.layer(Medium.CAMERA, 0, None, 9.6) is small
    assert made.layer(Medium.CAMERA, 0, None, 10.2) is large
    assert made.top_layer(Medium.CAMERA, 9.6) == 1
