"""Both ends of a stream without a network: packets go in as numbers and come out parsed."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.seats import Medium, Seat
from server.media import rtcp, rtp
from server.media.answer import OutgoingSsrc
from server.media.extensions import ExtensionIds
from server.media.forward import OutgoingStream
from server.media.incoming import NO_LEVEL, IncomingStream
from server.media.paths import Paths
from server.media.sdp import Section
from server.media.secure import Certificate, SecureTransport
from server.media.stats import Counters
from server.media.udp import Link, Owner, SocketAddress

NAMES = OutgoingSsrc(700, 701, "anonymous")
CERTIFICATE = Certificate()


def section(medium: Medium = Medium.CAMERA, *, rtx: int | None = 124) -> Section:
    """A section as Firefox would number it."""
    video = medium is not Medium.MIC
    return Section(
        mid="4",
        seat=Seat.THERAPIST,
        medium=medium,
        payload_type=120 if video else 109,
        rtx_payload_type=rtx if video else None,
        extensions=ExtensionIds(mid=3, audio_level=0 if video else 1, abs_send_time=4),
        feedback=(),
        reduced_size=True,
    )


class Wire:
    """A link that keeps what is sent."""

    stream = False

    def __init__(self) -> None:
        self.owners: dict[SocketAddress, Owner] = {}
        self.sent: list[rtp.Packet] = []
        self.works = True

    def send(self, data: bytes, address: SocketAddress, video: bool = False) -> bool:
        if self.works:
            self.sent.append(rtp.parse(data))
        return self.works


class Ear:
    """A listener's connection whose encryption is none."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.counters = Counters()
        self.secure = SecureTransport(CERTIFICATE, [], lambda data: None, lambda: None)
        self.secure.protect = bytes
        self.paths = Paths(self, 0.0)
        self.paths.checked(self.wire, ("192.0.2.1", 5), nominated=True, now=0.0)
        self.round_trip: float | None = 0.05

    def take(self, data: bytes, link: Link, address: SocketAddress, now: float) -> bool:
        return True

    def send_again(self, packet: bytes) -> bool:
        return self.wire.send(packet, ())

    def stream(self, medium: Medium = Medium.CAMERA, *, rtx: int | None = 124) -> OutgoingStream:
        return OutgoingStream(self, section(medium, rtx=rtx), NAMES)

    @property
    def sent(self) -> list[rtp.Packet]:
        return self.wire.sent


class Mouth:
    """A sender's connection."""

    def __init__(self) -> None:
        self.counters = Counters()
        self.own_ssrc = 1
        self.torn: list[IncomingStream] = []
        self.streams: dict[tuple[Medium, int], IncomingStream] = {}

    @property
    def media(self) -> Mapping[tuple[Medium, int], IncomingStream]:
        return self.streams

    def note_losses(self, stream: IncomingStream) -> None:
        self.torn.append(stream)

    def clock_offset(self, report: rtcp.SenderReport, arrived: float) -> int:
        return 1 << 32  # the host's clock is a second ahead

    def stream(self, medium: Medium = Medium.CAMERA, first: int = 1, layer: int = 0) -> IncomingStream:
        made = IncomingStream(self, section(medium), 33 + layer, first, layer)
        self.streams[medium, layer] = made
        return made


def picture(number: int, *, key: bool = False, starts: bool = True, size: int = 100) -> bytes:
    """A VP8 payload with a picture id of 15 bits and TL0PICIDX."""
    head = bytes((0x90 if starts else 0x80, 0xC0)) + (0x8000 | number & 0x7FFF).to_bytes(2, "big")
    return head + bytes((number & 0xFF, 0x00 if key else 0x01)) + bytes(size)


def send(
    stream: IncomingStream,
    number: int,
    payload: bytes,
    *,
    timestamp: int | None = None,
    now: float | None = None,
    marker: bool = True,
    padded: bool = False,
    level: bytes = NO_LEVEL,
) -> None:
    """One packet of the sender; without more said, 100 a second."""
    stream.accept(
        stream.section.payload_type,
        number & 0xFFFF,
        (number * 900 if timestamp is None else timestamp) & 0xFFFFFFFF,
        marker,
        padded,
        payload,
        level,
        number / 100 if now is None else now,
    )
