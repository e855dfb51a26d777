"""One stream as one listener gets it: its own SSRC, payload type, header extensions and numbers.

Whenever the source changes or was cut, sequence number, timestamp and VP8 picture numbers go on where they stopped, so
the listener sees one stream without a seam. Its counterpart `incoming.py` calls this once per packet and listener.
"""

from __future__ import annotations

import secrets
from collections import deque
from typing import NamedTuple, Protocol

from server.media import rtcp, rtp
from server.media.answer import OutgoingSsrc
from server.media.extensions import ExtensionWriter, abs_send_time
from server.media.paths import Paths
from server.media.retransmit import PacketCache
from server.media.sdp import Section
from server.media.secure import SecureTransport, SrtpError
from server.media.stats import Counters

_RTX_SHARE = 0.25
_RTX_BURST = 64_000.0
"""Octets of retransmission that may go out at once; a key frame may lose many packets together."""
_MAX_SPANS = 16
_MAX_RECENT = 512
_MAX_REPORTS = 4
_HEADER = rtp.HEADER.pack


class Listener(Protocol):
    """What a stream needs of the connection that it goes out by."""

    counters: Counters
    secure: SecureTransport
    paths: Paths

    @property
    def round_trip(self) -> float | None:
        """Seconds to the peer and back, or None while unknown."""

    def send_again(self, packet: bytes) -> bool:
        """Protect and send one packet of video that was lost; whether it went."""


class Source(Protocol):
    """What a stream needs of the one that feeds it."""

    highest: int
    last_timestamp: int
    last_time: float
    last_payload: bytes
    cache: PacketCache | None

    def clock_at(self, now: float) -> tuple[int, int] | None:
        """The sender's clock as (NTP, RTP timestamp), or None while it is unknown."""


class _Span(NamedTuple):
    """From this source number on, this distance to the listener's numbers. Spans leave no gap in the latter."""

    start: int
    offset: int


