"""Offers of real browsers, and offers that nobody should make."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.seats import SEATS, Medium, Seat, other_seats
from server.media import extensions, sdp
from server.media.extensions import ExtensionIds
from server.media.probe import Probe
from server.media.sdp import BadOfferError, parse_offer
from server.media.synthetic import PLAIN

OFFERS = {path.stem: path.read_bytes().decode() for path in (Path(__file__).parent / "offers").glob("*.sdp")}
CHROMIUM, FIREFOX = OFFERS["chromium"], OFFERS["firefox"]


@pytest.mark.parametrize("seat", SEATS)
@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_sections_are_mine_and_then_the_others_in_the_order_of_seats(offer: str, seat: Seat) -> None:
    read = parse_offer(seat, offer)

    media = [Medium.MIC, Medium.CAMERA, Medium.SCREEN]
    assert [(section.seat, section.medium) for section in read.sends] == [(seat, medium) for medium in media]
    assert [(section.seat, section.medium) for section in read.receives] == [
        (other, medium) for other in other_seats(seat) for medium in media
    ]
    assert [section.mid for section in (*read.sends, *read.receives)] == [str(number) for number in range(9)]


def test_each_browser_keeps_its_own_numbers() -> None:
    chromium, firefox = parse_offer(Seat.THERAPIST, CHROMIUM), parse_offer(Seat.THERAPIST, FIREFOX)

    assert [(section.payload_type, section.rtx_payload_type) for section in chromium.sends] == [
        (111, None),
        (96, 97),
        (96, 97),
    ]
    assert [(section.payload_type, section.rtx_payload_type) for section in firefox.sends] == [
        (109, None),
        (120, 124),
        (120, 124),
    ]
    assert chromium.sends[0].extensions == ExtensionIds(mid=4, audio_level=1, transport_sequence=3)
    assert firefox.sends[0].extensions == ExtensionIds(mid=3, audio_level=1, transport_sequence=7)
    assert chromium.receives[1].extensions == ExtensionIds(mid=4, abs_send_time=2)
    assert firefox.receives[1].extensions == ExtensionIds(mid=3, abs_send_time=4)


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_the_browser_estimates_for_what_it_sends_and_reports_on_what_it_receives(offer: str) -> None:
    read = parse_offer(Seat.THERAPIST, offer)

    for section in read.sends:
        assert "transport-cc" in section.feedback
        assert "goog-remb" not in section.feedback
    for section in read.receives:
        assert section.extensions.transport_sequence == 0
        assert "transport-cc" not in section.feedback
        assert ("goog-remb" in section.feedback) == section.video
    assert {"nack", "nack pli"} <= set(read.sends[1].feedback)


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_ssrcs_are_taken_from_sending_sections_alone(offer: str) -> None:
    read = parse_offer(Seat.THERAPIST, offer)
    group = re.search(r"a=ssrc-group:FID (\d+) (\d+)", offer)

    assert group is not None
    assert (read.sends[1].ssrc, read.sends[1].rtx_ssrc) == (int(group[1]), int(group[2]))
    assert read.sends[0].ssrc is not None
    assert all(section.ssrc is None for section in read.receives)


def test_the_layers_of_a_simulcast_section_are_not_taken_for_streams() -> None:
    layered = FIREFOX.replace("a=mid:1\r\n", "a=mid:1\r\na=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\n")

    assert parse_offer(Seat.THERAPIST, layered).sends[1].ssrc is None


def layered(lines: str, offer: str = FIREFOX) -> str:
    """An offer whose camera has layers, as Firefox writes it: with an SSRC for each."""
    ids = f"a=extmap:10 {extensions.RID}\r\na=extmap:11 {extensions.REPAIRED_RID}\r\n"
    return offer.replace("a=mid:1\r\n", f"a=mid:1\r\n{ids}{lines}")


def test_the_layers_of_a_camera_are_taken_in_their_order() -> None:
    read = parse_offer(Seat.THERAPIST, layered("a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;~h\r\n"))

    assert read.sends[1].layers == ("q", "h")
    assert (read.sends[1].ssrc, read.sends[1].rtx_ssrc) == (None, None)
    assert (read.sends[1].extensions.rid, read.sends[1].extensions.repaired_rid) == (10, 11)
    assert read.sends[2].layers == read.receives[1].layers == ()


@pytest.mark.parametrize(
    "lines",
    [
        "a=rid:q send\r\na=simulcast:send q;h\r\n",
        "a=rid:q send\r\na=simulcast:send q\r\n",
        "a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;q\r\n",
        "a=rid:q send\r\na=rid:h send\r\na=simulcast:send q,h\r\n",
        "a=rid:q! send\r\na=rid:h send\r\na=simulcast:send q!;h\r\n",
        "a=simulcast:send ;;;;;\r\n",
        "".join(f"a=rid:{n} send\r\n" for n in range(4)) + "a=simulcast:send 0;1;2;3\r\n",
    ],
)
def test_layers_that_are_no_plain_list_are_not_negotiated(lines: str) -> None:
    camera = parse_offer(Seat.THERAPIST, layered(lines)).sends[1]

    assert camera.layers == ()
    assert camera.extensions.rid == camera.extensions.repaired_rid == 0


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_only_lines_of_use_reach_the_library(offer: str) -> None:
    lines = list(sdp._allowed_lines(offer + "a=fmtp:77 of=a-codec-that-is-not-listed\r\na=unknown:thing\r\n"))

    assert sum(map(len, lines)) < 0.5 * len(offer)
    assert not any(line.startswith(("a=candidate", "a=ice-", "a=msid", "a=fmtp:77", "a=unknown")) for line in lines)


def mangled(pattern: str, replacement: str, offer: str = CHROMIUM, count: int = 0) -> str:
    changed = re.sub(pattern, replacement, offer, count=count)
    assert changed != offer
    return changed


BAD = {
    "empty": "",
    "no sdp": "hello",
    "too long": CHROMIUM + "a=x\r\n" * 10_000,
    "not ascii": CHROMIUM.replace("s=-", "s=ü"),
    "data channel": CHROMIUM + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:9\r\n",
    "data channel in place": mangled(
        r"m=video \d+ UDP/TLS/RTP/SAVPF [\d ]+", "m=application 9 UDP/DTLS/SCTP x", count=1
    ),
    "eight sections": CHROMIUM[: CHROMIUM.rindex("m=video")],
    "wrong order": mangled("m=audio", "m=video", count=1),
    "no bundle": mangled("a=group:BUNDLE.*", "a=group:BUNDLE 0"),
    "no group": mangled("a=group:BUNDLE.*\r\n", ""),
    "no rtcp-mux": mangled("a=rtcp-mux\r\n", "", count=1),
    "same mid twice": mangled("a=mid:1\r\n", "a=mid:0\r\n"),
    "long mid": mangled(r"a=mid:1\r\n", "a=mid:123456789\r\n").replace("BUNDLE 0 1", "BUNDLE 0 123456789"),
    "no mid": mangled("a=mid:1\r\n", ""),
    "other profile": mangled("UDP/TLS/RTP/SAVPF", "RTP/AVP", count=1),
    "receiving what it should send": mangled("a=sendonly", "a=recvonly", count=1),
    "sending what it should receive": mangled("a=recvonly", "a=sendonly", count=1),
    "inactive": mangled("a=sendonly", "a=inactive", count=1),
    "switched off": mangled("m=audio 9", "m=audio 0", FIREFOX, count=1),
    "no opus": mangled("opus/48000/2", "G722/8000"),
    "no vp8": mangled("VP8/90000", "AV1/90000"),
    "low payload type": CHROMIUM.replace("SAVPF 96", "SAVPF 66").replace(":96 ", ":66 "),
    "no certificate": mangled("a=fingerprint.*\r\n", ""),
    "certificate of an unknown kind": mangled("a=fingerprint:sha-256", "a=fingerprint:md5"),
    "two certificates": mangled("(?<=a=fingerprint:sha-256 )..", "00", count=1),
    "certificate that is none": mangled("(?<=a=fingerprint:sha-256 )..", "ZZ"),
    "would be the server": mangled("a=setup:actpass", "a=setup:passive"),
    "no setup": mangled("a=setup:actpass\r\n", ""),
    "broken number": mangled(r"a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus/x"),
    "huge number": mangled(r"a=rtpmap:111 opus/48000/2", f"a=rtpmap:111 opus/{'9' * 5000}"),
    "attribute without value": mangled(r"a=rtpmap:111 opus/48000/2", "a=rtpmap"),
    "broken extension": mangled("a=extmap:1 ", "a=extmap:1/2/3 "),
    "broken ssrc": mangled(r"a=ssrc:(\d+) cname", "a=ssrc:x cname"),
}


@pytest.mark.parametrize("offer", BAD.values(), ids=BAD)
def test_a_bad_offer_is_refused_without_a_quote(offer: str) -> None:
    with pytest.raises(BadOfferError) as caught:
        parse_offer(Seat.PARTNER_A, offer)
    assert "a=" not in str(caught.value)


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1 << 32))
def test_any_damage_is_read_or_refused(offer: str, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    lines = offer.split("\r\n")
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(lines))
        match dice.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, dice.choice(lines))
            case 2:
                lines[at] = lines[at][: dice.randrange(len(lines[at]) + 1)]
            case 3:
                lines[at] = re.sub(r"\d+", lambda _: str(dice.choice([0, -1, 255, 1 << 70])), lines[at])
            case _:
                lines[at] = lines[at].replace(dice.choice(" :/=;"), dice.choice(" :/=;"))
    try:
        read = parse_offer(Seat.PARTNER_B, "\r\n".join(lines))
    except BadOfferError:
        return
    assert len(read.sends) + len(read.receives) == 9


async def test_the_probe_s_own_offer_is_one_that_a_browser_could_make() -> None:
    probe = Probe(Seat.PARTNER_A, dialect=PLAIN)

    read = parse_offer(Seat.PARTNER_A, probe.offer())

    assert read.sends[1].rtx_payload_type is None
    await probe.close()
