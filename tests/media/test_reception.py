"""Reports about what is received."""

from __future__ import annotations

from server.media.reception import Reception
from server.media.rtcp import SenderReport


def test_loss_is_told_since_the_last_report_and_in_all() -> None:
    reception = Reception(1_000, 90_000)
    for number in range(100):
        if number % 4:
            reception.arrived(1_000 + number, number * 900, number * 0.01)
    first = reception.block(7, 1.0)
    assert (first.ssrc, first.lost, first.highest) == (7, 25, 1_099)
    assert first.fraction_lost == 64  # a quarter of 256

    for number in range(100, 200):
        reception.arrived(1_000 + number, number * 900, number * 0.01)
    second = reception.block(7, 2.0)
    assert (second.fraction_lost, second.lost) == (0, 25)
    reception.recovered(1_000)
    assert reception.lost == 24


def test_jitter_is_none_for_an_even_stream_and_grows_with_delay() -> None:
    even, shaken = Reception(0, 90_000), Reception(0, 90_000)
    for number in range(500):
        even.arrived(number, number * 900, number * 0.01)
        shaken.arrived(number, number * 900, number * 0.01 + (0.004 if number % 2 else 0))
    assert even.jitter < 1
    assert 330 < shaken.jitter < 370  # 4 ms of 90 kHz
    before = even.jitter
    even.arrived(500, 5 + (1 << 31), 5.0)
    assert even.jitter == before


def test_the_sender_s_last_report_is_echoed_with_its_age() -> None:
    reception = Reception(0, 48_000)
    assert reception.block(7, 1.0).last_report == 0
    reception.report, reception.report_at = SenderReport(7, 0x1111_2222_3333_4444, 0, 0, 0), 10.0

    block = reception.block(7, 10.5)

    assert (block.last_report, block.delay) == (0x2222_3333, 0x8000)
