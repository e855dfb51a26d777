"""Lost packets: which ones to ask the sender for, and the recent ones kept for receivers that ask the host."""

from __future__ import annotations

from dataclasses import dataclass

CACHE_PACKETS = 512
"""Recent packets of a video stream: about two seconds at 2.5 Mbit/s, 0.6 MB at the most."""
MAX_MISSING = 256
GIVE_UP_SECONDS = 0.5
_MAX_TRIES = 8


@dataclass(frozen=True, slots=True)
class CachedPacket:
    """A packet of the source, undressed: what it takes to send it again to anybody."""

    sequence: int
    timestamp: int
    marker: bool
    padded: bool
    payload: bytes


class PacketCache:
    """The recent packets of one source stream by their unwrapped sequence numbers; a ring, so it cannot grow."""

    __slots__ = ("_ring",)

    def __init__(self) -> None:
        self._ring: list[tuple[int, int, bool, bool, bytes] | None] = [None] * CACHE_PACKETS

    def put(self, sequence: int, timestamp: int, marker: bool, padded: bool, payload: bytes) -> None:
        self._ring[sequence % CACHE_PACKETS] = (sequence, timestamp, marker, padded, payload)

    def get(self, sequence: int) -> CachedPacket | None:
        entry = self._ring[sequence % CACHE_PACKETS]
        return CachedPacket(*entry) if entry is not None and entry[0] == sequence else None

    def __contains__(self, sequence: int) -> bool:
        entry = self._ring[sequence % CACHE_PACKETS]
        return entry is not None and entry[0] == sequence


class Losses:
    """The gaps in one incoming stream, and when each was asked for."""

    __slots__ = ("_missing", "gave_up")

    def __init__(self) -> None:
        self._missing: dict[int, tuple[float, float, int]] = {}
        """By sequence number: noticed at, asked at, tries."""
        self.gave_up = False
        """A packet will not come any more; whoever reads this asks for a key frame and clears it."""

    def __bool__(self) -> bool:
        return bool(self._missing)

    def gap(self, first: int, end: int, now: float) -> None:
        """The numbers from `first` up to, not including, `end` did not come."""
        if end - first + len(self._missing) > MAX_MISSING:
            self._missing.clear()  # too much to mend: a key frame costs less
            self.gave_up = True
            return
        for sequence in range(first, end):
            self._missing[sequence] = (now, float("-inf"), 0)

    def arrived(self, sequence: int) -> bool:
        """Whether this late packet was one of the missing; it is so no more."""
        return self._missing.pop(sequence, None) is not None

    def due(self, now: float, round_trip: float) -> list[int]:
        """The numbers to ask for at this moment; each again after a round trip, and not after half a second."""
        pause = min(0.2, max(0.03, round_trip * 1.25))
        asked: list[int] = []
        lost: list[int] = []
        for sequence, (noticed, before, tries) in self._missing.items():
            if now - noticed > GIVE_UP_SECONDS or tries >= _MAX_TRIES:
                lost.append(sequence)
            elif now - before >= pause:
                asked.append(sequence)
                self._missing[sequence] = (noticed, now, tries + 1)
        for sequence in lost:
            del self._missing[sequence]
            self.gave_up = True
        return sorted(asked)

    def clear(self) -> None:
        self._missing.clear()
