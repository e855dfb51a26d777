"""RTP header extensions (RFC 8285): reading both forms of the block, and writing the one each receiver negotiated.

Ids differ from browser to browser, so a block is never passed through: `ExtensionWriter` makes a new one.
Its counterpart `sdp.py` says which ids a section agreed upon.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_SEQUENCE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

ONE_BYTE = 0xBEDE
TWO_BYTE = 0x1000
"""The upper twelve bits; the lower four are the application's."""

_BLOCK = Struct("!HH")


@dataclass(frozen=True, slots=True)
class ExtensionIds:
    """The ids one media section agreed upon; 0 where an extension was not negotiated."""

    mid: int = 0
    audio_level: int = 0
    abs_send_time: int = 0
    transport_sequence: int = 0
    rid: int = 0
    repaired_rid: int = 0


def parse(profile: int, block: bytes) -> dict[int, bytes]:
    """The elements of a block by id, whichever of the two forms it has; unknown profiles give none.

    Raises ValueError when an element reaches past the end.
    """
    found: dict[int, bytes] = {}
    at, end = 0, len(block)
    if profile == ONE_BYTE:
        while at < end:
            head = block[at]
            if head == 0:
                at += 1
                continue
            if head >> 4 == 15:  # reserved: reading stops here (RFC 8285 section 4.2)
                break
            stop = at + 2 + (head & 0x0F)
            if stop > end:
                raise ValueError("a header extension reaches past its block")
            found[head >> 4] = block[at + 1 : stop]
            at = stop
    elif profile & 0xFFF0 == TWO_BYTE:
        while at < end:
            if block[at] == 0:
                at += 1
                continue
            if at + 2 > end or at + 2 + block[at + 1] > end:
                raise ValueError("a header extension reaches past its block")
            stop = at + 2 + block[at + 1]
            found[block[at]] = block[at + 2 : stop]
            at = stop
    return found


def build(elements: dict[int, bytes]) -> bytes:
    """A whole one-byte block with profile and length; empty for no elements.

    Raises ValueError when an id (1 to 14) or a value (1 to 16 octets) does not fit this form.
    """
    if not elements:
        return b""
    block = b""
    for number, value in elements.items():
        if not 1 <= number <= 14 or not 1 <= len(value) <= 16:
            raise ValueError("a header extension does not fit the one-byte form")
        block += bytes((number << 4 | len(value) - 1,)) + value
    block += bytes(-len(block) % 4)
    return _BLOCK.pack(ONE_BYTE, len(block) // 4) + block


def abs_send_time(seconds: float) -> bytes:
    """The send time as 24 bits of 6.18 fixed point; it wraps every 64 seconds."""
    return (int(seconds * 262144) & 0xFFFFFF).to_bytes(3, "big")


class ExtensionWriter:
    """The block of one outgoing stream, laid out once: a packet joins `head`, time, `middle`, level, `tail`.

    `has_time` and `has_level` say which of the two changing parts the block has; the other parts are ready octets.
    """

    __slots__ = ("has_level", "has_time", "head", "middle", "tail")

    def __init__(self, ids: ExtensionIds, mid: str) -> None:
        self.has_time = bool(ids.abs_send_time)
        self.has_level = bool(ids.audio_level)
        fixed = bytes((ids.mid << 4 | len(mid) - 1,)) + mid.encode("ascii") if ids.mid else b""
        time = bytes((ids.abs_send_time << 4 | 2,)) if self.has_time else b""
        self.middle = bytes((ids.audio_level << 4,)) if self.has_level else b""
        length = len(fixed) + len(time) + (3 if self.has_time else 0) + len(self.middle) + (1 if self.has_level else 0)
        self.tail = bytes(-length % 4)
        self.head = _BLOCK.pack(ONE_BYTE, (length + 3) // 4) + fixed + time if length else b""

    def block(self, send_time: bytes, level: bytes) -> bytes:
        """The block with this send time (3 octets) and audio level (1 octet); empty when nothing was negotiated."""
        if self.has_time:
            if self.has_level:
                return self.head + send_time + self.middle + level + self.tail
            return self.head + send_time + self.tail
        if self.has_level:
            return self.head + self.middle + level + self.tail
        return self.head + self.tail
