"""The connections of one room, and the routes between them.

Every change of routes, peers or streams rebuilds who gets what before the next packet is looked at.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable
from typing import Protocol

from server.domain.seats import NO_ROUTES, Medium, Route, Routes, Seat
from server.media.forward import OutgoingStream
from server.media.incoming import IncomingStream
from server.media.layers import DECIDE_SECONDS, PAUSED
from server.media.liveness import Life
from server.media.peer import Peer
from server.media.sdp import Offer
from server.media.secure import Certificate
from server.media.stats import Counters, LinkStats, PeerStats, RoomStats
from server.ports import PathState

MAX_OFFERS = 6
OFFER_SECONDS = 10.0
_CLOSE_SECONDS = 1.5


class Services(Protocol):
    """What a room needs of the host."""

    counters: Counters

    def ntp(self, now: float) -> int:
        """The host's wall clock as an NTP time of 64 bits."""

    def clock(self) -> float:
        """Steady seconds."""

    def spawn(self, name: str, coroutine: Coroutine[object, object, object]) -> None:
        """Run something beside the packets."""

    def note_losses(self, peer: Peer) -> None:
        """Call the peer's `ask_again` when the batch of datagrams is through."""

    def admit(self, peer: Peer) -> None:
        """Let the peer be found by its credentials."""

    def learnt(self, peer: Peer, ssrc: int) -> None:
        """Let the peer be found by this SSRC."""

    def forget(self, peer: Peer) -> None:
        """Let the peer be found no more."""

    def path_changed(self, room_id: str, seat: Seat, state: PathState) -> None:
        """Tell whoever listens."""

    def voice_changed(self, room_id: str, seat: Seat, speaking: bool, level: float) -> None:
        """Tell whoever listens."""


