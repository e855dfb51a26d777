"""The load generator's session descriptions, held to the host that reads them."""

from __future__ import annotations

import pytest

from server.domain.seats import Medium, Seat
from server.media.ice import Credentials
from server.media.sdp import parse_offer
from tests.bench import offers
from tests.bench.hostroom import sections_of
from tests.bench.score import Sender

OWN = Credentials("fragment", "a-password-of-some-length")
PRINT = ":".join(["AB"] * 32)


def test_the_host_reads_an_offer_of_nine_sections() -> None:
    sender = Sender(0, "0", "1")
    text = offers.describe(sections_of(sender), OWN, PRINT, ("127.0.0.1", 5000), setup="actpass")

    offer = parse_offer(Seat.THERAPIST, text)

    mic, camera, _ = offer.sends
    assert [section.medium for section in offer.sends] == list(Medium)
    assert (mic.ssrc, mic.payload_type, mic.extensions.audio_level) == (sender.mic.ssrc, offers.OPUS, offers.LEVEL_ID)
    assert (camera.ssrc, camera.rtx_ssrc) == (sender.camera.ssrc, sender.camera.rtx_ssrc)
    assert camera.extensions.transport_sequence == offers.TRANSPORT_ID
    assert len(offer.receives) == 6


def test_a_description_tells_who_wrote_it_and_what_it_has() -> None:
    listening = [offers.Section("a", False), offers.Section("b", True)]
    text = offers.describe(listening, OWN, PRINT, ("192.0.2.1", 5000), setup="active")

    assert offers.sections(text) == listening
    assert offers.remote(text) == offers.Remote(OWN, PRINT, ("192.0.2.1", 5000))


def test_a_description_without_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        offers.remote("a=candidate:1 1 udp 1 192.0.2.1 5000 typ host")
