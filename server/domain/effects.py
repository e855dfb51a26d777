"""What a room asks for, in the imperative; the twin of `events`.

A room never does anything: it returns effects, and `rooms.actor` carries them out after the event
that caused them is stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.seats import Routes, Seat


@dataclass(frozen=True, slots=True)
class ShowViews:
    """Tell every connected seat its view, if it is another than the one it was told last."""


@dataclass(frozen=True, slots=True)
class SetRoutes:
    """Forward exactly these routes from now on. In force before any view is shown."""

    routes: Routes


@dataclass(frozen=True, slots=True)
class CloseSeat:
    """End the seat's media and socket: it left, or the session is over. `reason` is a stable code."""

    seat: Seat
    reason: str


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Bring back `events.TimerFired(timer)` after so many milliseconds; setting it again replaces it."""

    timer: str
    after: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    timer: str


Effect = ShowViews | SetRoutes | CloseSeat | SetTimer | CancelTimer
