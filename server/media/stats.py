"""What the media host counts, for metrics, probes and benches. Reasons and names are fixed; nothing names a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from server.domain.seats import Medium, Seat


class Counters:
    """Counts of the whole host since its start, but for what streams count that are still there: see `Room.streams`."""

    __slots__ = (
        "dropped",
        "handshakes_failed",
        "key_frame_requests",
        "nacks_in",
        "nacks_out",
        "octets_in",
        "octets_out",
        "offers",
        "packets_in",
        "packets_out",
        "path_moves",
        "recovered",
        "retransmitted",
    )

    def __init__(self) -> None:
        self.packets_in = self.packets_out = self.octets_in = self.octets_out = 0
        self.key_frame_requests = self.nacks_in = self.nacks_out = 0
        self.retransmitted = self.recovered = 0
        self.offers = self.handshakes_failed = self.path_moves = 0
        self.dropped: Counter[str] = Counter()
        """By reason."""


@dataclass(frozen=True, slots=True)
class LinkStats:
    """What went from one seat's medium to another seat, over all connections of the room so far."""

    source: Seat
    listener: Seat
    medium: Medium
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class PeerStats:
    """One connection as it is now. Times in seconds, rates in bits a second, levels in dBov."""

    seat: Seat
    state: str
    profile: str
    round_trip: float | None
    estimate: int | None
    """The receiver's own estimate of what its link takes (REMB)."""
    silence: float
    speaking: bool
    level: float
    packets_in: int
    lost_in: int


@dataclass(frozen=True, slots=True)
class RoomStats:
    room_id: str
    peers: tuple[PeerStats, ...]
    links: tuple[LinkStats, ...]


@dataclass(frozen=True, slots=True)
class HostStats:
    """The host at one moment: sums since its start, and every room."""

    rooms: tuple[RoomStats, ...]
    peers: int
    packets_in: int
    packets_out: int
    octets_in: int
    octets_out: int
    offers: int
    handshakes_failed: int
    path_moves: int
    key_frame_requests: int
    nacks_in: int
    nacks_out: int
    recovered: int
    retransmitted: int
    dropped: dict[str, int]
    worst_tick: float
    """The longest that the periodic work was late since the last look, in seconds."""

    def packets(self, room_id: str, source: Seat, listener: Seat, medium: Medium) -> int:
        """Packets that went from one seat's medium to another seat in a room; 0 when unknown."""
        return sum(
            link.packets
            for room in self.rooms
            if room.room_id == room_id
            for link in room.links
            if (link.source, link.listener, link.medium) == (source, listener, medium)
        )
