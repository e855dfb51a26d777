"""How often somebody may fail within a minute, and who "somebody" is behind a proxy.

Only failures count, so nobody who has the right link is ever kept out by their own haste; memory is bounded.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from typing import Final

from aiohttp import web

from server.ports import Clock

FAILURES: Final = 10
WINDOW: Final = 60
"""Seconds in which `FAILURES` are allowed."""

_KEYS: Final = 10_000
"""Those remembered at once; beyond, the one that failed longest ago is forgotten."""


class FailureLimit:
    """Counts failures by key within a sliding window."""

    def __init__(self, clock: Clock, failures: int = FAILURES, window: int = WINDOW) -> None:
        self._clock = clock
        self._failures = failures
        self._window = window * 1000
        self._times: OrderedDict[str, deque[int]] = OrderedDict()

    def reached(self, key: str) -> bool:
        """Whether `key` has failed as often as it may."""
        times = self._times.get(key)
        if times is None:
            return False
        oldest = self._clock.now() - self._window
        while times and times[0] <= oldest:
            times.popleft()
        return len(times) >= self._failures

    def failed(self, key: str) -> None:
        """Count one failure."""
        times = self._times.setdefault(key, deque(maxlen=self._failures))
        times.append(self._clock.now())
        self._times.move_to_end(key)
        if len(self._times) > _KEYS:
            self._times.popitem(last=False)


def network(request: web.Request, *, proxied: bool) -> str:
    """Where a request comes from, as a key for limits: an IPv4 address, or the /64 network of an IPv6 address.

    Behind a proxy, and only if the connection itself comes from a private address, it is what the proxy wrote last
    into X-Forwarded-For. It is never logged.
    """
    address = _parse(request.remote or "")
    if proxied and address is not None and address.is_private:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])).rpartition(",")[2]
        address = _parse(forwarded.strip()) or address
    if address is None:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(address), 64), strict=False))
        address = address.ipv4_mapped
    return str(address)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
