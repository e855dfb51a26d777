"""One connection: a browser's paths, keys and streams, and what it reports about what it hears.

Whatever the peer sends ends here: an error costs this connection and nobody else's. Rooms and routes are not known
here; `room.py` joins the streams of its peers.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Sequence
from typing import Protocol

from aioice.stun import Message

from server.domain.seats import Medium, Seat
from server.log import logger
from server.media import extensions, ice, rtcp, rtp
from server.media.answer import OutgoingSsrc
from server.media.budget import Budget
from server.media.congestion import TransportFeedback
from server.media.control import REPORT_SECONDS, ControlChannel
from server.media.forward import OutgoingStream
from server.media.gate import PEER_CHECKS_A_SECOND, Allowance
from server.media.incoming import NO_LEVEL, IncomingStream
from server.media.layers import Ladder, LinkJudge
from server.media.levels import VoiceActivity
from server.media.liveness import Liveness
from server.media.paths import CONSENT_SECONDS, Paths
from server.media.sdp import Offer
from server.media.secure import Certificate, HandshakeError, SecureTransport, SrtpError
from server.media.sources import Sources
from server.media.stats import Counters
from server.media.udp import Link, SocketAddress

log = logger(__name__)

_FEEDBACK_SECONDS = 0.095  # every other tick
_CONNECT_SECONDS = 15.0


class Surroundings(Protocol):
    """What a connection tells the room that it is in."""

    counters: Counters

    def ntp(self, now: float) -> int:
        """The host's wall clock as an NTP time of 64 bits."""

    def first_datagram(self, peer: Peer) -> None:
        """DTLS begins: run the handshake."""

    def learnt(self, peer: Peer, ssrc: int) -> None:
        """An authentic packet showed that this SSRC is the peer's."""

    def note_losses(self, peer: Peer) -> None:
        """Packets are missing: call `ask_again` when the batch of datagrams is through."""

    def spoke(self, peer: Peer) -> None:
        """Somebody began or ceased to speak."""

    def ended(self, peer: Peer) -> None:
        """The connection is over and wants to be closed."""