class Room:
    """One room as the media host sees it: at most three peers, and a set of routes."""

    def __init__(self, services: Services, certificate: Certificate, room_id: str) -> None:
        self._services = services
        self._certificate = certificate
        self.counters = services.counters
        self.room_id = room_id
        self.routes: Routes = NO_ROUTES
        self.peers: dict[Seat, Peer] = {}
        self._states: dict[Seat, PathState] = {}
        self._offers: dict[Seat, deque[float]] = {}
        self._past: dict[tuple[Seat, Seat, Medium], tuple[int, int]] = {}
        """Packets and octets of connections that are over, by source, listener and medium."""
        self._adapted_at = 0.0

    # --- connections -----------------------------------------------------------------------------

    def may_offer(self, seat: Seat) -> bool:
        """Whether a seat may make another offer: six in ten seconds are enough for any reconnecting page."""
        now = self._services.clock()
        recent = self._offers.setdefault(seat, deque(maxlen=MAX_OFFERS))
        if len(recent) == MAX_OFFERS and now - recent[0] < OFFER_SECONDS:
            return False
        recent.append(now)
        return True

    def connect(self, seat: Seat, offer: Offer) -> Peer:
        """Put a new connection in a seat; the former one is over at once."""
        self._remove(seat)
        peer = Peer(self, seat, offer, self._certificate, self._services.clock())
        self.peers[seat] = peer
        self._services.admit(peer)
        self._set_state(seat, PathState.CONNECTING)
        return peer

    def _remove(self, seat: Seat) -> Peer | None:
        peer = self.peers.pop(seat, None)
        if peer is None:
            return None
        self.rebuild()
        for stream in peer.outgoing.values():
            for feeder in (stream.coming, stream.source):
                if isinstance(feeder, IncomingStream):
                    feeder.detach(stream)
            key = (stream.section.seat, seat, stream.section.medium)
            packets, octets = self._past.get(key, (0, 0))
            self._past[key] = (packets + stream.packets, octets + stream.octets)
            self.counters.packets_out += stream.packets
            self.counters.octets_out += stream.octets
        peer.shut()
        if peer.voice.speaking:
            self._services.voice_changed(self.room_id, seat, False, peer.voice.level)
        self._services.forget(peer)
        self._services.spawn("media-close", self._close(peer))
        return peer

    async def _close(self, peer: Peer) -> None:
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await peer.close()
        except TimeoutError:
            peer.paths.close()

    def disconnect(self, seat: Seat) -> None:
        """End a seat's connection; without one nothing happens."""
        if self._remove(seat) is not None:
            self._set_state(seat, PathState.GONE)

    def disconnect_all(self) -> None:
        for seat in list(self.peers):
            self.disconnect(seat)

    async def _handshake(self, peer: Peer) -> None:
        if await peer.handshake():
            self.rebuild()
            self._judge(peer, self._services.clock())
        elif not peer.closed:
            self.ended(peer)

    # --- routes ----------------------------------------------------------------------------------

    def set_routes(self, routes: Routes) -> None:
        self.routes = routes
        self.rebuild()

    def rebuild(self) -> None:
        """Bring what flows in line with routes, peers and streams. Whoever loses a stream is told by a BYE."""
        self._join_streams()
        now = self._services.clock()
        for sender in self.peers.values():
            for incoming in sender.media.values():
                if incoming.waiting and incoming.section.video:
                    sender.send_control(incoming.feedback(now, sender.round_trip or 0.1))

    def _join_streams(self) -> None:
        now = self._services.clock()
        for listener in self.peers.values():
            if not listener.connected:
                continue
            goodbyes = b""
            for (source_seat, medium), stream in listener.outgoing.items():
                wanted = self._source(source_seat, listener, medium, stream, now)
                if (stream.coming or stream.source) is wanted:
                    continue
                if isinstance(stream.coming, IncomingStream):
                    stream.coming.expect_no_more(stream)
                if stream.source is wanted and stream.flowing:
                    continue
                if wanted is not None and wanted.may_follow(stream, now):
                    wanted.expect(stream, now)
                    continue
                flowed = stream.flowing
                if isinstance(stream.source, IncomingStream):
                    stream.source.detach(stream)
                if wanted is not None:
                    wanted.attach(stream, now)
                elif flowed:
                    goodbyes += stream.goodbye()
            listener.send_control(goodbyes)

    def _source(
        self, source: Seat, listener: Peer, medium: Medium, stream: OutgoingStream, now: float
    ) -> IncomingStream | None:
        sender = self._sender(source, listener, medium)
        ladder = listener.ladders.get((source, medium))
        level = ladder.level if ladder is not None else 0
        if sender is None or level == PAUSED:
            return None
        return sender.sources.layer(medium, level, stream.source, now)

    def _sender(self, source: Seat, listener: Peer, medium: Medium) -> Peer | None:
        if Route(source, listener.seat, medium) not in self.routes:
            return None
        sender = self.peers.get(source)
        return sender if sender is not None and sender.connected else None

    def _adapt(self, now: float) -> None:
        """Give each listener the layers that its link takes, of those that are there."""
        for listener in self.peers.values():
            if not listener.connected:
                continue
            shown = []
            for (source, medium), ladder in listener.ladders.items():
                sender = self._sender(source, listener, medium)
                if sender is not None and (top := sender.sources.top_layer(medium, now)) is not None:
                    ladder.top = top
                    shown.append(ladder)
            listener.adapt(shown, now)
        self.rebuild()

    # --- what peers tell -------------------------------------------------------------------------

    def ntp(self, now: float) -> int:
        return self._services.ntp(now)

    def first_datagram(self, peer: Peer) -> None:
        self._services.spawn("media-handshake", self._handshake(peer))

    def learnt(self, peer: Peer, ssrc: int) -> None:
        self._services.learnt(peer, ssrc)
        self._join_streams()  # the packet that is being taken may begin a key frame: then none need be asked for

    def note_losses(self, peer: Peer) -> None:
        self._services.note_losses(peer)

    def spoke(self, peer: Peer) -> None:
        self._services.voice_changed(self.room_id, peer.seat, peer.voice.speaking, peer.voice.level)

    def ended(self, peer: Peer) -> None:
        if self.peers.get(peer.seat) is peer:
            self.disconnect(peer.seat)

    # --- time that passes ------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        for peer in list(self.peers.values()):
            peer.tick(now)
            self._judge(peer, now)
        if now - self._adapted_at >= DECIDE_SECONDS:
            self._adapted_at = now
            self._adapt(now)

    def _judge(self, peer: Peer, now: float) -> None:
        if not peer.connected or self.peers.get(peer.seat) is not peer:
            return
        match peer.liveness.judge(now):
            case Life.ALIVE:
                self._set_state(peer.seat, PathState.UP)
            case Life.STALLED:
                self._set_state(peer.seat, PathState.STALLED)
            case Life.GONE:
                self._set_state(peer.seat, PathState.GONE)

    def _set_state(self, seat: Seat, state: PathState) -> None:
        if self._states.get(seat) is not state:
            self._states[seat] = state
            self._services.path_changed(self.room_id, seat, state)

    # --- numbers ---------------------------------------------------------------------------------

    def stats(self, now: float) -> RoomStats:
        return RoomStats(self.room_id, tuple(self._peer_stats(now)), tuple(self._link_stats()))

    def _peer_stats(self, now: float) -> Iterable[PeerStats]:
        for seat, peer in self.peers.items():
            receptions = [stream.reception for stream in peer.media.values()]
            yield PeerStats(
                seat=seat,
                state=self._states.get(seat, PathState.CONNECTING).value,
                profile=peer.secure.profile,
                round_trip=peer.round_trip,
                estimate=peer.control.estimate,
                silence=peer.liveness.silence(now),
                speaking=peer.voice.speaking,
                level=peer.voice.level,
                packets_in=peer.packets_in,
                lost_in=sum(max(0, reception.lost) for reception in receptions),
            )

    def _link_stats(self) -> Iterable[LinkStats]:
        sums = dict(self._past)
        for seat, peer in self.peers.items():
            for stream in peer.outgoing.values():
                key = (stream.section.seat, seat, stream.section.medium)
                packets, octets = sums.get(key, (0, 0))
                sums[key] = (packets + stream.packets, octets + stream.octets)
        for (source, listener, medium), (packets, octets) in sums.items():
            yield LinkStats(source, listener, medium, packets, octets)

    def streams(self) -> Iterable[OutgoingStream]:
        """All streams towards those who are here; what they counted is not yet in the host's sums."""
        for peer in self.peers.values():
            yield from peer.outgoing.values()
