"""The RTCP of one connection: what the peer reports about the streams it gets, and the reports that it gets itself.

Its counterpart `rtcp.py` reads and writes the packets; `congestion.py` is the feedback about bandwidth.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence

from server.media import rtcp
from server.media.forward import OutgoingStream
from server.media.incoming import IncomingStream, RetransmissionStream
from server.media.stats import Counters

REPORT_SECONDS = 1.0
_FRESH_SECONDS = 2.5


class ControlChannel:
    """Control of one connection's streams in both directions."""

    def __init__(
        self,
        counters: Counters,
        streams: Mapping[int, IncomingStream | RetransmissionStream],
        outgoing: Iterable[OutgoingStream],
        ntp: Callable[[float], int],
    ) -> None:
        """`streams` is the peer's own table by SSRC as it grows; `ntp` gives the host's wall clock."""
        self.own_ssrc = secrets.randbits(31) | 1
        """The host's name as a receiver."""
        self.round_trip: float | None = None
        self.estimate: int | None = None
        """The last REMB, in bits a second."""
        self._estimated_at = float("-inf")
        self._losses: dict[int, tuple[float, float]] = {}
        """By SSRC of a picture: the part that the last report says was lost on the way to the peer, and when."""
        self._counters = counters
        self._streams = streams
        self._outgoing = {stream.names.ssrc: stream for stream in outgoing}
        self._ntp = ntp
        self._clock_offset: int | None = None

    def take(self, plain: bytes, now: float) -> None:
        """Take a decrypted compound. Raises ValueError when it is malformed."""
        for packet in rtcp.parse(plain):
            match packet:
                case rtcp.SenderReport(ssrc=ssrc, reports=reports):
                    stream = self._streams.get(ssrc)
                    if isinstance(stream, IncomingStream):
                        stream.reported(packet, now)
                    self._take_reports(reports, now)
                case rtcp.ReceiverReport(reports=reports):
                    self._take_reports(reports, now)
                case rtcp.Nack(media=media, lost=lost):
                    if (outgoing := self._outgoing.get(media)) is not None:
                        self._counters.nacks_in += len(lost)
                        for number in lost:
                            outgoing.retransmit(number, now)
                case rtcp.KeyFrameRequest(media=media):
                    outgoing = self._outgoing.get(media)
                    if outgoing is not None and isinstance(outgoing.source, IncomingStream):
                        outgoing.source.key_frames.ask(now)
                case rtcp.Remb(bitrate=bitrate):
                    self.estimate, self._estimated_at = bitrate, now
                case rtcp.Bye():
                    pass  # a browser that goes ends its DTLS session too; one that only renumbers is learnt by mid

    def _take_reports(self, reports: Sequence[rtcp.ReportBlock], now: float) -> None:
        for block in reports:
            outgoing = self._outgoing.get(block.ssrc)
            if outgoing is not None and outgoing.section.video and isinstance(outgoing.source, IncomingStream):
                before = outgoing.source.reception.fraction  # lost on the way to the host: not this link's fault
                self._losses[block.ssrc] = (max(0, block.fraction_lost - before) / 256, now)
            if outgoing is not None and (measured := outgoing.round_trip(block, now)) is not None:
                known = self.round_trip
                self.round_trip = measured if known is None else known + (measured - known) / 4

    def recent_estimate(self, now: float) -> int | None:
        """The last REMB, if it is not old."""
        return self.estimate if now - self._estimated_at < _FRESH_SECONDS else None

    def loss(self, now: float) -> float:
        """The part of the pictures' packets that is lost on the way to the peer."""
        recent = [part for part, when in self._losses.values() if now - when < _FRESH_SECONDS]
        return sum(recent) / len(recent) if recent else 0.0

    def clock_offset(self, report: rtcp.SenderReport, arrived: float) -> int:
        """What to add to the peer's NTP times to have the host's: one for all streams, which so stay in step."""
        if self._clock_offset is None:
            self._clock_offset = self._ntp(arrived) - report.ntp
        return self._clock_offset

    def reports(self, now: float) -> bytes:
        """The compound due each second: about what the peer sends, and about each stream that flows to it."""
        blocks = [
            stream.reception.block(stream.ssrc, now)
            for stream in self._streams.values()
            if isinstance(stream, IncomingStream) and now - stream.last_time < 2 * REPORT_SECONDS
        ]
        report = rtcp.receiver_report(rtcp.ReceiverReport(self.own_ssrc, tuple(blocks[:31])))
        compound = report + rtcp.source_description(self.own_ssrc, "host")
        for outgoing in self._outgoing.values():
            compound += outgoing.report(now)
        return compound
