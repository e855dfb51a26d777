"""What one peer may send: packets and octets a second, with a burst. The rest is dropped before it is decrypted."""

from __future__ import annotations

PACKETS_A_SECOND = 4_000
OCTETS_A_SECOND = 3_000_000
_BURST_SECONDS = 0.5


class Budget:
    """A token bucket for packets and one for octets. Three simulcast layers and a screen need a quarter of it."""

    __slots__ = ("_at", "_octets", "_packets")

    def __init__(self, now: float) -> None:
        self._at = now
        self._packets = PACKETS_A_SECOND * _BURST_SECONDS
        self._octets = OCTETS_A_SECOND * _BURST_SECONDS

    def spend(self, octets: int, now: float) -> bool:
        """Account for one datagram; False when it is too much."""
        if self._packets < 1 or self._octets < octets:
            self._refill(now)
            if self._packets < 1 or self._octets < octets:
                return False
        self._packets -= 1
        self._octets -= octets
        return True

    def _refill(self, now: float) -> None:
        """Only when it runs dry, and not for every datagram of a flood; most peers never come here."""
        passed = now - self._at
        if passed >= 0.01:
            self._at = now
            self._packets = min(self._packets + passed * PACKETS_A_SECOND, PACKETS_A_SECOND * _BURST_SECONDS)
            self._octets = min(self._octets + passed * OCTETS_A_SECOND, OCTETS_A_SECOND * _BURST_SECONDS)
