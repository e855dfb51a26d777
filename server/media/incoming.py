"""One stream as its sender sends it, and the ready list of listeners it goes to.

Order and loss are judged here once for all listeners; `forward.py` does what differs from listener to listener.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from server.domain.seats import Medium
from server.media import rtcp, rtp
from server.media.extensions import abs_send_time
from server.media.forward import OutgoingStream
from server.media.keyframes import KeyFrameRequests
from server.media.reception import Reception
from server.media.retransmit import MAX_MISSING, Losses, PacketCache
from server.media.sdp import Section
from server.media.stats import Counters

_MAX_JUMP = 3000
"""A stream whose numbers jump further has started anew (RFC 3550 appendix A.1)."""
NO_LEVEL = b"\x7f"
_ALIVE_SECONDS = 2.0
_LAYER_SECONDS = 1.0


class Sender(Protocol):
    """What a stream needs of the connection that it comes in by."""

    counters: Counters

    @property
    def own_ssrc(self) -> int:
        """The host's name in control packets."""

    @property
    def media(self) -> Mapping[tuple[Medium, int], IncomingStream]:
        """The main stream of each medium and layer that has come so far."""

    def note_losses(self, stream: IncomingStream) -> None:
        """Packets are missing: ask for them when the batch of datagrams is through."""

    def clock_offset(self, report: rtcp.SenderReport, arrived: float) -> int:
        """What to add to this sender's NTP times to have the host's."""


