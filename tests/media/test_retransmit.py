"""What is missing, and what is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.media.retransmit import CACHE_PACKETS, MAX_MISSING, Losses, PacketCache


def test_the_cache_holds_the_newest_and_nothing_else() -> None:
    cache = PacketCache()
    for number in range(CACHE_PACKETS + 10):
        cache.put(number, number * 900, True, False, b"x")

    assert cache.get(9) is None
    kept = cache.get(CACHE_PACKETS + 9)
    assert kept is not None
    assert (kept.sequence, kept.timestamp, kept.marker) == (CACHE_PACKETS + 9, (CACHE_PACKETS + 9) * 900, True)
    assert 10 in cache
    assert 9 not in cache
    assert cache.get(CACHE_PACKETS + 10) is None


def test_the_missing_are_asked_for_each_round_trip_until_they_come() -> None:
    losses = Losses()
    losses.gap(10, 13, 1.0)

    assert losses.due(1.0, 0.1) == [10, 11, 12]
    assert losses.due(1.05, 0.1) == []
    assert losses.arrived(11)
    assert not losses.arrived(11)
    assert losses.due(1.13, 0.1) == [10, 12]
    assert not losses.gave_up


def test_after_half_a_second_a_key_frame_is_better() -> None:
    losses = Losses()
    losses.gap(10, 11, 1.0)
    asked = [now for now in (1.0 + 0.02 * tick for tick in range(40)) if losses.due(now, 0.02)]

    assert 2 < len(asked) <= 8
    assert losses.gave_up
    assert not losses


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 600)), max_size=20))
def test_the_missing_are_bounded(gaps: list[tuple[int, int]]) -> None:
    losses = Losses()
    for first, length in gaps:
        losses.gap(first, first + length, 1.0)
        assert len(losses.due(1.0, 0.1)) <= MAX_MISSING


def test_too_wide_a_gap_is_given_up_at_once() -> None:
    losses = Losses()
    losses.gap(0, MAX_MISSING + 1, 1.0)

    assert losses.gave_up
    assert losses.due(1.0, 0.1) == []
    losses.gap(1_000, 1_001, 1.0)
    losses.clear()
    assert not losses
