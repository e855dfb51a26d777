"""One light peer's connection: a socket, ICE checks, DTLS in the client's role, SRTP.

It does as little as it can per packet, since the load generator shares the machine with what it measures: what arrives
is counted, and one packet in fifty is opened. Once connected it is not woken by what arrives but looks for itself:
waking a reader on the same machine is work of the sender's that no network card would ask of it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from struct import Struct

from aioice import stun

from server.media import ice
from server.media.ice import Credentials
from server.media.secure import Certificate, SecureTransport, SrtpError
from tests.bench.offers import Remote

SAMPLED = 50
"""One packet in so many is opened."""
_TIMESTAMPS = 35
"""SO_TIMESTAMPNS: the kernel notes when a datagram reached the socket, which reading it later does not change."""
_TIMESPEC = Struct("qq")
_BUFFER = 2 * 1024 * 1024
_RETRY_SECONDS = 0.05
_CONNECT_SECONDS = 15.0


class Wire:
    """A connection to the host that is being measured."""

    def __init__(self, address: str, certificate: Certificate, sample: Callable[[bytes, float], None]) -> None:
        """Bind a port at `address`; `sample` gets the opened packets, and when they arrived (`time.time`)."""
        self.own = Credentials.generate()
        self.received = 0
        """Packets of media that came."""
        self.unreadable = 0
        """Sampled ones that did not open."""
        self.certificate = certificate
        self._sample = sample
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMPS, 1)
        self._socket.setblocking(False)
        self._socket.bind((address, 0))
        self.address: tuple[str, int] = self._socket.getsockname()
        self._recv = self._socket.recv
        self._remote: Remote | None = None
        self._secure: SecureTransport | None = None
        self._nominated = asyncio.Event()

    async def connect(self, remote: Remote) -> None:
        """Check, nominate and shake hands. Raises TimeoutError or HandshakeError."""
        self._remote = remote
        self._socket.connect(remote.address)
        self._secure = secure = SecureTransport(
            self.certificate, [("sha-256", remote.fingerprint)], self.send, lambda: None, client=True
        )
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self.read)
        async with asyncio.timeout(_CONNECT_SECONDS):
            while not self._nominated.is_set():
                self.check()
                try:
                    await asyncio.wait_for(self._nominated.wait(), _RETRY_SECONDS)
                except TimeoutError:
                    continue
            await secure.handshake()
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self.protect = secure.protect
        self.profile = secure.profile

    def check(self) -> None:
        """Send one check; hosts forget a peer that sends none for long."""
        if self._remote is not None:
            self.send(ice.check(self._remote.credentials, self.own.ufrag, nominate=True))

    def send(self, data: bytes) -> None:
        """Send one datagram or lose it."""
        try:
            self._socket.send(data)
        except OSError:  # full, or the host has gone: it is missing in the counts
            pass

    def read(self) -> None:
        """Take all that has arrived."""
        recv = self._recv
        try:
            while True:
                if (self.received + 1) % SAMPLED:
                    self._take(recv(2048))
                else:
                    data, notes, _, _ = self._socket.recvmsg(2048, 128)
                    self._take(data, notes)
        except OSError:  # nothing more, or the host has gone: it is missing in the counts
            return

    def _take(self, data: bytes, notes: Sequence[tuple[int, int, bytes]] = ()) -> None:
        first = data[0]
        if 128 <= first < 192:
            if not 192 <= data[1] <= 223:
                self.received += 1
                if notes:
                    self._open(data, notes)
        elif first < 4:
            self._take_stun(data)
        elif self._secure is not None:
            self._secure.feed(data)

    def _open(self, data: bytes, notes: Sequence[tuple[int, int, bytes]]) -> None:
        seconds, nanoseconds = next(_TIMESPEC.unpack(note) for _, kind, note in notes if kind == _TIMESTAMPS)
        try:
            if self._secure is not None:
                self._sample(self._secure.unprotect(data), seconds + nanoseconds / 1e9)
        except SrtpError:
            self.unreadable += 1

    def _take_stun(self, data: bytes) -> None:
        message = stun.parse_message(data)
        if self._remote is None:
            return
        if message.message_class == stun.Class.RESPONSE and ice.authenticates(message, self._remote.credentials):
            self._nominated.set()
        elif message.message_class == stun.Class.REQUEST and ice.authenticates(message, self.own):
            # libnice checks its peers even where it is the lite agent, and waits for the reply
            self.send(ice.success(message, self._remote.address, self.own))

    async def close(self) -> None:
        """End the session and free the port."""
        if self._secure is not None:
            await self._secure.close()
        self._socket.close()
