"""Voice activity by the audio-level header extension (RFC 6464): who speaks and how loud, without decoding."""

from __future__ import annotations

SILENCE = -127.0
_LOUD = -50.0
"""dBov above which a voice is heard in a quiet room."""
_ATTACK_SECONDS = 0.06
_RELEASE_SECONDS = 0.4
_SMOOTHING = 0.3


class VoiceActivity:
    """One seat's microphone. A voice must last 60 ms to count, and 0.4 s of silence to end."""

    __slots__ = ("_heard_at", "_since", "level", "speaking")

    def __init__(self) -> None:
        self.level = SILENCE
        """Smoothed, in dBov: 0 is the loudest."""
        self.speaking = False
        self._since: float | None = None
        self._heard_at = float("-inf")

    def heard(self, octet: int, now: float) -> bool:
        """Take the octet of one packet (voice flag and level); whether `speaking` changed."""
        level = -float(octet & 0x7F)
        self.level += (level - self.level) * _SMOOTHING
        if level < _LOUD:
            self._since = None
            return self.passed(now)
        self._heard_at = now
        if self._since is None:
            self._since = now
        if self.speaking or now - self._since < _ATTACK_SECONDS:
            return False
        self.speaking = True
        return True

    def passed(self, now: float) -> bool:
        """Time went by, maybe without packets (silence is often not sent); whether `speaking` changed."""
        if now - self._heard_at < _RELEASE_SECONDS:
            return False
        if now - self._heard_at > 2 * _RELEASE_SECONDS:
            self.level = SILENCE
        if not self.speaking:
            return False
        self.speaking = False
        self._since = None
        return True
