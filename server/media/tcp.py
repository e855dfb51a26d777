"""ICE-TCP (RFC 6544) for networks that let no UDP through: a listener, and a link for each connection (RFC 4571).

A stream of octets holds back what follows when it is slow, so the host never queues much on it: sound overtakes
pictures, and pictures are dropped until the queue has drained. Its counterpart for datagrams is `udp.py`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import Counter, deque
from collections.abc import Callable
from struct import Struct

from server.media.udp import MAX_DATAGRAM, Link, Owner, SocketAddress

PROOF_SECONDS = 5.0
"""A connection that by then brought no authenticated check is closed."""
MAX_UNPROVEN = 8
"""Connections of one address (one /64 of IPv6) that have proven nothing; proven ones are counted by their peers."""
MAX_ALL_UNPROVEN = 512
VIDEO_OCTETS = 64 * 1024
"""Of pictures that wait in one link: a key frame, or half a second of video."""
OTHER_OCTETS = 32 * 1024
"""Of all else that waits: some four seconds of sound."""
_UNSENT = 16 * 1024
_CHUNK = 16 * 1024
_ACCEPTS = 64
_PAUSE_SECONDS = 1.0
_BACKLOG = 128
_LENGTH = Struct("!H")

Receive = Callable[[bytes, SocketAddress, Link], None]


class TcpLink:
    """One connection, which carries datagrams to one address alone."""

    stream = True

    def __init__(
        self,
        connection: socket.socket,
        address: SocketAddress,
        receive: Receive,
        flush: Callable[[], None],
        ended: Callable[[TcpLink], None],
    ) -> None:
        """Takes over a connected socket of the running loop; `ended` is called once, whoever closes."""
        self.owners: dict[SocketAddress, Owner] = {}
        self.address = address
        self.lost = 0
        self.open = True
        self._socket = connection
        self._receive = receive
        self._flush = flush
        self._ended = ended
        self._buffer = bytearray()
        self._rest = b""
        """What is left of a frame that the kernel took in part."""
        self._video: deque[bytes] = deque()
        self._other: deque[bytes] = deque()
        self._video_octets = self._other_octets = 0
        self._choked = False
        """Too many pictures waited: no more of them before nothing waits."""
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # the kernel's own queue would delay sound by seconds
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection.fileno(), self._readable)

    # --- inwards ---------------------------------------------------------------------------------

    def _readable(self) -> None:
        try:
            data = self._socket.recv(_CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        buffer = self._buffer
        buffer += data
        at, end = 0, len(buffer)
        while self.open and end - at >= 2:
            size = buffer[at] << 8 | buffer[at + 1]
            if not 0 < size <= MAX_DATAGRAM:
                self.close()
                break
            if end - at < 2 + size:
                break
            self._receive(bytes(buffer[at + 2 : at + 2 + size]), self.address, self)
            at += 2 + size
        del buffer[:at]
        self._flush()

    # --- outwards --------------------------------------------------------------------------------

    def send(self, data: bytes, address: SocketAddress, video: bool = False) -> bool:
        if not self.open:
            return False
        frame = _LENGTH.pack(len(data)) + data
        if self._rest or self._other or self._video:
            return self._queue(frame, video)
        try:
            sent = self._socket.send(frame)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:  # the reader learns of it too, and closes
            self.lost += 1
            return False
        if sent < len(frame):
            self._rest = frame[sent:]
            self._loop.add_writer(self._socket.fileno(), self._writable)
        return True

    def _queue(self, frame: bytes, video: bool) -> bool:
        size = len(frame)
        if video:
            self._choked = self._choked or self._video_octets + size > VIDEO_OCTETS
            if self._choked:
                self.lost += 1
                return False
            self._video.append(frame)
            self._video_octets += size
            return True
        if self._other_octets + size > OTHER_OCTETS:
            self.lost += 1
            return False
        self._other.append(frame)
        self._other_octets += size
        return True

    def _writable(self) -> None:
        while frame := self._rest or self._next():
            try:
                sent = self._socket.send(frame)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError:
                self.close()
                return
            self._rest = frame[sent:]
            if self._rest:
                return
        self._choked = False
        self._loop.remove_writer(self._socket.fileno())

    def _next(self) -> bytes:
        if self._other:
            frame = self._other.popleft()
            self._other_octets -= len(frame)
        elif self._video:
            frame = self._video.popleft()
            self._video_octets -= len(frame)
        else:
            frame = b""
        return frame

    @property
    def waiting(self) -> int:
        """Octets that wait for the kernel."""
        return self._video_octets + self._other_octets + len(self._rest)

    def close(self) -> None:
        """End the connection at once; idempotent."""
        if not self.open:
            return
        self.open = False
        self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())
        self._socket.close()
        self.owners.clear()
        self._buffer.clear()
        self._video.clear()
        self._other.clear()
        self._rest, self._video_octets, self._other_octets = b"", 0, 0
        self._ended(self)


class TcpListener:
    """Takes connections on one address. What does not prove itself with its first frame, and soon, is closed."""

    def __init__(
        self, host: str, port: int, receive: Receive, flush: Callable[[], None], clock: Callable[[], float]
    ) -> None:
        """Listen at once (raises OSError); `receive` and `flush` as for a `UdpLink`."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self._socket.setblocking(False)
            self._socket.bind((host, port))
            self._socket.listen(_BACKLOG)
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self.links: dict[TcpLink, float] = {}
        """The open connections, and when each was last seen to be somebody's."""
        self.refused = 0
        self._unproven: dict[TcpLink, str] = {}
        self._by_source: Counter[str] = Counter()
        self._receive = receive
        self._flush = flush
        self._clock = clock
        self._pause: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._acceptable)

    def _acceptable(self) -> None:
        for _ in range(_ACCEPTS):
            try:
                connection, address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionError):
                return
            except OSError:  # no file descriptors left: who is here goes on, and others try again
                self._loop.remove_reader(self._socket.fileno())
                self._pause = self._loop.call_later(_PAUSE_SECONDS, self._resume)
                return
            source = _source(address[0])
            if self._by_source[source] >= MAX_UNPROVEN or len(self._unproven) >= MAX_ALL_UNPROVEN:
                self.refused += 1
                connection.close()
                continue
            try:
                link = TcpLink(connection, address, self._take, self._flush, self._ended)
            except OSError:  # it is gone already
                connection.close()
                continue
            self.links[link] = self._clock()
            self._unproven[link] = source
            self._by_source[source] += 1

    def _resume(self) -> None:
        self._pause = None
        self._loop.add_reader(self._socket.fileno(), self._acceptable)

    def _take(self, data: bytes, address: SocketAddress, link: Link) -> None:
        self._receive(data, address, link)
        if isinstance(link, TcpLink) and link in self._unproven:
            if link.owners:
                self._count_out(link)
            else:
                link.close()  # the first frame was no check of anybody

    def sweep(self, now: float) -> None:
        """Close what has been nobody's for too long; to be called about once a second."""
        for link, seen in list(self.links.items()):
            if link.owners:
                self.links[link] = now
            elif now - seen >= PROOF_SECONDS:
                link.close()

    def _count_out(self, link: TcpLink) -> None:
        source = self._unproven.pop(link, None)
        if source is not None:
            self._by_source[source] -= 1
            if not self._by_source[source]:
                del self._by_source[source]

    def _ended(self, link: TcpLink) -> None:
        self._count_out(link)
        self.links.pop(link, None)

    def close(self) -> None:
        """Close the connections and free the port; idempotent."""
        if self._pause is not None:
            self._pause.cancel()
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        for link in list(self.links):
            link.close()


def _source(host: str) -> str:
    """Whom to count a connection for: an IPv6 host has a whole /64 to choose from."""
    if ":" not in host:
        return host
    address = ipaddress.IPv6Address(host.partition("%")[0])
    return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
