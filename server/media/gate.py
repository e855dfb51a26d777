"""How much work strangers may cause: checks from unproven addresses, and searches for the sender of stray media."""

from __future__ import annotations

from server.media.udp import SocketAddress

CHECKS_A_SECOND = 300
"""From one address; a practice behind one router has a few dozen browsers at the most."""
ALL_CHECKS_A_SECOND = 3_000
SEARCHES_A_SECOND = 300
PEER_CHECKS_A_SECOND = 50
"""From the proven addresses of one peer, which strangers must not be able to use up; browsers send one in seconds."""


class Allowance:
    """So many a second."""

    __slots__ = ("_limit", "_since", "_used")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._since = float("-inf")
        self._used = 0

    def lets(self, now: float) -> bool:
        """Whether one more fits into the current second."""
        if now - self._since >= 1.0:
            self._since, self._used = now, 0
        self._used += 1
        return self._used <= self._limit


class Gate:
    """What all strangers together may cause."""

    __slots__ = ("_all", "_by_host", "_searches", "_since")

    def __init__(self) -> None:
        self._all = Allowance(ALL_CHECKS_A_SECOND)
        self._searches = Allowance(SEARCHES_A_SECOND)
        self._since = float("-inf")
        self._by_host: dict[str, Allowance] = {}

    def lets_check(self, address: SocketAddress, now: float) -> bool:
        """Whether a check from this unproven address is worth parsing."""
        if not self._all.lets(now):
            return False
        if now - self._since >= 1.0:
            self._since = now
            self._by_host.clear()
        return self._by_host.setdefault(address[0], Allowance(CHECKS_A_SECOND)).lets(now)

    def lets_search(self, now: float) -> bool:
        """Whether one more attempt to authenticate stray media is affordable."""
        return self._searches.lets(now)
