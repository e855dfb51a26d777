"""What one listener's link takes: which layer of each picture it gets, and when a picture pauses to spare the sound.

The listener's own estimate (REMB) is what there is to go by. It follows slowly what is sent, and falls only when the
link is overfull, so a fall below what is sent means too much; that more would fit can only be tried, and each trial
that fails makes the next one later. Pure: `room.py` carries it out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.seats import Medium, Seat

DECIDE_SECONDS = 0.5
PAUSED = -1
_FIRST_WAIT = 1.0
_WAIT_AFTER_FAILURE = 6.0
_LONGEST_WAIT = 60.0
_TRIAL_SECONDS = 6.0
"""Trouble that comes later has another cause than the last step up."""
_SETTLE_SECONDS = 1.0
"""A step down needs that long to empty the queues on the way."""
_PAUSE_SETTLE_SECONDS = 3.0
_FALL = 0.92
_WINDOW = 5
_OVERFULL, _HOPELESS = 0.8, 0.6
"""Parts of what is sent. Browsers estimate 0.85 of what came after a mere hiccup, when all of it came."""
_PATIENCE, _PAUSE_PATIENCE = 2, 4
"""Decisions in a row that see trouble."""
_LOSSY = 0.12
_VERY_LOSSY = 0.3
_ROOM = 1.1
"""A link that failed before is tried again only when it is estimated to take more than it gets."""


@dataclass(slots=True)
class Ladder:
    """One picture towards one listener: `level` is the layer that it may get, 0 the smallest; `top` is the best."""

    source: Seat
    medium: Medium
    level: int = 0
    top: int = 0

    @property
    def rank(self) -> int:
        """How long it is kept: the screen goes first, then a partner, then the therapist."""
        if self.medium is Medium.SCREEN:
            return 0
        return 2 if self.source is Seat.THERAPIST else 1


class LinkJudge:
    """Steps of one listener's ladders, one at a time."""

    __slots__ = ("_changed_at", "_clear_since", "_estimates", "_raised_at", "_trouble", "_wait")

    def __init__(self, now: float) -> None:
        self._estimates: deque[int] = deque(maxlen=_WINDOW)
        self._trouble = 0
        self._clear_since = now
        self._changed_at = now
        self._raised_at = float("-inf")
        self._wait = _FIRST_WAIT

    def decide(self, ladders: Sequence[Ladder], estimate: int | None, sent: float, loss: float, now: float) -> bool:
        """Move at most one of `ladders`, those that have something to show; whether one was moved.

        `estimate` and `sent` are in bits a second, `loss` is the part that was lost on the way to the listener.
        """
        if self._in_trouble(estimate, sent, loss):
            self._trouble += 1
            self._clear_since = now
            if self._trouble >= _PATIENCE:
                return self._lower(ladders, estimate, sent, loss, now)
            return False
        self._trouble = 0
        return self._raise(ladders, estimate, sent, now)

    def _in_trouble(self, estimate: int | None, sent: float, loss: float) -> bool:
        if loss > _LOSSY:
            return True
        if estimate is None:
            return False
        self._estimates.append(estimate)
        fell = estimate < _FALL * max(self._estimates)
        stands = len(self._estimates) == _WINDOW and estimate <= self._estimates[0]
        return estimate < _OVERFULL * sent and (fell or stands)

    def _lower(self, ladders: Sequence[Ladder], estimate: int | None, sent: float, loss: float, now: float) -> bool:
        since = now - self._changed_at
        if since < _SETTLE_SECONDS and self._changed_at > self._raised_at:
            return False
        chosen = max((it for it in ladders if it.level > 0), key=lambda it: (it.level, -it.rank), default=None)
        if chosen is None:
            hopeless = loss > _VERY_LOSSY or (estimate is not None and estimate < _HOPELESS * sent)
            if since < _PAUSE_SETTLE_SECONDS or self._trouble < _PAUSE_PATIENCE or not hopeless:
                return False
            chosen = min((it for it in ladders if it.level == 0), key=lambda it: it.rank, default=None)
        if chosen is None:
            return False
        chosen.level -= 1
        if now - self._raised_at < _TRIAL_SECONDS:
            self._wait = min(max(2 * self._wait, _WAIT_AFTER_FAILURE), _LONGEST_WAIT)
        else:
            self._wait = max(self._wait, _WAIT_AFTER_FAILURE)
        self._changed_at = self._clear_since = now
        self._raised_at = float("-inf")
        self._trouble = 0
        self._estimates.clear()
        return True

    def _raise(self, ladders: Sequence[Ladder], estimate: int | None, sent: float, now: float) -> bool:
        if now - self._clear_since < self._wait or now - self._changed_at < self._wait:
            return False
        if self._wait > _FIRST_WAIT and estimate is not None and estimate < _ROOM * sent:
            return False
        chosen = min((it for it in ladders if it.level < it.top), key=lambda it: (it.level, -it.rank), default=None)
        if chosen is None:
            if now - self._changed_at > _LONGEST_WAIT:
                self._wait = _FIRST_WAIT  # all is shown, and has been for long
            return False
        chosen.level += 1
        self._changed_at = self._raised_at = now
        self._estimates.clear()
        return True
