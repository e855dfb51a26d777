"""The media host: one port of UDP and TCP for all rooms, and the way each datagram finds its connection.

Implements `MediaHost` of `server.ports`. Datagrams are told apart by their first octet (RFC 7983), then by the address
they come from; who has proven nothing reaches nothing but the check for a valid STUN request. See `docs/adr` for why.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence

from server.domain.seats import Routes, Seat
from server.log import logger
from server.media import ice, sdp
from server.media.answer import write_answer
from server.media.gate import Gate
from server.media.peer import Peer
from server.media.room import Room
from server.media.sdp import BadOfferError
from server.media.secure import Certificate
from server.media.sockets import Sockets
from server.media.stats import Counters, HostStats
from server.media.udp import MAX_DATAGRAM, Link, Owner, SocketAddress
from server.ports import OfferRefusedError, PathListener, PathState, VoiceListener
from server.tasks import Tasks

TICK_SECONDS = 0.05
_STOP_SECONDS = 1.5
_NTP_EPOCH = 2_208_988_800
_MAX_SHARED_SSRC = 4

log = logger(__name__)


class MediaEngine:
    """Forwards encoded media between the seats of rooms; see `server.ports.MediaHost` for the contract."""

    def __init__(
        self,
        bind: Sequence[str],
        port: int,
        addresses: Sequence[str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Bind `port` (0 takes a free one) on each address in `bind` once started, by UDP and TCP; 0.0.0.0 and :: mean
        all own ones.

        `addresses` are told to browsers, with the same meaning of wildcards; when empty, those that are bound, and
        loopback only if there is no other. `clock` gives steady seconds.
        """
        self._bind = tuple(bind)
        self.addresses = tuple(addresses)
        """What browsers are told, once started."""
        self.port = port
        """The port that is bound, once started."""
        self.counters = Counters()
        self._certificate = Certificate()
        self._rooms: dict[str, Room] = {}
        self._by_ufrag: dict[str, Peer] = {}
        self._by_ssrc: dict[int, list[Peer]] = {}
        self._torn: list[Peer] = []
        self._sockets = Sockets(self._receive, self._flush, clock)
        self._tasks = Tasks()
        self._running: set[asyncio.Task[object]] = set()
        self._gate = Gate()
        self._listener: PathListener | None = None
        self._voice_listener: VoiceListener | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._next_tick = 0.0
        self._worst_tick = 0.0
        self.clock = clock
        self._wall_offset = time.time() - clock()

    # --- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bind the port and begin. Raises OSError when it is taken."""
        self._sockets.bind(self._bind, self.port)
        self.port = self._sockets.port
        self.addresses = self._sockets.tell(self.addresses)
        self._next_tick = self.clock()
        self._tick()

    async def stop(self) -> None:
        """Close all connections and free the port, in less than two seconds; idempotent.

        Nobody is told that paths are gone: it is the host that leaves, not the people.
        """
        self._listener = self._voice_listener = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for room in self._rooms.values():
            room.disconnect_all()
        self._rooms.clear()
        if self._running:
            await asyncio.wait(set(self._running), timeout=_STOP_SECONDS)
        await self._tasks.close(0.3)
        self._sockets.close()

    # --- MediaHost -------------------------------------------------------------------------------

    def set_listener(self, listener: PathListener) -> None:
        self._listener = listener

    def set_voice_listener(self, listener: VoiceListener) -> None:
        """Tell `listener` when a seat begins or ceases to speak (one listener for the whole host)."""
        self._voice_listener = listener

    async def connect(self, room_id: str, seat: Seat, offer: str) -> str:
        if not self._sockets.udp:
            raise OfferRefusedError("bad-offer")
        room = self._room(room_id)
        if not room.may_offer(seat):
            raise OfferRefusedError("too-many-offers")
        try:
            parsed = sdp.parse_offer(seat, offer)
        except BadOfferError:
            raise OfferRefusedError("bad-offer") from None
        self.counters.offers += 1
        peer = room.connect(seat, parsed)
        return write_answer(
            parsed,
            peer.names,
            ufrag=peer.credentials.ufrag,
            password=peer.credentials.password,
            fingerprint=self._certificate.fingerprint,
            candidates=[(address, self.port) for address in self.addresses],
        )

    def set_routes(self, room_id: str, routes: Routes) -> None:
        self._room(room_id).set_routes(routes)

    async def disconnect(self, room_id: str, seat: Seat) -> None:
        if room_id in self._rooms:
            self._rooms[room_id].disconnect(seat)

    async def close_room(self, room_id: str) -> None:
        room = self._rooms.pop(room_id, None)
        if room is not None:
            room.disconnect_all()

    def _room(self, room_id: str) -> Room:
        if room_id not in self._rooms:
            self._rooms[room_id] = Room(self, self._certificate, room_id)
        return self._rooms[room_id]

    def stats(self) -> HostStats:
        """Sums and all rooms at this moment."""
        now = self.clock()
        worst, self._worst_tick = self._worst_tick, 0.0
        counters = self.counters
        streams = [stream for room in self._rooms.values() for stream in room.streams()]
        return HostStats(
            rooms=tuple(room.stats(now) for room in self._rooms.values()),
            peers=sum(len(room.peers) for room in self._rooms.values()),
            packets_in=counters.packets_in,
            packets_out=counters.packets_out + sum(stream.packets for stream in streams),
            octets_in=counters.octets_in,
            octets_out=counters.octets_out + sum(stream.octets for stream in streams),
            offers=counters.offers,
            handshakes_failed=counters.handshakes_failed,
            path_moves=counters.path_moves,
            key_frame_requests=counters.key_frame_requests,
            nacks_in=counters.nacks_in,
            nacks_out=counters.nacks_out,
            recovered=counters.recovered,
            retransmitted=counters.retransmitted,
            dropped=dict(counters.dropped),
            worst_tick=worst,
        )

    # --- datagrams -------------------------------------------------------------------------------

    def _receive(self, data: bytes, address: SocketAddress, link: Link) -> None:
        counters = self.counters
        counters.packets_in += 1
        counters.octets_in += len(data)
        if not 0 < len(data) <= MAX_DATAGRAM:
            counters.dropped["size"] += 1
            return
        first = data[0]
        owner = link.owners.get(address)
        try:
            if 128 <= first < 192:
                now = self.clock()
                if owner is None or not owner.take(data, link, address, now):
                    self._find_sender(data, link, address, now)
            elif first < 4:
                self._check(data, link, address, owner)
            elif 20 <= first < 64 and owner is not None:
                owner.take(data, link, address, self.clock())
            else:
                counters.dropped["stranger"] += 1
        except Exception as error:  # a bug of the host met one peer: that connection ends, the others live
            counters.dropped["bug"] += 1
            self._fail(owner, error)

    def _fail(self, owner: Owner | None, error: Exception) -> None:
        if isinstance(owner, Peer) and not owner.closed:
            log.error("A media connection failed and was closed.", error=error)
            owner.surroundings.ended(owner)

    def _check(self, data: bytes, link: Link, address: SocketAddress, owner: Owner | None) -> None:
        now = self.clock()
        if not (owner.checks.lets(now) if isinstance(owner, Peer) else self._gate.lets_check(address, now)):
            self.counters.dropped["check-rate"] += 1
            return
        message = ice.parse_check(data)
        peer = self._by_ufrag.get(ice.local_ufrag(message)) if message is not None else None
        if message is None or peer is None or not ice.authenticates(message, peer.credentials):
            self.counters.dropped["check"] += 1
            return
        peer.check(message, link, address, now)

    def _find_sender(self, data: bytes, link: Link, address: SocketAddress, now: float) -> None:
        """Media from an address that is not its sender's: whose it is shows its SSRC, and then its authentication."""
        for peer in self._by_ssrc.get(int.from_bytes(data[8:12], "big"), ()):
            if peer.paths.silent(now) and self._gate.lets_search(now) and peer.take(data, link, address, now):
                return
        self.counters.dropped["stranger"] += 1

    def _flush(self) -> None:
        if self._torn:
            now = self.clock()
            for peer in self._torn:
                peer.ask_again(now)
            self._torn.clear()

    def _tick(self) -> None:
        now = self.clock()
        self._worst_tick = max(self._worst_tick, now - self._next_tick)
        self._next_tick = max(self._next_tick + TICK_SECONDS, now)
        self._timer = asyncio.get_running_loop().call_later(self._next_tick - now, self._tick)
        for room in list(self._rooms.values()):
            try:
                room.tick(now)
            except Exception as error:  # the same: one room's bug is not the others'
                log.error("The periodic work for a room failed.", error=error)
        self._sockets.sweep(now)
        self._flush()

    # --- what rooms need -------------------------------------------------------------------------

    def ntp(self, now: float) -> int:
        return int((now + self._wall_offset + _NTP_EPOCH) * (1 << 32))

    def spawn(self, name: str, coroutine: Coroutine[object, object, object]) -> None:
        task = self._tasks.start(name, coroutine)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def note_losses(self, peer: Peer) -> None:
        self._torn.append(peer)

    def admit(self, peer: Peer) -> None:
        self._by_ufrag[peer.credentials.ufrag] = peer

    def learnt(self, peer: Peer, ssrc: int) -> None:
        peers = self._by_ssrc.setdefault(ssrc, [])
        if peer not in peers and len(peers) < _MAX_SHARED_SSRC:
            peers.append(peer)

    def forget(self, peer: Peer) -> None:
        self._by_ufrag.pop(peer.credentials.ufrag, None)
        for ssrc in peer.streams:
            peers = self._by_ssrc.get(ssrc, [])
            if peer in peers:
                peers.remove(peer)
            if not peers:
                self._by_ssrc.pop(ssrc, None)

    def path_changed(self, room_id: str, seat: Seat, state: PathState) -> None:
        if self._listener is not None:
            self._listener(room_id, seat, state)

    def voice_changed(self, room_id: str, seat: Seat, speaking: bool, level: float) -> None:
        if self._voice_listener is not None:
            self._voice_listener(room_id, seat, speaking, level)
