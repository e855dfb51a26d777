from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from server.pages.limits import FailureLimit, network
from tests.fakes import FakeClock


def test_failures_count_for_a_minute() -> None:
    clock = FakeClock()
    limit = FailureLimit(clock, failures=3)

    for _ in range(3):
        assert not limit.reached("a")
        limit.failed("a")
        clock.advance(1000)

    assert limit.reached("a")
    assert not limit.reached("b")
    clock.advance(56_999)
    assert limit.reached("a")
    clock.advance(1)
    assert not limit.reached("a")


def test_who_goes_on_failing_stays_out() -> None:
    clock = FakeClock()
    limit = FailureLimit(clock, failures=2)

    for _ in range(100):
        limit.failed("a")
        clock.advance(30_000)
        limit.failed("a")
        assert limit.reached("a")


def test_memory_is_bounded_and_the_oldest_are_forgotten() -> None:
    limit = FailureLimit(FakeClock(), failures=1)

    for number in range(10_001):
        limit.failed(str(number))

    assert [limit.reached(key) for key in ("0", "1", "10000")] == [False, True, True]


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxied", "expected"),
    [
        ("203.0.113.7", None, False, "203.0.113.7"),
        ("5.6.7.8", "198.51.100.1", True, "5.6.7.8"),
        ("127.0.0.1", "198.51.100.1", False, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", True, "198.51.100.1"),
        ("172.18.0.2", "9.9.9.9, 198.51.100.1", True, "198.51.100.1"),
        ("172.18.0.2", "nonsense", True, "172.18.0.2"),
        ("172.18.0.2", None, True, "172.18.0.2"),
        ("2001:db8:1:2:3:4:5:6", None, False, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", None, False, "203.0.113.7"),
        ("", None, False, "unknown"),
    ],
)
def test_where_a_request_comes_from(remote: str, forwarded: str | None, proxied: bool, expected: str) -> None:
    headers = CIMultiDict({"X-Forwarded-For": forwarded} if forwarded else {})
    request = make_mocked_request("POST", "/api/join", headers=headers).clone(remote=remote)

    assert network(request, proxied=proxied) == expected