class IncomingStream:
    """A microphone, camera (or one layer of it) or screen of one connection."""

    __slots__ = (
        "_payload_type",
        "cache",
        "highest",
        "key_frames",
        "last_payload",
        "last_time",
        "last_timestamp",
        "layer",
        "losses",
        "peer",
        "reception",
        "section",
        "ssrc",
        "targets",
        "waiting",
    )

    def __init__(self, peer: Sender, section: Section, ssrc: int, first: int, layer: int = 0) -> None:
        self.peer = peer
        self.layer = layer
        self.section = section
        self.ssrc = ssrc
        self._payload_type = section.payload_type
        self.highest = first - 1
        """The newest sequence number, unwrapped."""
        self.last_timestamp = 0
        self.last_time = 0.0
        self.last_payload = b""
        self.reception = Reception(first, section.clock_rate)
        self.cache = PacketCache() if section.video else None
        self.losses = Losses()
        self.key_frames = KeyFrameRequests()
        self.targets: list[OutgoingStream] = []
        """The listeners that get every packet."""
        self.waiting: list[OutgoingStream] = []
        """Those that get none before the next key frame (or, for a microphone, the next packet)."""

    # --- listeners -------------------------------------------------------------------------------

    def attach(self, outgoing: OutgoingStream, now: float) -> None:
        """Add a listener: video flows from the next key frame on, which is asked for at once."""
        outgoing.source = self
        self.expect(outgoing, now)

    def expect(self, outgoing: OutgoingStream, now: float) -> None:
        """Take over a listener at the next key frame; what feeds it now goes on until then."""
        outgoing.coming = self
        self.waiting.append(outgoing)
        if self.section.video:
            self.key_frames.ask(now, at_once=True)

    def detach(self, outgoing: OutgoingStream) -> None:
        """Take a listener off; from here on it gets nothing."""
        self.expect_no_more(outgoing)
        outgoing.close()
        if outgoing in self.targets:
            self.targets.remove(outgoing)

    def expect_no_more(self, outgoing: OutgoingStream) -> None:
        """A listener that was to come does not."""
        if outgoing.coming is self:
            outgoing.coming = None
        if outgoing in self.waiting:
            self.waiting.remove(outgoing)

    def may_follow(self, outgoing: OutgoingStream, now: float) -> bool:
        """Whether what feeds a listener now is another layer of this camera, and may do so until the key frame."""
        former = outgoing.source
        return (
            isinstance(former, IncomingStream)
            and former is not self
            and former.peer is self.peer
            and former.layer != self.layer
            and outgoing.flowing
        )

    def alive(self, now: float) -> bool:
        """Whether something came lately: a browser stops layers that its uplink does not carry."""
        return now - self.last_time < _LAYER_SECONDS

    # --- packets ---------------------------------------------------------------------------------

    def accept(
        self,
        payload_type: int,
        number: int,
        timestamp: int,
        marker: bool,
        padded: bool,
        payload: bytes,
        level: bytes,
        now: float,
    ) -> None:
        """Take one authentic packet of the stream."""
        if payload_type != self._payload_type:
            self.peer.counters.dropped["payload-type"] += 1
            return
        ahead = (number - self.highest) & 0xFFFF
        if ahead > 0x8000:
            ahead -= 0x10000
        if not -_MAX_JUMP < ahead < _MAX_JUMP:
            self._restart(number)
            ahead = 1
        sequence = self.highest + ahead
        self.reception.arrived(sequence, timestamp, now)
        self._take(sequence, ahead, timestamp, marker, padded, payload, level, now)

    def recover(self, number: int, timestamp: int, marker: bool, payload: bytes, now: float) -> None:
        """Take a packet that the sender sent again."""
        sequence = rtp.unwrap(number, self.highest)
        if self.losses.arrived(sequence):
            self.reception.recovered(sequence)
            self.peer.counters.recovered += 1
            self._take(sequence, sequence - self.highest, timestamp, marker, False, payload, NO_LEVEL, now)

    def _take(
        self,
        sequence: int,
        ahead: int,
        timestamp: int,
        marker: bool,
        padded: bool,
        payload: bytes,
        level: bytes,
        now: float,
    ) -> None:
        if ahead > 0:
            self.highest = sequence
            self.last_timestamp, self.last_time = timestamp, now
            if ahead > 1 and self.cache is not None:
                self._gap(sequence - ahead + 1, sequence, now)
        elif self.cache is not None:
            if sequence in self.cache:
                self.peer.counters.dropped["duplicate"] += 1
                return
            self.losses.arrived(sequence)
        if not payload or (padded and payload[-1] == len(payload)):
            if ahead > 0:  # a probe for bandwidth: it has done its work
                for outgoing in self.targets:
                    outgoing.skip(sequence)
            return
        if self.cache is not None:
            self.cache.put(sequence, timestamp, marker, padded, payload)
            if ahead > 0:
                self.last_payload = payload
        opened: list[OutgoingStream] = []
        if self.waiting and (self.cache is None or rtp.starts_key_frame(payload)):
            opened = self._open(sequence, timestamp, payload, now)
        if self.targets:
            stamp = abs_send_time(now)
            for outgoing in self.targets:
                outgoing.forward(sequence, timestamp, marker, padded, payload, stamp, level)
        if opened and sequence < self.highest:
            self._follow_up(opened, sequence, now)

    def _gap(self, first: int, end: int, now: float) -> None:
        self.losses.gap(max(first, end - MAX_MISSING - 1), end, now)
        self.peer.note_losses(self)

    def _open(self, sequence: int, timestamp: int, payload: bytes, now: float) -> list[OutgoingStream]:
        for outgoing in self.waiting:
            former = outgoing.source
            if isinstance(former, IncomingStream) and former is not self:
                former.detach(outgoing)  # the last packet of the layer before was its last
                outgoing.source = self
            outgoing.coming = None
            outgoing.open(sequence, timestamp, payload, now)
        self.key_frames.came()
        self.targets += self.waiting
        opened, self.waiting = self.waiting, []
        return opened

    def _follow_up(self, opened: list[OutgoingStream], sequence: int, now: float) -> None:
        """The first packet of a key frame had been lost, and what followed it is here already."""
        stamp = abs_send_time(now)
        for number in range(sequence + 1, self.highest + 1):
            packet = self.cache.get(number) if self.cache is not None else None
            if packet is not None:
                for outgoing in opened:
                    outgoing.forward(
                        number, packet.timestamp, packet.marker, packet.padded, packet.payload, stamp, NO_LEVEL
                    )

    def _restart(self, number: int) -> None:
        """The numbers jumped: begin again, and let every listener go on where it was."""
        listeners = [*self.targets, *self.waiting]
        for outgoing in listeners:
            if outgoing.source is self:
                outgoing.close()
                outgoing.source = self
            outgoing.coming = self
        self.targets, self.waiting = [], listeners
        self.highest = number - 1
        self.reception = Reception(number, self.section.clock_rate)
        self.losses.clear()
        if self.section.video:
            self.cache = PacketCache()
            self.key_frames.ask(self.last_time)

    # --- control ---------------------------------------------------------------------------------

    def reported(self, report: rtcp.SenderReport, now: float) -> None:
        """Take the sender's own report about this stream."""
        self.reception.report, self.reception.report_at = report, now

    def clock_at(self, now: float) -> tuple[int, int] | None:
        """The sender's clock now as (NTP on the host's time scale, RTP timestamp), or None before its first report."""
        report = self.reception.report
        if report is None:
            return None
        passed = now - self.reception.report_at
        ntp = report.ntp + self.peer.clock_offset(report, self.reception.report_at) + int(passed * (1 << 32))
        return ntp & 0xFFFFFFFFFFFFFFFF, report.timestamp + int(passed * self.section.clock_rate)

    @property
    def needs_feedback(self) -> bool:
        """Whether `feedback` may have anything to say; it is asked many times a second."""
        return bool(self.waiting or self.losses or self.losses.gave_up or self.key_frames.wanted)

    def feedback(self, now: float, round_trip: float) -> bytes:
        """Requests due now: negative acknowledgements and a picture loss indication; empty for none."""
        made = b""
        if self.losses:
            lost = self.losses.due(now, round_trip)
            if lost:
                self.peer.counters.nacks_out += len(lost)
                made += rtcp.nack(self.peer.own_ssrc, self.ssrc, lost)
        if self.losses.gave_up:
            self.losses.gave_up = False
            if self.targets or self.waiting:
                self.key_frames.ask(now)
        if self.waiting and self.section.video and now - self.last_time < _ALIVE_SECONDS:
            self.key_frames.ask(now)  # until it comes
        if self.key_frames.due(now):
            self.peer.counters.key_frame_requests += 1
            made += rtcp.picture_loss(self.peer.own_ssrc, self.ssrc)
        return made


class RetransmissionStream:
    """The RTX stream beside a camera or screen (RFC 4588). What it repeats goes to its main stream; probes end here."""

    __slots__ = ("layer", "peer", "section")

    def __init__(self, peer: Sender, section: Section, layer: int = 0) -> None:
        self.peer = peer
        self.layer = layer
        self.section = section

    def accept(
        self,
        payload_type: int,
        number: int,
        timestamp: int,
        marker: bool,
        padded: bool,
        payload: bytes,
        level: bytes,
        now: float,
    ) -> None:
        if payload_type != self.section.rtx_payload_type:
            self.peer.counters.dropped["payload-type"] += 1
            return
        if padded:
            payload = payload[: -payload[-1]]
        main = self.peer.media.get((self.section.medium, self.layer))
        if len(payload) > 2 and main is not None:
            main.recover(int.from_bytes(payload[:2], "big"), timestamp, marker, payload[2:], now)
