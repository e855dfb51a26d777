"""The sockets of the host: UDP and TCP under one port number, on each address by itself (`addresses.py` says why)."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence

from server.media.addresses import expand, own_addresses, to_offer
from server.media.tcp import Receive, TcpListener
from server.media.udp import UdpLink

_SWEEP_SECONDS = 1.0
_TRIES = 20


class Sockets:
    """What the host listens on."""

    def __init__(self, receive: Receive, flush: Callable[[], None], clock: Callable[[], float]) -> None:
        self.udp: list[UdpLink] = []
        self.tcp: list[TcpListener] = []
        self.port = 0
        self._receive = receive
        self._flush = flush
        self._clock = clock
        self._own: list[str] = []
        self._bound: list[str] = []
        self._sweep_at = 0.0

    def bind(self, hosts: Sequence[str], port: int) -> None:
        """Listen on all of `hosts`, wildcards meaning all own addresses; port 0 takes one that is free for both.

        Raises OSError when one cannot be had; then none is kept.
        """
        self._own = own_addresses()
        for tries_left in reversed(range(_TRIES)):
            try:
                self._bind_all(hosts, port)
                return
            except OSError as error:
                self.close()
                if port or error.errno != errno.EADDRINUSE or not tries_left:
                    raise

    def _bind_all(self, hosts: Sequence[str], port: int) -> None:
        for host in expand(hosts, self._own):
            try:
                link = UdpLink(host, port, self._receive, self._flush)
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL and host not in hosts:
                    continue  # an IPv6 address that is just coming or going; nobody named it
                raise
            self.udp.append(link)
            self.port = port = link.port
            self.tcp.append(TcpListener(host, port, self._receive, self._flush, self._clock))
            self._bound.append(host)

    def tell(self, addresses: Sequence[str]) -> tuple[str, ...]:
        """What browsers are told when the operator says `addresses`; a wildcard means those that are bound."""
        told = [it for it in expand(addresses, self._own) if it in self._bound or it in addresses]
        return tuple(told or to_offer(self._bound))

    def sweep(self, now: float) -> None:
        """Close TCP connections that are nobody's, once a second."""
        if now - self._sweep_at >= _SWEEP_SECONDS:
            self._sweep_at = now
            for listener in self.tcp:
                listener.sweep(now)

    def close(self) -> None:
        """Close all and free the port; idempotent."""
        for link in self.udp:
            link.close()
        for listener in self.tcp:
            listener.close()
        self.udp.clear()
        self.tcp.clear()
        self._bound.clear()
