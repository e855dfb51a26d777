"""DTLS between two of our own, and what the host takes from aiortc's private side."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable

import pylibsrtp
import pytest
from aiortc.rtcdtlstransport import SRTP_PROFILES, RTCDtlsTransport

from server.media import rtcp, rtp
from server.media.secure import Certificate, HandshakeError, SecureTransport, SrtpError


class Pair:
    """A server and a client with a wire between them; `spoil` may change or drop what goes over it."""

    def __init__(self, *, client_fingerprint: str | None = None) -> None:
        own, theirs = Certificate(), Certificate()
        self.closed: list[str] = []
        self.spoil: Callable[[bytes], list[bytes]] = lambda data: [data]
        self.server = SecureTransport(
            own,
            [("sha-256", client_fingerprint or theirs.fingerprint)],
            lambda data: self._carry(data, self.client),
            lambda: self.closed.append("server"),
        )
        self.client = SecureTransport(
            theirs,
            [("sha-256", own.fingerprint)],
            lambda data: self._carry(data, self.server),
            lambda: self.closed.append("client"),
            client=True,
        )

    def _carry(self, data: bytes, to: SecureTransport) -> None:
        for piece in self.spoil(data):
            asyncio.get_running_loop().call_soon(to.feed, piece)

    async def shake(self) -> None:
        await asyncio.gather(self.server.handshake(), self.client.handshake())

    async def close(self) -> None:
        await self.client.close()
        await self.server.close()


async def test_media_and_control_pass_in_both_directions() -> None:
    pair = Pair()
    await pair.shake()
    packet = rtp.build(96, 1, 2, 3, bytes(1_000))
    control = rtcp.picture_loss(1, 2)

    assert pair.client.unprotect(pair.server.protect(packet)) == packet
    assert pair.server.unprotect(pair.client.protect(packet)) == packet
    assert pair.client.unprotect_rtcp(pair.server.protect_rtcp(control)) == control
    assert pair.server.profile == "SRTP_AEAD_AES_256_GCM"
    await pair.close()


async def test_what_is_not_authentic_raises_only_what_is_announced() -> None:
    pair = Pair()
    await pair.shake()
    protected = pair.client.protect(rtp.build(96, 1, 2, 3, b"sound"))

    pair.server.unprotect(protected)
    for wrong in (protected, protected[:-1] + b"x", b"\x80\x60" + bytes(30), b"", b"\x80"):
        with pytest.raises(SrtpError):
            pair.server.unprotect(wrong)
        with pytest.raises(SrtpError):
            pair.server.unprotect_rtcp(wrong)
    with pytest.raises(SrtpError):
        pair.server.protect(rtp.build(96, 1, 2, 3, bytes(1_490)))
    await pair.close()


async def test_a_jump_back_is_refused_and_the_session_lives() -> None:
    pair = Pair()
    await pair.shake()
    pair.server.protect(rtp.build(96, 30_000, 2, 3, b"x"))

    with pytest.raises(SrtpError):
        pair.server.protect(rtp.build(96, 20_000, 2, 3, b"x"))
    assert pair.client.unprotect(pair.server.protect(rtp.build(96, 30_001, 2, 3, b"y"))).endswith(b"y")
    await pair.close()


async def test_a_peer_with_another_certificate_gets_no_connection() -> None:
    pair = Pair(client_fingerprint=Certificate().fingerprint)
    client = asyncio.gather(pair.client.handshake(), return_exceptions=True)

    with pytest.raises(HandshakeError):
        await pair.server.handshake()

    with pytest.raises(SrtpError):
        pair.server.protect(rtp.build(96, 1, 2, 3, b"x"))
    await pair.close()
    await client


async def test_a_fragmented_client_hello_passes() -> None:
    """Browsers with post-quantum keys send a ClientHello in two datagrams: fragments of one DTLS message."""
    pair = Pair()
    fragments: list[bytes] = []

    def fragment(data: bytes) -> list[bytes]:
        if data[0] != 22 or data[13] != 1:
            return [data]
        body = data[25:]
        head, length = data[:3], len(body)
        pieces = []
        for index, (start, stop) in enumerate([(0, 100), (100, length)]):
            piece = body[start:stop]
            handshake = data[13:17] + data[17:19] + start.to_bytes(3, "big") + len(piece).to_bytes(3, "big") + piece
            number = (60 + index).to_bytes(2, "big")
            pieces.append(head + data[3:9] + number + len(handshake).to_bytes(2, "big") + handshake)
        fragments.extend(pieces)
        return pieces

    pair.spoil = fragment
    await pair.shake()
    assert pair.server.profile
    assert len(fragments) == 2
    await pair.close()


NOISE = {
    "garbage record": b"\x16\xfe\xfd" + bytes(60),
    "plaintext alert": b"\x15\xfe\xfd" + bytes(8) + b"\x00\x02\x02\x28",
    "cut short": b"\x16",
    "octets": bytes(range(20, 64)),
}


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
async def test_noise_before_and_after_the_handshake_does_no_harm(noise: bytes) -> None:
    pair = Pair()
    pair.server.feed(noise)
    pair.server.feed(b"")
    await pair.shake()
    for _ in range(100):
        pair.server.feed(noise)
    await asyncio.sleep(0.01)

    packet = rtp.build(96, 1, 2, 3, b"sound")
    assert pair.server.unprotect(pair.client.protect(packet)) == packet
    assert pair.closed == []
    await pair.close()


async def test_a_goodbye_is_heard_by_the_other_side() -> None:
    pair = Pair()
    await pair.shake()

    await pair.client.close()
    await asyncio.sleep(0.01)

    assert pair.closed == ["server"]
    await pair.server.close()
    await pair.server.close()


async def test_closing_in_the_middle_ends_the_handshake() -> None:
    pair = Pair()
    pair.spoil = lambda data: []
    shaking = asyncio.gather(pair.server.handshake(), return_exceptions=True)
    await asyncio.sleep(0)

    await pair.server.close()

    [outcome] = await shaking
    assert isinstance(outcome, HandshakeError)


async def test_one_who_stops_in_the_middle_is_given_up_in_time() -> None:
    pair = Pair()
    client = asyncio.gather(pair.client.handshake(), return_exceptions=True)
    flights: list[bytes] = []

    def only_the_hello(data: bytes) -> list[bytes]:
        if data[13] == 1:
            return [data]
        flights.append(data)
        return []

    pair.spoil = only_the_hello

    with pytest.raises(HandshakeError):
        await pair.server.handshake(0.2)

    assert flights, "the server had begun to reply"
    await pair.close()
    await client


async def test_datagrams_in_front_of_the_handshake_are_few() -> None:
    pair = Pair()
    for number in range(10_000):
        pair.server.feed(bytes((22, number & 0xFF)) * 500)

    assert len(pair.server._pipe._queue) == 64
    await pair.close()


def test_the_private_side_of_aiortc_is_as_expected() -> None:
    """When this fails, aiortc has changed: read its new DTLS transport, then `secure.py`."""
    source = inspect.getsource(RTCDtlsTransport)
    for name in ("_set_role", "_rx_srtp", "_tx_srtp", "_ssl", "await self.transport._send(", "self.transport._recv()"):
        assert name in source
    assert 'self.emit("statechange")' in source
    assert next(profile.openssl_profile for profile in SRTP_PROFILES) == b"SRTP_AEAD_AES_256_GCM"
    session = pylibsrtp.Session()
    assert len(session._cdata) == 1500
    assert session._srtp[0] is not None
    assert len(session._buffer) == 1500
