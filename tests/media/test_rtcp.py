"""Control packets, read and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media import rtcp
from server.media.rtcp import Bye, KeyFrameRequest, Nack, ReceiverReport, Remb, ReportBlock, SenderReport

words = st.integers(0, 0xFFFFFFFF)
blocks = st.lists(
    st.builds(
        ReportBlock, words, st.integers(0, 255), st.integers(-(1 << 23), (1 << 23) - 1), words, words, words, words
    ),
    max_size=3,
).map(tuple)


@given(words, st.integers(0, (1 << 64) - 1), words, words, words, blocks)
def test_sender_reports_are_read_back(
    ssrc: int, ntp: int, timestamp: int, packets: int, octets: int, reports: tuple[ReportBlock, ...]
) -> None:
    report = SenderReport(ssrc, ntp, timestamp, packets, octets, reports)

    assert rtcp.parse(rtcp.sender_report(report)) == [report]


@given(words, blocks)
def test_receiver_reports_are_read_back_in_a_compound(ssrc: int, reports: tuple[ReportBlock, ...]) -> None:
    report = ReceiverReport(ssrc, reports)
    compound = rtcp.receiver_report(report) + rtcp.source_description(ssrc, "anonymous") + rtcp.goodbye([ssrc, 5])

    assert rtcp.parse(compound) == [report, Bye((ssrc, 5))]
    assert len(compound) % 4 == 0


@given(st.integers(0, 0xFFFF), st.sets(st.integers(0, 200), min_size=1, max_size=100))
def test_lost_packets_are_named_across_the_wrap(first: int, offsets: set[int]) -> None:
    lost = tuple((first + offset) & 0xFFFF for offset in sorted(offsets))

    assert rtcp.parse(rtcp.nack(1, 2, lost)) == [Nack(2, lost)]


def test_both_kinds_of_request_for_a_key_frame_are_one() -> None:
    intra = b"\x84\xce\x00\x06" + bytes(8) + b"\0\0\0\7\1\0\0\0" + b"\0\0\0\x08\1\0\0\0"

    assert rtcp.parse(rtcp.picture_loss(1, 7)) == [KeyFrameRequest(7)]
    assert rtcp.parse(intra) == [KeyFrameRequest(7), KeyFrameRequest(8)]


@given(st.integers(0, 1 << 36))
def test_an_estimate_keeps_its_first_eighteen_bits(bitrate: int) -> None:
    [read] = rtcp.parse(rtcp.remb(1, bitrate, [2, 3]))

    assert isinstance(read, Remb)
    assert bitrate * (1 - 2**-17) <= read.bitrate <= bitrate


def test_packets_that_the_host_does_not_know_are_skipped() -> None:
    extended = b"\x80\xcf\x00\x02" + bytes(8)

    assert rtcp.parse(extended + rtcp.picture_loss(1, 7)) == [KeyFrameRequest(7)]


@given(st.binary(max_size=120))
def test_any_octets_are_control_packets_or_a_value_error(data: bytes) -> None:
    try:
        assert len(rtcp.parse(data)) <= len(data)
    except ValueError:
        return


@given(st.data())
def test_a_damaged_compound_is_read_or_a_value_error(data: st.DataObject) -> None:
    whole = bytearray(
        rtcp.sender_report(SenderReport(1, 2, 3, 4, 5, (ReportBlock(1, 2, 3, 4, 5, 6, 7),)))
        + rtcp.nack(1, 2, [5, 9])
        + rtcp.remb(1, 1_000_000, [4])
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        rtcp.parse(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    except ValueError:
        return


def test_a_flood_in_one_packet_is_refused() -> None:
    many = b"\x81\xcd" + (2 + 400).to_bytes(2, "big") + bytes(8) + b"\0\0\xff\xff" * 400

    with pytest.raises(ValueError, match="too much"):
        rtcp.parse(many)
    with pytest.raises(ValueError, match="too many"):
        rtcp.parse(rtcp.picture_loss(1, 2) * 33)
