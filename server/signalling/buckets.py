"""A token bucket: so many at once, so many a second."""

from __future__ import annotations

from collections.abc import Callable


class Bucket:
    """Starts full. `time` is a monotonic clock in seconds."""

    def __init__(self, rate: float, burst: int, time: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._time = time
        self._level = float(burst)
        self._since = time()

    def take(self) -> bool:
        """Take one, if there is one."""
        now = self._time()
        self._level = min(self._burst, self._level + (now - self._since) * self._rate)
        self._since = now
        if self._level < 1:
            return False
        self._level -= 1
        return True