class Peer:
    """The host's side of one connection."""

    def __init__(
        self, surroundings: Surroundings, seat: Seat, offer: Offer, certificate: Certificate, now: float
    ) -> None:
        self.surroundings = surroundings
        self.counters = surroundings.counters
        self.seat = seat
        self.offer = offer
        self.credentials = ice.Credentials.generate()
        self.paths = Paths(self, now)
        self.liveness = Liveness(now)
        self.voice = VoiceActivity()
        self.secure = SecureTransport(certificate, offer.fingerprints, self._send_dtls, self._session_ended)
        self.connected = False
        """The handshake is through and the certificate is the announced one."""
        self.closed = False
        self.packets_in = 0
        self.sources = Sources(self, offer)
        self.streams = self.sources.streams
        self.media = self.sources.media
        self.outgoing: dict[tuple[Seat, Medium], OutgoingStream] = {}
        self.ladders = {key: Ladder(*key) for key in ((it.seat, it.medium) for it in offer.receives if it.video)}
        """Which layers of the others' pictures this listener may get."""
        self._link_judge = LinkJudge(now)
        self._adapted_at = now
        self._octets_before = 0
        self._level_id = offer.sends[0].extensions.audio_level
        transport = next((item.extensions.transport_sequence for item in offer.sends), 0)
        self._transport_id = transport
        self._transport_head = transport << 4 | 1
        self._feedback = TransportFeedback()
        self._torn: list[IncomingStream] = []
        self._handshaking = False
        self._budget = Budget(now)
        self.checks = Allowance(PEER_CHECKS_A_SECOND)
        self._feedback_at = now
        self._report_at = now
        self._began_at = now
        self._name_outgoing()
        self.control = ControlChannel(self.counters, self.streams, self.outgoing.values(), surroundings.ntp)

    def _name_outgoing(self) -> None:
        cnames: dict[Seat, str] = {}
        for section in self.offer.receives:
            names = OutgoingSsrc(
                secrets.randbits(31) | 1,
                secrets.randbits(31) | 1,
                cnames.setdefault(section.seat, secrets.token_hex(8)),
            )
            stream = OutgoingStream(self, section, names)
            self.outgoing[section.seat, section.medium] = stream

    @property
    def names(self) -> Sequence[OutgoingSsrc]:
        """The names of the six outgoing streams, in the order of the offer's receiving sections."""
        return [stream.names for stream in self.outgoing.values()]

    @property
    def own_ssrc(self) -> int:
        """The host's name in the control packets of this connection."""
        return self.control.own_ssrc

    @property
    def round_trip(self) -> float | None:
        """Seconds to the peer and back, as its receiver reports show."""
        return self.control.round_trip

    # --- what arrives ----------------------------------------------------------------------------

    def check(self, message: Message, link: Link, address: SocketAddress, now: float) -> None:
        """An authenticated binding request; replies, and proves the address."""
        paths = self.paths
        if self.closed or paths.replayed(message.transaction_id, link, address, now):
            self.counters.dropped["check-replayed"] += 1
            return
        moves = paths.moves
        paths.checked(link, address, nominated=ice.nominates(message), now=now)
        self.counters.path_moves += paths.moves - moves
        self.liveness.heard(now)
        reply = ice.success(message, (address[0], address[1]), self.credentials)
        self._count_sent(link.send(reply, address), len(reply))

    def take(self, data: bytes, link: Link, address: SocketAddress, now: float) -> bool:
        """Take one datagram of DTLS, SRTP or SRTCP; False when it is not authentic for this peer."""
        if not self._budget.spend(len(data), now):
            self.counters.dropped["flood"] += 1
            return True
        first = data[0]
        if first < 128:
            self._take_dtls(data)
            return True
        if not self.connected or len(data) < 12:
            self.counters.dropped["early"] += 1
            return not self.connected
        control = 192 <= data[1] <= 223  # as rtp.is_rtcp
        try:
            plain = self.secure.unprotect_rtcp(data) if control else self.secure.unprotect(data)
        except SrtpError:
            return False
        if address == self.paths.address and link is self.paths.link:
            self.paths.heard_at = now
        else:
            moves = self.paths.moves
            self.paths.heard(link, address, now)
            self.counters.path_moves += self.paths.moves - moves
        self.packets_in += 1
        try:
            if control:
                self.liveness.heard(now)
                self.control.take(plain, now)
            else:
                self.liveness.heard_media(now)
                self._take_media(plain, now)
        except (ValueError, IndexError, struct.error):
            self.counters.dropped["malformed"] += 1
        return True

    def _take_dtls(self, data: bytes) -> None:
        self.secure.feed(data)
        if not self._handshaking:
            self._handshaking = True
            self.surroundings.first_datagram(self)

    async def handshake(self) -> bool:
        """Run the DTLS handshake; whether the connection stands. Never raises for what the peer does."""
        try:
            await self.secure.handshake()
        except HandshakeError:
            self.counters.handshakes_failed += 1
            return False
        except Exception as error:  # a certificate that OpenSSL takes and another parser does not, say
            self.counters.handshakes_failed += 1
            log.error("A DTLS handshake failed in an unexpected way.", error=error)
            return False
        self.connected = not self.closed
        return self.connected

    def _take_media(self, plain: bytes, now: float) -> None:
        marker, payload_type, number, timestamp, ssrc, profile, block, payload, padded = rtp.split(plain)
        level = NO_LEVEL
        found: dict[int, bytes] = {}
        if block:
            if len(block) == 4 and block[0] == self._transport_head and profile == extensions.ONE_BYTE:
                self._feedback.arrived(block[1] << 8 | block[2], now)
            else:
                found = extensions.parse(profile, block)
                transport = found.get(self._transport_id)
                if transport is not None and len(transport) == 2:
                    self._feedback.arrived(transport[0] << 8 | transport[1], now)
                level = found.get(self._level_id, NO_LEVEL)[:1] or NO_LEVEL
        stream = self.streams.get(ssrc)
        if stream is None:
            stream = self.sources.learn(ssrc, payload_type, number, found)
            if stream is None:
                self.counters.dropped["unknown-ssrc"] += 1
                return
            self.surroundings.learnt(self, ssrc)
        if level is not NO_LEVEL and stream.section.medium is Medium.MIC and self.voice.heard(level[0], now):
            self.surroundings.spoke(self)
        stream.accept(payload_type, number, timestamp, marker, padded, payload, level, now)

    def adapt(self, shown: Sequence[Ladder], now: float) -> None:
        """Judge what the link to this listener takes."""
        octets = sum(stream.octets for stream in self.outgoing.values())
        sent = (octets - self._octets_before) * 8 / max(0.001, now - self._adapted_at)
        self._octets_before, self._adapted_at = octets, now
        control = self.control
        self._link_judge.decide(shown, control.recent_estimate(now), sent, control.loss(now), now)

    def note_losses(self, stream: IncomingStream) -> None:
        self._torn.append(stream)
        self.surroundings.note_losses(self)

    def ask_again(self, now: float) -> None:
        """Ask for what went missing in the batch of datagrams that is through."""
        for stream in self._torn:
            self.send_control(stream.feedback(now, self.round_trip or 0.1))
        self._torn.clear()

    def clock_offset(self, report: rtcp.SenderReport, arrived: float) -> int:
        return self.control.clock_offset(report, arrived)

    # --- what goes out ---------------------------------------------------------------------------

    def send_again(self, packet: bytes) -> bool:
        """Protect and send one RTP packet of video; whether it went."""
        link = self.paths.link
        if link is None or not self.connected:
            return False
        try:
            protected = self.secure.protect(packet)
        except SrtpError:
            self.counters.dropped["protect"] += 1
            return False
        return self._count_sent(link.send(protected, self.paths.address, True), len(packet))

    def send_control(self, packet: bytes) -> None:
        """Protect and send one RTCP packet or compound; empty ones are not sent."""
        link = self.paths.link
        if not packet or link is None or not self.connected:
            return
        try:
            protected = self.secure.protect_rtcp(packet)
        except SrtpError:
            self.counters.dropped["protect"] += 1
            return
        self._count_sent(link.send(protected, self.paths.address), len(packet))

    def _send_dtls(self, data: bytes) -> None:
        if self.paths.link is not None:
            self._count_sent(self.paths.link.send(data, self.paths.address), len(data))

    def _count_sent(self, sent: bool, octets: int) -> bool:
        if sent:
            self.counters.packets_out += 1
            self.counters.octets_out += octets
        else:
            self.counters.dropped["send"] += 1
        return sent

    # --- time that passes ------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """The periodic work, some twenty times a second."""
        if now - self.paths.checked_at > CONSENT_SECONDS:
            self.paths.close()  # not even a goodbye goes where nobody may be any more
            self.surroundings.ended(self)
            return
        if not self.connected and now - self._began_at > _CONNECT_SECONDS:
            self.surroundings.ended(self)
            return
        if not self.connected:
            return
        for stream in self.media.values():
            if stream.needs_feedback:
                self.send_control(stream.feedback(now, self.round_trip or 0.1))
        if now - self._feedback_at >= _FEEDBACK_SECONDS:
            self._feedback_at = now
            self._send_feedback()
            if self.voice.passed(now):
                self.surroundings.spoke(self)
        if now - self._report_at >= REPORT_SECONDS:
            self._report_at = now
            self.send_control(self.control.reports(now))
            self.paths.prune(now)

    def _send_feedback(self) -> None:
        messages = self._feedback.messages()
        if messages:
            media = next(iter(self.streams), 0)
            for body in messages:
                self.send_control(rtcp.transport_feedback(self.own_ssrc, media, body))

    # --- the end ---------------------------------------------------------------------------------

    def _session_ended(self) -> None:
        self.surroundings.ended(self)

    def shut(self) -> None:
        """Stop at once: no media is taken or sent any more; `close` still says goodbye."""
        self.closed = True
        self.connected = False

    async def close(self) -> None:
        """Say goodbye on the DTLS session and forget addresses and keys; idempotent."""
        self.shut()
        await self.secure.close()
        self.paths.close()
