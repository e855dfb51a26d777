"""One stream as one listener gets it: no seam, whatever happens to its source."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.domain.seats import Medium
from server.media import extensions, rtcp, rtp
from server.media.rtcp import ReportBlock, SenderReport
from tests.media.streams import NAMES, Ear, Mouth, picture, send


def assert_seamless(packets: list[rtp.Packet]) -> None:
    """Numbers rise by one, time never goes back, and so do the picture numbers of VP8."""
    for before, after in pairwise(packets):
        assert after.sequence == (before.sequence + 1) & 0xFFFF
        assert 0 <= (after.timestamp - before.timestamp) & 0xFFFFFFFF < 1 << 31
        old, new = rtp.parse_vp8(before.payload), rtp.parse_vp8(after.payload)
        assert old.picture_id is not None
        assert new.picture_id is not None
        assert old.tl0picidx is not None
        assert new.tl0picidx is not None
        assert (new.picture_id - old.picture_id) % 0x8000 <= 1
        assert (new.tl0picidx - old.tl0picidx) % 256 <= 1


def test_a_packet_is_dressed_for_its_receiver() -> None:
    ear, source = Ear(), Mouth().stream()
    source.attach(ear.stream(), 0.0)

    send(source, 1, picture(5, key=True), now=2.0)

    [packet] = ear.sent
    assert (packet.payload_type, packet.ssrc, packet.marker) == (120, NAMES.ssrc, True)
    assert extensions.parse(packet.profile, packet.extensions) == {3: b"4", 4: extensions.abs_send_time(2.0)}
    assert packet.payload == picture(5, key=True)


def test_a_level_passes_under_the_receiver_s_id() -> None:
    ear, source = Ear(), Mouth().stream(Medium.MIC)
    source.attach(ear.stream(Medium.MIC), 0.0)

    send(source, 1, b"opus", level=b"\x9e")

    [packet] = ear.sent
    assert extensions.parse(packet.profile, packet.extensions)[1] == b"\x9e"
    assert packet.payload_type == 109


def test_the_padding_bit_is_carried_with_its_padding() -> None:
    ear, source = Ear(), Mouth().stream(Medium.MIC)
    source.attach(ear.stream(Medium.MIC), 0.0)

    send(source, 1, b"opus\0\0\3", padded=True)

    assert ear.sent[0].padded
    assert ear.sent[0].padding == 3


@given(
    st.lists(
        st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0x7FFF), st.integers(0, 0xFFFFFFFF), st.integers(1, 30)),
        min_size=2,
        max_size=6,
    )
)
def test_publishers_that_come_and_go_make_no_seam(lives: list[tuple[int, int, int, int]]) -> None:
    ear = Ear()
    stream = ear.stream()
    now = 1.0
    for first, pictures, timestamp, packets in lives:
        source = Mouth().stream(first=first)
        source.attach(stream, now)
        for number in range(packets):
            now += 0.01
            payload = picture(pictures + number, key=number == 0)
            send(source, first + number, payload, timestamp=timestamp + 900 * number, now=now)
        source.detach(stream)
        now += 0.7

    assert len(ear.sent) == sum(packets for *_, packets in lives)
    assert_seamless(ear.sent)


def test_time_goes_on_while_the_stream_is_cut() -> None:
    ear, source = Ear(), Mouth().stream()
    stream = ear.stream()
    source.attach(stream, 0.0)
    send(source, 1, picture(1, key=True), timestamp=1_000, now=10.0)
    source.detach(stream)
    for number in range(2, 500):
        send(source, number, picture(number), timestamp=number * 900, now=10.0 + number / 100)
    source.attach(stream, 15.0)
    send(source, 500, picture(500), timestamp=451_000, now=15.0)
    send(source, 501, picture(501, key=True), timestamp=451_900, now=15.0)

    first, second = ear.sent
    assert second.sequence == (first.sequence + 1) & 0xFFFF
    assert (second.timestamp - first.timestamp) & 0xFFFFFFFF == 5 * 90_000
    assert rtp.parse_vp8(second.payload).picture_id == 2


def test_probes_leave_no_gap_and_what_comes_late_finds_its_place() -> None:
    ear, source = Ear(), Mouth().stream()
    source.attach(ear.stream(), 0.0)
    send(source, 1, picture(1, key=True))
    send(source, 3, picture(3))  # 2 is late
    send(source, 4, b"\0\0\0\4", padded=True)
    send(source, 5, b"")
    send(source, 6, picture(6))
    send(source, 2, picture(2))

    base = ear.sent[0].sequence
    assert [(packet.sequence - base) & 0xFFFF for packet in ear.sent] == [0, 2, 3, 1]


def test_first_numbers_are_low_so_that_rollover_is_counted_alike() -> None:
    for _ in range(50):
        ear, source = Ear(), Mouth().stream(first=65_530)
        source.attach(ear.stream(), 0.0)
        send(source, 65_530, picture(1, key=True))
        assert ear.sent[0].sequence < 1 << 15


def test_a_lost_packet_is_sent_again_as_rtx() -> None:
    ear, source = Ear(), Mouth().stream()
    stream = ear.stream()
    source.attach(stream, 0.0)
    for number in range(1, 11):
        send(source, number, picture(number, key=number == 1))
    lost = ear.sent[4]

    stream.retransmit(lost.sequence, 1.0)

    again = ear.sent[-1]
    assert (again.payload_type, again.ssrc, again.timestamp, again.marker) == (
        124,
        NAMES.rtx_ssrc,
        lost.timestamp,
        True,
    )
    assert again.payload == lost.sequence.to_bytes(2, "big") + lost.payload
    assert extensions.parse(again.profile, again.extensions)[3] == b"4"
    assert ear.counters.retransmitted == 1


def test_without_rtx_the_packet_itself_is_sent_again() -> None:
    ear, source = Ear(), Mouth().stream()
    stream = ear.stream(rtx=None)
    source.attach(stream, 0.0)
    for number in range(1, 4):
        send(source, number, picture(number, key=number == 1))

    stream.retransmit(ear.sent[1].sequence, 1.0)

    again, lost = ear.sent[-1], ear.sent[1]
    assert (again.sequence, again.ssrc, again.payload) == (lost.sequence, lost.ssrc, lost.payload)


def test_the_same_packet_is_not_sent_again_within_a_round_trip() -> None:
    ear, source = Ear(), Mouth().stream()
    stream = ear.stream()
    source.attach(stream, 0.0)
    send(source, 1, picture(1, key=True))
    number = ear.sent[0].sequence
    for now in (1.0, 1.01, 1.02, 1.05):
        stream.retransmit(number, now)

    assert ear.counters.retransmitted == 2
    assert ear.counters.dropped["rtx-limit"] == 2


def test_retransmissions_stay_a_quarter_of_the_stream() -> None:
    ear, source = Ear(), Mouth().stream()
    stream = ear.stream()
    source.attach(stream, 0.0)
    octets = 0
    for number in range(1, 3_001):
        send(source, number, picture(number, key=number == 1, size=1_000))
        newest = ear.sent[-1].sequence
        for back in range(3):
            before = len(ear.sent)
            stream.retransmit(newest - back, number / 100)
            octets += sum(len(packet.payload) for packet in ear.sent[before:])

    assert octets <= 0.25 * stream.octets + 64_000


def test_a_cut_stream_repeats_nothing() -> None:
    ear, source = Ear(), Mouth().stream()
    stream = ear.stream()
    source.attach(stream, 0.0)
    send(source, 1, picture(1, key=True))
    number = ear.sent[0].sequence
    source.detach(stream)
    stream.retransmit(number, 1.0)
    source.attach(stream, 2.0)
    stream.retransmit(number, 2.0)

    assert len(ear.sent) == 1


def test_what_came_while_the_stream_was_cut_cannot_be_had_by_asking() -> None:
    ear, source = Ear(), Mouth().stream()
    stream = ear.stream()
    source.attach(stream, 0.0)
    send(source, 1, picture(1, key=True))
    source.detach(stream)
    for number in range(2, 20):
        send(source, number, b"\x90\xc0\x80\x02\x00\x01secret")
    source.attach(stream, 0.2)
    send(source, 20, picture(20, key=True))
    before = len(ear.sent)

    for number in range(0x10000):
        stream.retransmit(number, 1.0)

    assert not any(b"secret" in packet.payload for packet in ear.sent)
    assert len(ear.sent) == before + 1


def test_retransmission_goes_through_the_numbers_of_its_time() -> None:
    ear, source = Ear(), Mouth().stream()
    stream = ear.stream()
    source.attach(stream, 0.0)
    send(source, 1, picture(1, key=True))
    send(source, 2, picture(2))
    send(source, 3, b"")
    send(source, 4, picture(4))
    sent = list(ear.sent)

    for packet in sent:
        stream.retransmit(packet.sequence, 1.0)

    assert [packet.payload[2:] for packet in ear.sent[3:]] == [packet.payload for packet in sent]


def test_a_report_speaks_of_the_outgoing_stream() -> None:
    ear, source = Ear(), Mouth().stream()
    stream = ear.stream()
    assert stream.report(1.0) == b""
    source.attach(stream, 0.0)
    send(source, 1, picture(1, key=True), timestamp=90_000, now=1.0)
    assert stream.report(1.0) == b""
    source.reported(SenderReport(33, 5 << 32, 90_000, 999, 999), 1.0)

    [report] = rtcp.parse(stream.report(3.0))

    assert isinstance(report, SenderReport)
    assert report.ssrc == NAMES.ssrc
    assert report.ntp == 8 << 32  # a second of offset, two of age
    assert (report.timestamp - ear.sent[0].timestamp) & 0xFFFFFFFF == 2 * 90_000
    assert (report.packets, report.octets) == (1, len(picture(1)))
    middle = report.ntp >> 16 & 0xFFFFFFFF
    assert stream.round_trip(ReportBlock(NAMES.ssrc, 0, 0, 0, 0, middle, 65_536 // 2), 3.6) is not None
    assert abs((stream.round_trip(ReportBlock(NAMES.ssrc, 0, 0, 0, 0, middle, 32_768), 3.6) or 0) - 0.1) < 0.001
    assert stream.round_trip(ReportBlock(NAMES.ssrc, 0, 0, 0, 0, middle + 1, 0), 3.6) is None


def test_an_error_towards_one_listener_stays_there() -> None:
    good, bad, unreachable = Ear(), Ear(), Ear()
    bad.secure.protect = bad.secure.unprotect_rtcp  # raises: there are no keys
    unreachable.wire.works = False
    source = Mouth().stream()
    for ear in (bad, unreachable, good):
        source.attach(ear.stream(), 0.0)
    for number in range(1, 4):
        send(source, number, picture(number, key=number == 1))

    assert len(good.sent) == 3
    assert bad.counters.dropped["protect"] == 3
    assert unreachable.counters.packets_out == 0


def test_goodbye_names_the_stream() -> None:
    assert rtcp.Bye((NAMES.ssrc,)) in rtcp.parse(Ear().stream().goodbye())
