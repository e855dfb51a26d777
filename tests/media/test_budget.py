"""What one peer may send."""

from __future__ import annotations

from server.media.budget import OCTETS_A_SECOND, PACKETS_A_SECOND, Budget


def taken(budget: Budget, a_second: int, size: int, seconds: int = 5) -> int:
    """How many of evenly spaced datagrams pass in the last of these seconds."""
    return sum(
        budget.spend(size, number / a_second) and number >= a_second * (seconds - 1)
        for number in range(a_second * seconds)
    )


def test_a_call_page_never_meets_the_limit() -> None:
    assert taken(Budget(0.0), 1_200, 1_100) == 1_200


def test_a_flood_of_packets_is_cut_to_the_rate() -> None:
    assert 0.9 * PACKETS_A_SECOND < taken(Budget(0.0), 50_000, 50) <= 1.01 * PACKETS_A_SECOND


def test_a_flood_of_octets_is_cut_to_the_rate() -> None:
    assert 0.9 * OCTETS_A_SECOND < 1_400 * taken(Budget(0.0), 3_900, 1_400) <= 1.01 * OCTETS_A_SECOND
