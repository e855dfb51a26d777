"""Whether a peer is there, judged by what arrives from it and never by what was sent."""

from __future__ import annotations

from enum import Enum

STALL_SECONDS = 1.5
GONE_SECONDS = 6.0
QUIET_STALL_SECONDS = 7.5
QUIET_GONE_SECONDS = 15.0
"""A peer without microphone and camera sends checks alone, in Firefox up to six seconds apart (RFC 7675)."""
_MEDIA_SECONDS = 1.0


class Life(Enum):
    """What silence has come to."""

    ALIVE = "alive"
    STALLED = "stalled"
    GONE = "gone"


class Liveness:
    """The last signs of one peer."""

    __slots__ = ("_heard_at", "_media_at")

    def __init__(self, now: float) -> None:
        self._heard_at = now
        self._media_at = float("-inf")

    def heard(self, now: float) -> None:
        """An authentic check or control packet came."""
        self._heard_at = now

    def heard_media(self, now: float) -> None:
        """An authentic media packet came."""
        self._heard_at = self._media_at = now

    def silence(self, now: float) -> float:
        return now - self._heard_at

    def judge(self, now: float) -> Life:
        """Stalled after 1.5 s and gone after 6 s of silence, when media was flowing before it; else later."""
        silence = now - self._heard_at
        flowing = self._heard_at - self._media_at < _MEDIA_SECONDS
        if silence < (STALL_SECONDS if flowing else QUIET_STALL_SECONDS):
            return Life.ALIVE
        return Life.GONE if silence >= (GONE_SECONDS if flowing else QUIET_GONE_SECONDS) else Life.STALLED
