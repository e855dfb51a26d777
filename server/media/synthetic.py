"""What a probe offers and sends: the SDP of a call page, and packets that look like Opus and VP8 but decode to nothing.

Its counterpart `probe.py` has the sockets and the keys.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from server.domain.seats import Medium
from server.media import extensions, rtp
from server.media.extensions import ExtensionIds
from server.media.ice import Credentials
from server.media.sdp import MEDIA

_KEPT = 512
_VIDEO_FEEDBACK = ("goog-remb", "transport-cc", "nack", "nack pli")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The numbers that a browser chooses for itself."""

    opus: int = 111
    vp8: int = 96
    rtx: int | None = 97
    ids: ExtensionIds = field(default_factory=lambda: ExtensionIds(4, 1, 2, 3))
    layers: tuple[str, ...] = ()
    """The names of the camera's layers, the smallest first."""


CHROMIUM = Dialect()
FIREFOX = Dialect(109, 120, 124, ExtensionIds(3, 1, 4, 7))
LAYERED = Dialect(ids=ExtensionIds(4, 1, 2, 3, 10, 11), layers=("q", "f"))
PLAIN = Dialect(rtx=None)
"""A browser that knows no retransmission stream."""


class SyntheticStream:
    """One of the three media that a probe sends."""

    def __init__(self, medium: Medium, mid: str, dialect: Dialect, layer: str = "") -> None:
        self.video = medium is not Medium.MIC
        self.ssrc = secrets.randbits(31) | 1
        self.rtx_ssrc = secrets.randbits(31) | 1
        self.sequence = secrets.randbits(15)
        self.timestamp = secrets.randbits(32)
        self.packets = 0
        self.octets = 0
        self.key_wanted = True
        """The next frame is a key frame."""
        self.key_requests = 0
        self._mid = mid.encode("ascii")
        self._layer = layer.encode("ascii")
        self._dialect = dialect
        self._payload_type = dialect.vp8 if self.video else dialect.opus
        self._rtx_sequence = secrets.randbits(15)
        self._picture = secrets.randbits(15)
        self._sent: dict[int, tuple[int, bool, bytes]] = {}

    def next(self, size: int, transport_sequence: int, *, level: int, marker: bool, keep: bool) -> bytes:
        """The next packet, with a payload of `size` octets; with `keep` it can be repeated."""
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + (900 if self.video else 960)) & 0xFFFFFFFF
        self.packets += 1
        self.octets += size
        payload = self._frame(size) if self.video else bytes(size)
        if keep and self.video:
            self._sent[self.sequence] = (self.timestamp, marker, payload)
            self._sent.pop((self.sequence - _KEPT) & 0xFFFF, None)
        return rtp.build(
            self._payload_type,
            self.sequence,
            self.timestamp,
            self.ssrc,
            payload,
            marker=marker,
            extensions=self._extensions(transport_sequence, level),
        )

    def again(self, number: int, transport_sequence: int) -> bytes | None:
        """A packet once more, by RTX where that was agreed; None when it is not kept."""
        kept = self._sent.get(number)
        if kept is None:
            return None
        timestamp, marker, payload = kept
        payload_type, ssrc = self._payload_type, self.ssrc
        if self._dialect.rtx is not None:
            payload = number.to_bytes(2, "big") + payload
            self._rtx_sequence = number = (self._rtx_sequence + 1) & 0xFFFF
            payload_type, ssrc = self._dialect.rtx, self.rtx_ssrc
        block = self._extensions(transport_sequence, 0, repairs=payload_type == self._dialect.rtx)
        return rtp.build(payload_type, number, timestamp, ssrc, payload, marker=marker, extensions=block)

    def _frame(self, size: int) -> bytes:
        key, self.key_wanted = self.key_wanted, False
        self._picture = (self._picture + 1) & 0x7FFF
        head = b"\x90\xc0" + (0x8000 | self._picture).to_bytes(2, "big") + bytes((self._picture & 0xFF,))
        return head + (b"\x00" if key else b"\x01") + bytes(max(0, size - 6))

    def _extensions(self, transport_sequence: int, level: int, *, repairs: bool = False) -> bytes:
        ids = self._dialect.ids
        elements = {
            ids.transport_sequence: (transport_sequence & 0xFFFF).to_bytes(2, "big"),
            ids.mid: self._mid,
        }
        if self._layer:
            elements[ids.repaired_rid if repairs else ids.rid] = self._layer
        if not self.video:
            elements[ids.audio_level] = bytes((level,))
        return extensions.build(elements)


def write_offer(dialect: Dialect, own: Credentials, fingerprint: str, streams: Mapping[Medium, SyntheticStream]) -> str:
    """The offer that a call page would make: nine sections, of which the first three send `streams`."""
    mids = [str(number) for number in range(9)]
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(mids)}"]
    for number, mid in enumerate(mids):
        medium = MEDIA[number % 3]
        codec = [dialect.opus] if medium is Medium.MIC else [dialect.vp8] + ([dialect.rtx] if dialect.rtx else [])
        lines += [
            f"m={'audio' if medium is Medium.MIC else 'video'} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, codec))}",
            "c=IN IP4 0.0.0.0",
            f"a=ice-ufrag:{own.ufrag}",
            f"a=ice-pwd:{own.password}",
            f"a=fingerprint:sha-256 {fingerprint}",
            "a=setup:actpass",
            f"a=mid:{mid}",
            "a=sendonly" if number < 3 else "a=recvonly",
            "a=rtcp-mux",
            "a=rtcp-rsize",
            *_codec_lines(dialect, medium),
        ]
        if number == 1 and dialect.layers:
            lines += [f"a=rid:{layer} send" for layer in dialect.layers]
            lines.append(f"a=simulcast:send {';'.join(dialect.layers)}")
        elif number < 3 and medium is not Medium.MIC and dialect.rtx:
            lines.append(f"a=ssrc-group:FID {streams[medium].ssrc} {streams[medium].rtx_ssrc}")
    return "\r\n".join(lines) + "\r\n"


def _codec_lines(dialect: Dialect, medium: Medium) -> Iterator[str]:
    ids = dialect.ids
    yield f"a=extmap:{ids.mid} {extensions.MID}"
    yield f"a=extmap:{ids.abs_send_time} {extensions.ABS_SEND_TIME}"
    yield f"a=extmap:{ids.transport_sequence} {extensions.TRANSPORT_SEQUENCE}"
    if medium is Medium.MIC:
        yield f"a=extmap:{ids.audio_level} {extensions.AUDIO_LEVEL}"
        yield f"a=rtpmap:{dialect.opus} opus/48000/2"
        yield f"a=rtcp-fb:{dialect.opus} transport-cc"
        yield f"a=fmtp:{dialect.opus} minptime=10;useinbandfec=1"
        return
    if dialect.layers:
        yield f"a=extmap:{ids.rid} {extensions.RID}"
        yield f"a=extmap:{ids.repaired_rid} {extensions.REPAIRED_RID}"
    yield f"a=rtpmap:{dialect.vp8} VP8/90000"
    for item in _VIDEO_FEEDBACK:
        yield f"a=rtcp-fb:{dialect.vp8} {item}"
    if dialect.rtx:
        yield f"a=rtpmap:{dialect.rtx} rtx/90000"
        yield f"a=fmtp:{dialect.rtx} apt={dialect.vp8}"
