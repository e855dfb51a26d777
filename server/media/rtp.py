"""RTP packets as bytes: the fixed header (RFC 3550 section 5.1) and the VP8 payload descriptor (RFC 7741).

Its counterpart for header extensions is `extensions.py`, for control packets `rtcp.py`. Nothing here
keeps state or knows of peers. Parsers raise ValueError for everything that is not well-formed.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import NamedTuple

HEADER = Struct("!BBHII")
HEADER_LENGTH = 12
VERSION_2 = 0x80
PADDING_BIT = 0x20
EXTENSION_BIT = 0x10
MARKER_BIT = 0x80

_EXTENSION = Struct("!HH")
_PICTURE_AND_TL0 = Struct("!HB")


class Packet(NamedTuple):
    """One RTP packet taken apart. `payload` has its padding (and the count in its last octet) still on it."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    profile: int
    """What stands before the extension block: 0xBEDE, 0x100x, or 0 where there is none (RFC 8285)."""
    extensions: bytes
    payload: bytes
    padded: bool

    @property
    def padding(self) -> int:
        """Octets of padding at the end of the payload, the count itself included."""
        return self.payload[-1] if self.padded else 0


def parse(data: bytes) -> Packet:
    """Take one decrypted RTP packet apart. Raises ValueError when it is malformed.

    Contributing sources are left out: no browser sends any, and a listener should learn of none.
    """
    return Packet(*split(data))


def split(data: bytes) -> tuple[bool, int, int, int, int, int, bytes, bytes, bool]:
    """The fields of `Packet` without the class, which would cost a third of the parsing on the packet path."""
    if len(data) < HEADER_LENGTH:
        raise ValueError("an RTP packet is shorter than its header")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise ValueError("an RTP packet has another version than 2")
    at = HEADER_LENGTH + 4 * (first & 0x0F)
    profile, block = 0, b""
    if first & EXTENSION_BIT:
        if len(data) < at + 4:
            raise ValueError("an RTP header extension has no length")
        profile, words = _EXTENSION.unpack_from(data, at)
        at += 4
        block = data[at : at + 4 * words]
        at += 4 * words
    if len(data) < at:
        raise ValueError("an RTP packet ends within its header")
    payload = data[at:]
    padded = bool(first & PADDING_BIT)
    if padded and (not payload or not 0 < payload[-1] <= len(payload)):
        raise ValueError("an RTP packet has more padding than payload")
    return bool(second & MARKER_BIT), second & 0x7F, sequence, timestamp, ssrc, profile, block, payload, padded


def build(
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    *,
    marker: bool = False,
    padded: bool = False,
    extensions: bytes = b"",
) -> bytes:
    """One RTP packet; `extensions` is a whole block with its four octets of profile and length, or empty."""
    first = VERSION_2 | (PADDING_BIT if padded else 0) | (EXTENSION_BIT if extensions else 0)
    second = (MARKER_BIT if marker else 0) | payload_type
    return HEADER.pack(first, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + extensions + payload


def is_rtcp(data: bytes) -> bool:
    """Tell control packets from media on a shared port (RFC 5761 section 4)."""
    return 192 <= data[1] <= 223


def unwrap(value: int, near: int, bits: int = 16) -> int:
    """The integer closest to `near` whose low `bits` are `value`: counters that wrap become plain numbers."""
    size = 1 << bits
    delta = (value - near) & (size - 1)
    return near + (delta - size if delta >= size >> 1 else delta)


@dataclass(frozen=True, slots=True)
class Vp8Descriptor:
    """The VP8 payload descriptor: only what forwarding reads or rewrites."""

    starts_frame: bool
    """The packet begins the first partition of a frame."""
    picture_id: int | None
    picture_id_bits: int
    """7 or 15; 0 where there is no picture id."""
    picture_id_at: int
    tl0picidx: int | None
    tl0picidx_at: int
    length: int
    """Octets of the descriptor; the frame follows."""


def parse_vp8(payload: bytes) -> Vp8Descriptor:
    """Read a VP8 payload descriptor (RFC 7741 section 4.2). Raises ValueError when it is cut short."""
    try:
        first = payload[0]
        at = 1
        picture_id: int | None = None
        bits = picture_id_at = tl0picidx_at = 0
        tl0picidx: int | None = None
        if first & 0x80:
            extended = payload[1]
            at = 2
            if extended & 0x80:
                picture_id_at = at
                if payload[at] & 0x80:
                    bits, picture_id = 15, (payload[at] & 0x7F) << 8 | payload[at + 1]
                    at += 2
                else:
                    bits, picture_id = 7, payload[at]
                    at += 1
            if extended & 0x40:
                tl0picidx_at, tl0picidx = at, payload[at]
                at += 1
            if extended & 0x30:
                payload[at]
                at += 1
    except IndexError:
        raise ValueError("a VP8 payload descriptor is cut short") from None
    starts = bool(first & 0x10) and not first & 0x07
    return Vp8Descriptor(starts, picture_id, bits, picture_id_at, tl0picidx, tl0picidx_at, at)


def starts_key_frame(payload: bytes) -> bool:
    """Whether this VP8 payload begins a key frame (RFC 7741 section 4.3: the inverse key bit of the frame header)."""
    if not payload or payload[0] & 0x17 != 0x10:  # not the start of partition 0
        return False
    try:
        length = parse_vp8(payload).length
    except ValueError:
        return False
    return len(payload) > length and not payload[length] & 0x01


def shift_vp8(payload: bytes, picture_shift: int, tl0_shift: int) -> bytes:
    """The payload with picture id and TL0PICIDX moved by these amounts, each within its own width.

    Raises ValueError when the descriptor is cut short.
    """
    if len(payload) > 5 and payload[0] & 0x80 and payload[1] & 0xC0 == 0xC0 and payload[2] & 0x80:
        # what libwebrtc sends: a picture id of 15 bits and TL0PICIDX; this is once per packet and listener
        picture_id, tl0picidx = _PICTURE_AND_TL0.unpack_from(payload, 2)
        moved = 0x8000 | (picture_id + picture_shift) & 0x7FFF
        return payload[:2] + _PICTURE_AND_TL0.pack(moved, (tl0picidx + tl0_shift) & 0xFF) + payload[5:]
    descriptor = parse_vp8(payload)
    changed = bytearray(payload)
    if descriptor.picture_id is not None:
        at = descriptor.picture_id_at
        if descriptor.picture_id_bits == 15:
            moved = (descriptor.picture_id + picture_shift) & 0x7FFF
            changed[at] = 0x80 | moved >> 8
            changed[at + 1] = moved & 0xFF
        else:
            changed[at] = (descriptor.picture_id + picture_shift) & 0x7F
    if descriptor.tl0picidx is not None:
        changed[descriptor.tl0picidx_at] = (descriptor.tl0picidx + tl0_shift) & 0xFF
    return bytes(changed)
