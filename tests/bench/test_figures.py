"""The arithmetic of the benchmark."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.bench.figures import Delay, Floor, Reading, Report, delay, quantile, ratios, table

READING = Reading(
    target="host",
    rooms=5,
    seconds=10.0,
    cpu=0.9,
    waited=0.0,
    load_cpu=1.2,
    sent=9_000,
    received=17_950,
    forwarded=15_000,
    counted=15_010,
    dropped={},
    wrong=0,
    idle_octets=70 * 2**20,
    loaded_octets=80 * 2**20,
    delay=Delay(0.5, 2.0, 3.0, samples=300),
    late=0.1,
    profile="SRTP_AEAD_AES_256_GCM",
    version="",
)
FLOOR = Floor(best=8.0, median=8.5, rounds=5, profile="SRTP_AEAD_AES_256_GCM")


def reading(**changes: Any) -> Reading:
    return msgspec.structs.replace(READING, **changes)


def report(*readings: Reading) -> Report:
    return Report("2030-01-01T00:00:00+00:00", "bench", 2, "a processor", 0.1, {}, False, FLOOR, list(readings), [])


def test_a_rooms_share_is_the_processor_time_over_the_time_and_the_rooms() -> None:
    assert READING.core_share == pytest.approx(0.018)


def test_the_time_a_packet_is_by_the_targets_own_count() -> None:
    assert READING.microseconds == pytest.approx(0.9e6 / 15_010)


def test_without_a_count_of_its_own_it_is_by_what_arrived() -> None:
    assert reading(counted=None).microseconds == pytest.approx(60.0)
    assert reading(counted=None).unaccounted == 0


def test_nothing_sent_costs_nothing_a_packet() -> None:
    assert reading(counted=0).microseconds == 0.0


def test_the_two_counts_are_held_against_each_other() -> None:
    assert READING.unaccounted == 10


def test_each_packet_ought_to_reach_two_listeners() -> None:
    assert READING.lost == 50


def test_memory_is_what_the_rooms_add() -> None:
    assert READING.room_octets == 2 * 2**20


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1.0), (0.5, 50.0), (0.501, 51.0), (0.99, 99.0), (0.991, 100.0), (1.0, 100.0)]
)
def test_a_quantile_is_one_of_the_values(share: float, expected: float) -> None:
    assert quantile([float(value) for value in range(100, 0, -1)], share) == expected


def test_there_is_no_quantile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        quantile([], 0.5)


def test_delays_are_told_in_milliseconds() -> None:
    assert delay([0.001, 0.002, 0.003]) == Delay(2.0, 3.0, 3.0, samples=3)
    assert delay([]) is None


def test_the_host_is_compared_with_floor_and_janus_at_the_same_rooms() -> None:
    janus = reading(target="janus", cpu=1.8, counted=None, forwarded=15_010)

    found, alone = ratios(FLOOR, [READING, janus, reading(rooms=1)])

    assert found.to_floor == pytest.approx(READING.microseconds / 8.0)
    assert found.to_janus == pytest.approx(0.5)
    assert found.janus_core_share == pytest.approx(0.5)
    assert (alone.rooms, alone.to_janus, alone.janus_core_share) == (1, None, None)
    assert replace(alone, rooms=5) != found


def test_the_table_has_a_line_for_the_floor_and_each_reading_by_rooms() -> None:
    janus = reading(target="janus", cpu=1.8)

    head, rule, floor, *lines = table(report(janus, reading(rooms=15), READING)).splitlines()

    assert head.split()[:2] == ["rooms", "target"]
    assert set(rule) == {"-", " "}
    assert floor.split() == ["floor", "8.0", "1.00"]
    assert [line.split()[:2] for line in lines] == [["5", "host"], ["5", "janus"], ["15", "host"]]
    assert "1.80 %" in lines[0]
    assert "0.50 / 2.00 ms" in lines[0]
    assert "0.50" in lines[0].split()


def test_a_report_survives_being_kept() -> None:
    kept = msgspec.json.encode(report(READING))

    assert msgspec.json.decode(kept, type=Report) == report(READING)
