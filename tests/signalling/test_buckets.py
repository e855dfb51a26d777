from __future__ import annotations

from server.signalling.buckets import Bucket


def test_it_gives_its_burst_and_then_its_rate() -> None:
    now = 100.0
    bucket = Bucket(20, 60, lambda: now)

    assert [bucket.take() for _ in range(61)] == [True] * 60 + [False]
    now += 0.049
    assert not bucket.take()
    now += 0.002
    assert bucket.take()
    assert not bucket.take()


def test_it_never_holds_more_than_its_burst() -> None:
    now = 100.0
    bucket = Bucket(2, 6, lambda: now)
    now += 3600

    assert [bucket.take() for _ in range(7)] == [True] * 6 + [False]
