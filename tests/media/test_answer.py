"""The answer, held against the offers of real browsers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.domain.seats import Seat
from server.media import extensions
from server.media.answer import OutgoingSsrc, write_answer
from server.media.probe import Probe
from server.media.sdp import parse_offer
from server.media.synthetic import LAYERED

OFFERS = {path.stem: path.read_bytes().decode() for path in (Path(__file__).parent / "offers").glob("*.sdp")}
CHROMIUM, FIREFOX = OFFERS["chromium"], OFFERS["firefox"]
NAMES = [OutgoingSsrc(10 + number, 20 + number, "anonymous") for number in range(6)]


def answer(offer: str) -> str:
    return write_answer(
        parse_offer(Seat.THERAPIST, offer),
        NAMES,
        ufrag="fragment",
        password="secret",
        fingerprint="AA:BB",
        candidates=[("192.0.2.1", 5000), ("2001:db8::1", 5000)],
    )


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_the_answer_mirrors_the_offer(offer: str) -> None:
    text = answer(offer)
    sections = re.split(r"(?m)^(?=m=)", text)
    offered = re.split(r"(?m)^(?=m=)", offer)

    assert "a=ice-lite\r\n" in sections[0]
    assert "a=group:BUNDLE 0 1 2 3 4 5 6 7 8\r\n" in sections[0]
    assert len(sections) == len(offered) == 10
    for number, (section, original) in enumerate(zip(sections[1:], offered[1:], strict=True)):
        assert section.split()[0] == original.split()[0]
        assert ("a=recvonly" if number < 3 else "a=sendonly") in section
        for line in ("a=rtcp-mux", "a=setup:passive", "a=ice-ufrag:fragment", f"a=mid:{number}"):
            assert line + "\r\n" in section
        for line in re.findall(r"a=extmap:\d+ \S+|a=rtpmap:\S+ \S+|a=rtcp-fb:.*?(?=\r)|a=fmtp:\d+ apt=\d+", section):
            assert line in original, "the answer has something that was not offered"
        numbers = re.findall(r"a=rtpmap:(\d+)", section)
        assert section.split("\r\n")[0].split()[3:] == numbers


def test_the_answer_names_the_host_s_addresses_and_nobody_else_s() -> None:
    text = answer(CHROMIUM)

    assert re.findall(r"a=candidate:\S+ 1 udp \d+ (\S+) 5000 typ host", text) == ["192.0.2.1", "2001:db8::1"]
    by_tcp = r"a=candidate:\S+ 1 tcp (\d+) (\S+) 5000 typ host tcptype passive\r\n"
    assert [address for _, address in re.findall(by_tcp, text)] == ["192.0.2.1", "2001:db8::1"]
    priorities = [int(it) for it in re.findall(r"a=candidate:\S+ 1 \w+ (\d+)", text)]
    assert priorities == sorted(set(priorities), reverse=True), "UDP comes first, and IPv4"
    assert len(set(re.findall(r"a=candidate:(\S+)", text))) == 4
    assert text.count("a=end-of-candidates") == 1
    assert "192.0.2.10" not in text


def test_the_answer_asks_for_repair_and_silence_of_opus() -> None:
    sections = re.split(r"(?m)^(?=m=)", answer(FIREFOX))

    assert "a=fmtp:109 minptime=10;useinbandfec=1;usedtx=1\r\n" in sections[1]
    assert "usedtx" not in sections[4]


def test_the_main_ssrc_stands_before_that_of_its_retransmissions() -> None:
    section = re.split(r"(?m)^(?=m=)", answer(CHROMIUM))[5]

    assert re.findall(r"a=ssrc:(\d+)", section) == ["11", "21"]
    assert "a=ssrc-group:FID 11 21\r\n" in section
    assert "a=msid:partner-a partner-a-camera\r\n" in section


def test_a_browser_without_retransmission_gets_none() -> None:
    probe_offer = re.sub(r"a=(rtpmap|fmtp|rtcp-fb):97 .*\r\n", "", CHROMIUM)

    text = answer(probe_offer)

    assert "rtx" not in text
    assert "FID" not in text


async def test_layers_are_echoed_in_the_camera_s_section_alone() -> None:
    probe = Probe(Seat.THERAPIST, dialect=LAYERED)
    sections = re.split(r"(?m)^(?=m=)", answer(probe.offer()))

    for line in ("a=rid:q recv", "a=rid:f recv", "a=simulcast:recv q;f", f"a=extmap:10 {extensions.RID}"):
        assert line + "\r\n" in sections[2]
    assert not [it for number, it in enumerate(sections) if number != 2 and ("a=rid" in it or "simulcast" in it)]
    await probe.close()


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_without_layers_there_is_no_word_of_them(offer: str) -> None:
    assert not re.search("rid|simulcast", answer(offer).replace("a=mid", ""))
