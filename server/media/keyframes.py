"""When a video source is asked for a key frame: requests are merged, so that no listener can make it a storm."""

from __future__ import annotations

PAUSE_SECONDS = 0.5
"""A key frame costs as much as a second of video; a stream without one in between still shows a picture."""


class KeyFrameRequests:
    """Requests towards one video source."""

    __slots__ = ("_asked_at", "sent", "wanted")

    def __init__(self) -> None:
        self._asked_at = float("-inf")
        self.wanted = False
        self.sent = 0

    def ask(self, now: float, *, at_once: bool = False) -> None:
        """Somebody needs a key frame; `at_once` for a listener that has just come and sees nothing yet."""
        self.wanted = True
        if at_once:
            self._asked_at = min(self._asked_at, now - PAUSE_SECONDS)

    def came(self) -> None:
        """A key frame has come for all who wait."""
        self.wanted = False

    def due(self, now: float) -> bool:
        """Whether a request is to be sent at this moment; it then counts as sent."""
        if not self.wanted or now - self._asked_at < PAUSE_SECONDS:
            return False
        self.wanted = False
        self._asked_at = now
        self.sent += 1
        return True
