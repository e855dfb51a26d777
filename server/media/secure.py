"""DTLS and SRTP for one peer, by aiortc's transport in the server's role (RFC 5763, 5764).

Everything that the host takes from aiortc's private side is in this file; `tests/media/test_secure.py` holds the
contract, and the version is pinned. aiortc sees DTLS records alone: media is unprotected and protected by the two SRTP
sessions that the handshake leaves, outside its read loop, where an error can only meet the peer that caused it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

import pylibsrtp
import pylibsrtp._binding as libsrtp  # type: ignore[import-untyped, import-not-found, unused-ignore]
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

HANDSHAKE_SECONDS = 10.0
_TRIES = 3
_MAX_QUEUED = 64

SrtpError = (pylibsrtp.Error, ValueError)
"""What the SRTP sessions raise: not authentic, replayed, or too long."""


class HandshakeError(Exception):
    """No secure connection came about: not in time, not with the announced certificate, or without SRTP."""


class Certificate:
    """The host's certificate, made at start and never stored; shared by all connections."""

    def __init__(self) -> None:
        self.inner = RTCCertificate.generateCertificate()
        self.fingerprint = next(item.value for item in self.inner.getFingerprints() if item.algorithm == "sha-256")


class _DatagramPipe:
    """What aiortc takes for its ICE transport: a bounded queue inwards, a function outwards."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.role = "controlled"
        self._outwards = send
        self._queue: deque[bytes] = deque(maxlen=_MAX_QUEUED)
        self._arrived = asyncio.Event()
        self.closed = False

    def feed(self, data: bytes) -> None:
        self._queue.append(data)
        self._arrived.set()

    def close(self) -> None:
        self.closed = True
        self._arrived.set()

    async def _recv(self) -> bytes:
        while not self._queue:
            if self.closed:
                raise ConnectionError
            self._arrived.clear()
            await self._arrived.wait()
        return self._queue.popleft()

    async def _send(self, data: bytes) -> None:
        self._outwards(data)


class SecureTransport:
    """The secure side of one connection. After `handshake` the four SRTP functions work; they raise `SrtpError`."""

    __slots__ = (
        "_certificate",
        "_fingerprints",
        "_on_closed",
        "_pipe",
        "_role",
        "_transport",
        "profile",
        "protect",
        "protect_rtcp",
        "unprotect",
        "unprotect_rtcp",
    )

    def __init__(
        self,
        certificate: Certificate,
        fingerprints: Sequence[tuple[str, str]],
        send: Callable[[bytes], None],
        on_closed: Callable[[], None],
        *,
        client: bool = False,
    ) -> None:
        """`send` takes DTLS records towards the peer; `on_closed` is called once when the peer ends the session."""
        self._certificate = certificate
        self._fingerprints = [RTCDtlsFingerprint(algorithm, value) for algorithm, value in fingerprints]
        self._pipe = _DatagramPipe(send)
        self._on_closed = on_closed
        self._role = "client" if client else "server"
        self._transport: RTCDtlsTransport | None = None
        self.profile = ""
        self.protect: Callable[[bytes], bytes] = _not_yet
        self.protect_rtcp: Callable[[bytes], bytes] = _not_yet
        self.unprotect: Callable[[bytes], bytes] = _not_yet
        self.unprotect_rtcp: Callable[[bytes], bytes] = _not_yet

    def feed(self, data: bytes) -> None:
        """Take one DTLS datagram from the peer's address; the oldest of 64 waiting ones gives way."""
        if data:
            self._pipe.feed(data)

    async def handshake(self, seconds: float = HANDSHAKE_SECONDS) -> None:
        """Agree on keys with the peer that holds the announced certificate. Raises HandshakeError.

        A forged alert may end an attempt, so there are three; a wrong certificate ends it for good.
        """
        try:
            async with asyncio.timeout(seconds):
                for _ in range(_TRIES):
                    transport = RTCDtlsTransport(self._pipe, [self._certificate.inner])  # type: ignore[arg-type]
                    transport._set_role(self._role)
                    self._transport = transport
                    await transport.start(RTCDtlsParameters(fingerprints=self._fingerprints))
                    if transport.state == "connected":
                        self._take_sessions(transport)
                        return
                    if transport.encrypted or self._pipe.closed:
                        break
        except TimeoutError:
            pass
        raise HandshakeError("no secure connection with the announced certificate came about")

    def _take_sessions(self, transport: RTCDtlsTransport) -> None:
        incoming, outgoing = transport._rx_srtp, transport._tx_srtp
        self.protect = _direct(outgoing, libsrtp.lib.srtp_protect, pylibsrtp.SRTP_MAX_TRAILER_LEN)
        self.unprotect = _direct(incoming, libsrtp.lib.srtp_unprotect, 0)
        self.protect_rtcp, self.unprotect_rtcp = outgoing.protect_rtcp, incoming.unprotect_rtcp
        if transport._ssl is not None:
            self.profile = transport._ssl.get_selected_srtp_profile().decode("ascii")

        def on_state() -> None:
            if transport.state in ("closed", "failed") and not self._pipe.closed:
                self._on_closed()

        transport.on("statechange", on_state)

    async def close(self) -> None:
        """Tell the peer goodbye and forget the keys; idempotent."""
        if self._pipe.closed:
            return
        self._pipe.closed = True
        transport, self._transport = self._transport, None
        self.protect = self.protect_rtcp = self.unprotect = self.unprotect_rtcp = _not_yet
        if transport is not None:
            await transport.stop()
        self._pipe.close()


def _direct(session: pylibsrtp.Session, function: Callable[..., int], trailer: int) -> Callable[[bytes], bytes]:
    """What `Session.protect` and `unprotect` do, without the checks and the allocation that they make per packet."""
    context, memory, buffer = session._srtp[0], session._cdata, session._buffer
    limit = len(memory) - trailer
    length = libsrtp.ffi.new("int *")

    def process(data: bytes, _owner: pylibsrtp.Session = session) -> bytes:
        size = len(data)
        if size > limit:
            raise ValueError("a packet is too long for SRTP")
        length[0] = size
        buffer[0:size] = data
        if status := function(context, memory, length):
            raise pylibsrtp.Error(pylibsrtp.ERRORS[status])
        return buffer[0 : length[0]]  # type: ignore[no-any-return]

    return process


def _not_yet(data: bytes) -> bytes:
    raise ValueError("there are no keys")
