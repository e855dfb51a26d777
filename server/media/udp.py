"""One UDP socket for all calls: up to 64 datagrams a wake, and no task, queue or copy of its own.

A `Link` is where datagrams come from and go to; the host keeps proven addresses per link and asks nothing else of it.
The other kind is in `tcp.py`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any, Protocol

MAX_DATAGRAM = 1500
_BATCH = 64
_BUFFER = 4 * 1024 * 1024
"""Octets of the kernel's queues: a key frame for 45 peers must not overflow them."""

_SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 32, 33
"""Linux's, which the socket module does not name; elsewhere they fail and the plain ones serve."""

SocketAddress = tuple[Any, ...]
"""What the kernel names a peer by: (address, port) and for IPv6 two numbers more."""


class Owner(Protocol):
    """Whom an address was proven to belong to."""

    def take(self, data: bytes, link: Link, address: SocketAddress, now: float) -> bool:
        """Take one datagram of DTLS, SRTP or SRTCP; False when it is not authentic for this owner."""


class Link(Protocol):
    """Carries datagrams to addresses, and knows to whom each proven address belongs."""

    owners: dict[SocketAddress, Owner]

    @property
    def stream(self) -> bool:
        """Whether datagrams hold back those behind them (TCP); where there is another path, it is better."""

    def send(self, data: bytes, address: SocketAddress, video: bool = False) -> bool:
        """Send one datagram soon or lose it; whether it was taken. Never raises; `video` gives way to all else."""


def _widen(sock: socket.socket) -> None:
    """Ask for long queues; beyond the kernel's limit (net.core.rmem_max) only a privileged process gets them."""
    for option, forced in ((socket.SO_RCVBUF, _SO_RCVBUFFORCE), (socket.SO_SNDBUF, _SO_SNDBUFFORCE)):
        try:
            sock.setsockopt(socket.SOL_SOCKET, forced, _BUFFER)
        except OSError:
            sock.setsockopt(socket.SOL_SOCKET, option, _BUFFER)


class UdpLink:
    """A bound UDP socket on the running loop."""

    stream = False

    def __init__(
        self,
        host: str,
        port: int,
        receive: Callable[[bytes, SocketAddress, Link], None],
        flush: Callable[[], None],
    ) -> None:
        """Bind at once (raises OSError); `receive` gets every datagram, `flush` is called after each batch."""
        self.owners: dict[SocketAddress, Owner] = {}
        self.lost = 0
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            if family == socket.AF_INET6:
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            _widen(self._socket)
            self._socket.setblocking(False)
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self._receive = receive
        self._flush = flush
        self._recvfrom = self._socket.recvfrom
        self._sendto = self._socket.sendto
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._readable)

    def _readable(self) -> None:
        recvfrom, receive = self._recvfrom, self._receive
        for _ in range(_BATCH):
            try:
                data, address = recvfrom(2048)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:  # an ICMP error of an earlier datagram; the socket itself is well
                continue
            receive(data, address, self)
        self._flush()

    def send(self, data: bytes, address: SocketAddress, video: bool = False) -> bool:
        try:
            self._sendto(data, address)
        except OSError:  # a full queue, or no way there any more
            self.lost += 1
            return False
        return True

    def close(self) -> None:
        """Stop reading and free the port; idempotent."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        self.owners.clear()