class OutgoingStream:
    """A stream towards one listener; `source` is None while no route or no sender feeds it."""

    __slots__ = (
        "_allowance",
        "_asked",
        "_block",
        "_first_octet",
        "_last_picture",
        "_last_sequence",
        "_last_time",
        "_last_timestamp",
        "_last_tl0",
        "_octets_seen",
        "_payload_type",
        "_picture_shift",
        "_reports",
        "_rtx_sequence",
        "_shifted",
        "_spans",
        "_ssrc",
        "_tl0_shift",
        "_video",
        "coming",
        "flowing",
        "names",
        "octets",
        "packets",
        "peer",
        "reported_at",
        "section",
        "sequence_offset",
        "source",
        "start",
        "timestamp_offset",
    )

    def __init__(self, peer: Listener, section: Section, names: OutgoingSsrc) -> None:
        self.peer = peer
        self.section = section
        self.names = names
        self.source: Source | None = None
        self.coming: Source | None = None
        """What will feed it from its next key frame on."""
        self.flowing = False
        """Packets are being forwarded; before the first key frame they are not."""
        self.packets = 0
        self.octets = 0
        self.start = 0
        self.sequence_offset = 0
        self.timestamp_offset = 0
        self.reported_at = 0.0
        self._block = ExtensionWriter(section.extensions, section.mid).block
        self._first_octet = rtp.VERSION_2 | (rtp.EXTENSION_BIT if self._block(bytes(3), bytes(1)) else 0)
        self._payload_type = section.payload_type
        self._video = section.video
        self._ssrc = names.ssrc
        # low, so that the rollover counters of SRTP start alike on both sides
        self._last_sequence = secrets.randbelow(1 << 14)
        self._last_timestamp: int | None = None
        self._last_time = 0.0
        self._last_picture: int | None = None
        self._last_tl0: int | None = None
        self._shifted = False
        self._picture_shift = 0
        self._tl0_shift = 0
        self._spans: deque[_Span] = deque(maxlen=_MAX_SPANS)
        self._rtx_sequence = secrets.randbelow(1 << 14)
        self._allowance = _RTX_BURST
        self._octets_seen = 0
        self._asked: dict[int, float] = {}
        self._reports: deque[tuple[int, float]] = deque(maxlen=_MAX_REPORTS)

    # --- opening and closing ---------------------------------------------------------------------

    def open(self, sequence: int, timestamp: int, payload: bytes, now: float) -> None:
        """Go on from this packet of the source: everything before it is not forwarded."""
        self.start = sequence
        self.sequence_offset = self._last_sequence + 1 - sequence
        self._spans.clear()
        self._spans.append(_Span(sequence, self.sequence_offset))
        if self._last_timestamp is None:
            self.timestamp_offset = 0
        else:
            elapsed = max(1, int((now - self._last_time) * self.section.clock_rate))
            self.timestamp_offset = self._last_timestamp + elapsed - timestamp
        if self.section.video:
            self._rebase_pictures(payload)
        self.flowing = True

    def _rebase_pictures(self, payload: bytes) -> None:
        try:
            descriptor = rtp.parse_vp8(payload)
        except ValueError:
            return
        self._picture_shift = self._tl0_shift = 0
        if descriptor.picture_id is not None and self._last_picture is not None:
            self._picture_shift = self._last_picture + 1 - descriptor.picture_id
        if descriptor.tl0picidx is not None and self._last_tl0 is not None:
            self._tl0_shift = self._last_tl0 + 1 - descriptor.tl0picidx
        self._shifted = bool(self._picture_shift or self._tl0_shift)

    def close(self) -> None:
        """Stop forwarding, and remember where the listener's numbers are."""
        source, self.source = self.source, None
        if not self.flowing or source is None:
            return
        self.flowing = False
        self._last_sequence = max(self._last_sequence, source.highest + self.sequence_offset)
        self._last_timestamp = (source.last_timestamp + self.timestamp_offset) & 0xFFFFFFFF
        self._last_time = source.last_time
        self._spans.clear()
        self._asked.clear()
        if self.section.video:
            try:
                descriptor = rtp.parse_vp8(source.last_payload)
            except ValueError:
                return
            if descriptor.picture_id is not None:
                self._last_picture = descriptor.picture_id + self._picture_shift
            if descriptor.tl0picidx is not None:
                self._last_tl0 = descriptor.tl0picidx + self._tl0_shift

    def skip(self, sequence: int) -> None:
        """The source's packet of this number carried nothing: the listener's numbers close over it."""
        self.sequence_offset -= 1
        self.start = sequence + 1
        self._spans.append(_Span(self.start, self.sequence_offset))

    # --- packets ---------------------------------------------------------------------------------

    def forward(
        self, sequence: int, timestamp: int, marker: bool, padded: bool, payload: bytes, stamp: bytes, level: bytes
    ) -> None:
        """Send one packet of the source to the listener. An error is counted, and stays here."""
        offset = self.sequence_offset
        if sequence < self.start:
            earlier = self._span_of(sequence)
            if earlier is None:
                return
            offset = earlier.offset
        if self._shifted:
            payload = rtp.shift_vp8(payload, self._picture_shift, self._tl0_shift)
        peer = self.peer
        paths = peer.paths
        if (link := paths.link) is None:
            return
        header = _HEADER(
            self._first_octet | 0x20 if padded else self._first_octet,
            self._payload_type | 0x80 if marker else self._payload_type,
            (sequence + offset) & 0xFFFF,
            (timestamp + self.timestamp_offset) & 0xFFFFFFFF,
            self._ssrc,
        )
        try:
            protected = peer.secure.protect(header + self._block(stamp, level) + payload)
        except SrtpError:
            peer.counters.dropped["protect"] += 1
            return
        if link.send(protected, paths.address, self._video):
            self.packets += 1
            self.octets += len(payload)

    def _span_of(self, sequence: int) -> _Span | None:
        for span in reversed(self._spans):
            if span.start <= sequence:
                return span
        return None

    def retransmit(self, wanted: int, now: float) -> None:
        """Send again what the listener knows under this 16-bit number, if it is still kept and affordable."""
        source = self.source
        if source is None or source.cache is None or not self.flowing or not self._spans:
            return
        number = rtp.unwrap(wanted, source.highest + self.sequence_offset)
        span = next((span for span in reversed(self._spans) if span.start + span.offset <= number), None)
        packet = source.cache.get(number - span.offset) if span is not None else None
        peer = self.peer
        if packet is None:
            return
        pause = max(0.02, 0.8 * (peer.round_trip or 0.1))
        self._allowance = min(self._allowance + (self.octets - self._octets_seen) * _RTX_SHARE, _RTX_BURST)
        self._octets_seen = self.octets
        if now - self._asked.get(number, 0.0) < pause or self._allowance < len(packet.payload):
            peer.counters.dropped["rtx-limit"] += 1
            return
        if len(self._asked) >= _MAX_RECENT:
            self._asked.clear()
        self._asked[number] = now
        self._allowance -= len(packet.payload)
        self._send_again(number, packet.timestamp, packet.marker, packet.padded, packet.payload, now)

    def _send_again(self, number: int, timestamp: int, marker: bool, padded: bool, payload: bytes, now: float) -> None:
        section, peer = self.section, self.peer
        if self._shifted:
            payload = rtp.shift_vp8(payload, self._picture_shift, self._tl0_shift)
        sequence, payload_type, ssrc = number & 0xFFFF, section.payload_type, self.names.ssrc
        if section.rtx_payload_type is not None:  # RFC 4588: a stream of its own, the old number in front
            payload = sequence.to_bytes(2, "big") + payload
            self._rtx_sequence += 1
            sequence, payload_type, ssrc = self._rtx_sequence, section.rtx_payload_type, self.names.rtx_ssrc
        packet = rtp.build(
            payload_type,
            sequence,
            timestamp + self.timestamp_offset,
            ssrc,
            payload,
            marker=marker,
            padded=padded,
            extensions=self._block(abs_send_time(now), b"\x7f"),
        )
        if peer.send_again(packet):
            peer.counters.retransmitted += 1

    # --- reports ---------------------------------------------------------------------------------

    def report(self, now: float) -> bytes:
        """A sender report as of now with the name of the sender, or nothing while the source's clock is unknown."""
        source = self.source
        if source is None or not self.flowing:
            return b""
        clock = source.clock_at(now)
        if clock is None:
            return b""
        ntp, timestamp = clock
        self._reports.append((ntp >> 16 & 0xFFFFFFFF, now))
        self.reported_at = now
        report = rtcp.SenderReport(self.names.ssrc, ntp, timestamp + self.timestamp_offset, self.packets, self.octets)
        return rtcp.sender_report(report) + rtcp.source_description(self.names.ssrc, self.names.cname)

    def round_trip(self, block: rtcp.ReportBlock, now: float) -> float | None:
        """The round trip that a listener's report block shows, in seconds."""
        for middle, sent in self._reports:
            if middle == block.last_report:
                passed = now - sent - block.delay / 65536
                return passed if 0 <= passed < 10 else None
        return None

    def goodbye(self) -> bytes:
        return rtcp.receiver_report(rtcp.ReceiverReport(self.names.ssrc)) + rtcp.goodbye([self.names.ssrc])
