"""How much work strangers may cause: checks from unproven addresses, and searches for the sender of stray media."""

from __future__ import annotations

from server.media.udp import SocketAddress

CHECKS_A_SECOND = 300
"""From one address; a practice behind one router has a few dozen browsers at the most."""
ALL_CHECKS_A_SECOND = 3_000
SEARCHES_A_SECOND = 300


class Gate:
    """Counts of the current second."""

    __slots__ = ("_all", "_by_host", "_searches", "_since")

    def __init__(self) -> None:
        self._since = float("-inf")
        self._all = 0
        self._searches = 0
        self._by_host: dict[str, int] = {}

    def _turn_over(self, now: float) -> None:
        if now - self._since >= 1.0:
            self._since = now
            self._all = self._searches = 0
            self._by_host.clear()

    def lets_check(self, address: SocketAddress, now: float) -> bool:
        """Whether a check from this unproven address is worth parsing."""
        self._turn_over(now)
        self._all += 1
        if self._all > ALL_CHECKS_A_SECOND:
            return False
        count = self._by_host.get(address[0], 0) + 1
        self._by_host[address[0]] = count
        return count <= CHECKS_A_SECOND

    def lets_search(self, now: float) -> bool:
        """Whether one more attempt to authenticate stray media is affordable."""
        self._turn_over(now)
        self._searches += 1
        return self._searches <= SEARCHES_A_SECOND
