"""What strangers may cause."""

from __future__ import annotations

from server.media.gate import ALL_CHECKS_A_SECOND, CHECKS_A_SECOND, SEARCHES_A_SECOND, Allowance, Gate


def test_one_host_s_flood_leaves_room_for_others() -> None:
    gate = Gate()

    passed = sum(gate.lets_check(("192.0.2.1", port), 1.0) for port in range(1, 2_000))

    assert passed == CHECKS_A_SECOND
    assert gate.lets_check(("192.0.2.2", 5), 1.5)
    assert gate.lets_check(("192.0.2.1", 5), 2.1)


def test_forged_sources_share_one_limit() -> None:
    gate = Gate()

    passed = sum(gate.lets_check((f"10.0.{host >> 8}.{host & 255}", 5), 1.0) for host in range(10_000))

    assert passed == ALL_CHECKS_A_SECOND
    assert len(gate._by_host) <= ALL_CHECKS_A_SECOND


def test_searches_are_few() -> None:
    gate = Gate()
    assert sum(gate.lets_search(1.0) for _ in range(5_000)) == SEARCHES_A_SECOND
    assert gate.lets_search(2.5)


def test_an_allowance_is_per_second() -> None:
    allowance = Allowance(3)
    assert [allowance.lets(1.0 + 0.1 * number) for number in range(5)] == [True, True, True, False, False]
    assert allowance.lets(2.0)
