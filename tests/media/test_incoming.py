"""One stream as its sender sends it."""

from __future__ import annotations

from server.domain.seats import Medium
from server.media import rtcp
from server.media.incoming import NO_LEVEL, IncomingStream, RetransmissionStream
from server.media.rtcp import KeyFrameRequest, Nack, SenderReport
from tests.media.streams import Ear, Mouth, picture, section, send


def asked(stream: IncomingStream, now: float) -> list[rtcp.AnyControl]:
    return rtcp.parse(stream.feedback(now, 0.05))


def test_video_begins_with_a_key_frame_that_is_asked_for() -> None:
    ear, source = Ear(), Mouth().stream()
    send(source, 1, picture(1, key=True))
    source.attach(ear.stream(), 0.02)

    assert asked(source, 0.02) == [KeyFrameRequest(33)]
    for number in range(2, 10):
        send(source, number, picture(number))
    assert ear.sent == []
    send(source, 10, picture(10, key=True))
    send(source, 11, picture(11))

    assert len(ear.sent) == 2
    assert asked(source, 0.11) == []


def test_a_key_frame_is_asked_for_until_it_comes_while_the_camera_sends() -> None:
    source = Mouth().stream()
    source.attach(Ear().stream(), 0.0)
    requests = 0
    for number in range(1, 301):
        send(source, number, picture(number))
        requests += len(asked(source, number / 100))
    assert 5 <= requests <= 7

    assert sum(len(asked(source, 6.0 + tick / 50)) for tick in range(500)) <= 1


def test_sound_begins_with_any_packet() -> None:
    ear, source = Ear(), Mouth().stream(Medium.MIC)
    source.attach(ear.stream(Medium.MIC), 0.0)
    send(source, 1, b"opus")

    assert len(ear.sent) == 1
    assert asked(source, 0.0) == []


def test_the_second_listener_does_not_disturb_the_first() -> None:
    first, second, source = Ear(), Ear(), Mouth().stream()
    source.attach(first.stream(), 0.0)
    send(source, 1, picture(1, key=True))
    source.attach(second.stream(), 0.02)
    send(source, 2, picture(2))
    send(source, 3, picture(3, key=True))

    assert [len(first.sent), len(second.sent)] == [3, 1]


def test_a_gap_is_asked_for_and_mended_for_all_listeners() -> None:
    ear, mouth = Ear(), Mouth()
    source = mouth.stream()
    source.attach(ear.stream(), 0.0)
    send(source, 1, picture(1, key=True))
    send(source, 4, picture(4))

    assert mouth.torn == [source]
    assert asked(source, 0.04) == [Nack(33, (2, 3))]
    repeated = RetransmissionStream(mouth, section())
    repeated.accept(124, 900, 1_800, True, False, b"\0\2" + picture(2), NO_LEVEL, 0.06)
    send(source, 3, picture(3), now=0.07)

    base = ear.sent[0].sequence
    assert [(packet.sequence - base) & 0xFFFF for packet in ear.sent] == [0, 3, 1, 2]
    assert asked(source, 0.2) == []
    assert mouth.counters.recovered == 1
    assert source.reception.lost == 0


def test_what_was_not_missing_is_not_taken_twice() -> None:
    ear, mouth = Ear(), Mouth()
    source = mouth.stream()
    source.attach(ear.stream(), 0.0)
    for number in (1, 2, 2):
        send(source, number, picture(number, key=number == 1))
    repeated = RetransmissionStream(mouth, section())
    repeated.accept(124, 1, 900, True, False, b"\0\1" + picture(1), NO_LEVEL, 0.1)
    repeated.accept(124, 2, 900, True, False, b"\x30\0" + picture(1), NO_LEVEL, 0.1)

    assert len(ear.sent) == 2
    assert mouth.counters.dropped["duplicate"] == 1


def test_probes_on_the_retransmission_stream_end_here() -> None:
    ear, mouth = Ear(), Mouth()
    repeated = RetransmissionStream(mouth, section())
    repeated.accept(124, 1, 0, False, True, bytes(199) + b"\xc8", NO_LEVEL, 0.0)
    repeated.accept(124, 1, 0, False, False, b"\0\1x", NO_LEVEL, 0.0)  # before its main stream is known
    source = mouth.stream()
    source.attach(ear.stream(), 0.0)
    send(source, 1, picture(1, key=True))
    repeated.accept(124, 2, 0, False, True, b"\0\2\0\2", NO_LEVEL, 0.0)

    assert len(ear.sent) == 1


def test_when_the_first_packet_of_a_key_frame_comes_late_the_rest_follows_it() -> None:
    ear, source = Ear(), Mouth().stream()
    send(source, 1, picture(1))
    source.attach(ear.stream(), 0.0)
    send(source, 3, picture(2, starts=False))
    send(source, 4, picture(2, starts=False))
    send(source, 2, picture(2, key=True))
    send(source, 5, picture(3))

    base = ear.sent[0].sequence
    assert [(packet.sequence - base) & 0xFFFF for packet in ear.sent] == [0, 1, 2, 3]


def test_a_packet_that_never_comes_ends_in_a_key_frame() -> None:
    source = Mouth().stream()
    source.attach(Ear().stream(), 0.0)
    send(source, 1, picture(1, key=True))
    send(source, 3, picture(3))
    requests = [item for tick in range(50) for item in asked(source, 0.03 + tick / 50)]

    assert [item for item in requests if isinstance(item, KeyFrameRequest)] == [KeyFrameRequest(33)]
    assert 2 <= len([item for item in requests if isinstance(item, Nack)]) <= 8


def test_a_wide_gap_ends_in_a_key_frame_at_once() -> None:
    source = Mouth().stream()
    source.attach(Ear().stream(), 0.0)
    send(source, 1, picture(1, key=True))
    send(source, 1_000, picture(2))

    assert asked(source, 10.0) == [KeyFrameRequest(33)]


def test_numbers_that_jump_begin_the_stream_anew_without_a_seam() -> None:
    ear, source = Ear(), Mouth().stream(first=100)
    source.attach(ear.stream(), 0.0)
    send(source, 100, picture(1, key=True), now=1.0)
    send(source, 20_000, picture(2), now=1.1)
    assert asked(source, 1.2) == [KeyFrameRequest(33)]
    send(source, 20_001, picture(9_000, key=True), now=1.2)

    first, second = ear.sent
    assert second.sequence == (first.sequence + 1) & 0xFFFF


def test_another_payload_type_is_dropped() -> None:
    ear, mouth = Ear(), Mouth()
    source = mouth.stream(Medium.MIC)
    source.attach(ear.stream(Medium.MIC), 0.0)
    source.accept(13, 1, 0, False, False, b"noise", NO_LEVEL, 0.0)
    RetransmissionStream(mouth, section()).accept(96, 1, 0, False, False, b"\0\1x", NO_LEVEL, 0.0)

    assert ear.sent == []
    assert mouth.counters.dropped["payload-type"] == 2


def test_the_sender_s_clock_goes_on_between_its_reports() -> None:
    source = Mouth().stream()
    assert source.clock_at(1.0) is None
    source.reported(SenderReport(33, 7 << 32, 1_000, 0, 0), 1.0)

    assert source.clock_at(1.5) == ((8 << 32) + (1 << 31), 46_000)


def test_order_is_kept_across_the_wrap() -> None:
    ear, source = Ear(), Mouth().stream(first=65_500)
    source.attach(ear.stream(), 0.0)
    for number in range(65_500, 65_600):
        send(source, number, picture(number, key=number == 65_500))

    assert len(ear.sent) == 100
    assert source.highest == 65_599
    assert asked(source, 700.0) == []
