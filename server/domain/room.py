"""The room: a value that turns an event into the next value and effects.

A room is the fold of its log. An event that it refuses raises a `DomainError` and changes nothing.
No clock, no task and no socket is known here; `rooms.actor` brings the events and carries out the effects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from server.domain import dialogue as walking
from server.domain import events as happened
from server.domain.dialogue import Dialogue, Hold, Interlude, Pause, TimeOut
from server.domain.effects import CancelTimer, CloseSeat, Effect, SetRoutes, SetTimer, ShowViews
from server.domain.errors import NotAllowed, OutOfState, Stale, UnknownThing
from server.domain.plan import plan
from server.domain.projection import Facts, View, project
from server.domain.script import Script
from server.domain.seats import PARTNERS, SEATS, Occupant, Presence, Routes, Seat, is_partner

THERAPIST_GONE = "therapist-gone"
"""The timer that parts the partners when the therapist's connection does not come back."""

THERAPIST_GONE_AFTER = 10_000
"""How long the therapist's connection may be away before the partners are parted, in ms."""

TIME_OUT_MIN = 60_000
TIME_OUT_MAX = 24 * 3_600_000
"""The shortest and longest time-out, in ms; by convention a pause never lasts beyond a day."""


@dataclass(frozen=True, slots=True)
class Room:
    """The state of one appointment.

    `history` holds the dialogue as it stood before each step, for undo; `revision` counts what was
    done to the dialogue, and nothing that only one seat may know.
    """

    scripts: Mapping[str, Script] = field(repr=False, compare=False)
    occupants: Mapping[Seat, Occupant]
    dialogue: Dialogue | None = None
    history: tuple[Dialogue | None, ...] = ()
    interlude: Interlude | None = None
    parted: bool = False
    ended: bool = False
    revision: int = 0

    @property
    def routes(self) -> Routes:
        """Who hears and sees whom now."""
        if self.ended:
            return frozenset()
        return plan(self.occupants, self.interlude, parted=self.parted)

    def view(self, seat: Seat) -> View:
        """What this seat may know now."""
        facts = Facts(
            occupants=self.occupants,
            scripts=self.scripts,
            dialogue=self.dialogue,
            interlude=self.interlude,
            parted=self.parted,
            ended=self.ended,
            undoable=len(self.history),
            revision=self.revision,
        )
        return project(facts, seat)

    def handle(self, event: happened.AnyEvent) -> tuple[Room, tuple[Effect, ...]]:
        """The room after the event, and what is to be done now. Raises DomainError, changing nothing."""
        after = self._after(event)
        return after, tuple(_effects(self, after, event))

    # --- what each event does --------------------------------------------------------------------

    def _after(self, event: happened.AnyEvent) -> Room:
        if self.ended and not isinstance(
            event, happened.RoomReopened | happened.SeatConnected | happened.SeatDisconnected
        ):
            raise OutOfState("the session is over", code="ended")
        if isinstance(event, happened.DialogueEvent):
            return self._after_dialogue_event(event)
        match event:
            case happened.RoomOpened():
                raise OutOfState("the room is open already")
            case happened.RoomReopened():
                gone = {seat: replace(it, connected=False) for seat, it in self.occupants.items()}
                return replace(self, occupants=gone)
            case happened.SeatConnected(seat=Seat.THERAPIST):
                return replace(self._with(Seat.THERAPIST, connected=True), parted=False)
            case happened.SeatConnected(seat=seat):
                return self._with(seat, connected=True)
            case happened.SeatDisconnected(seat=seat):
                return self._with(seat, connected=False)
            case happened.SeatEntered(seat=seat):
                return self._entered(seat)
            case happened.SeatAdmitted(seat=seat, by=by):
                self._only_therapist(by)
                self._must_be(seat, Presence.WAITING)
                return self._with(seat, presence=Presence.ADMITTED)
            case happened.SeatSentBack(seat=seat, by=by):
                self._only_therapist(by)
                self._must_be(seat, Presence.ADMITTED)
                return self._with(seat, presence=Presence.WAITING)._without_hold()
            case happened.SeatLeft(seat=seat):
                if self.occupants[seat].presence in (Presence.ABSENT, Presence.LEFT):
                    raise OutOfState("nobody is here to leave")
                return self._with(seat, presence=Presence.LEFT)._without_hold()
            case happened.DevicesChanged(seat=seat, mic=mic, camera=camera):
                return self._with(seat, mic=mic, camera=camera)
            case happened.LanguageChosen(seat=seat, language=language):
                return self._with(seat, language=language)
            case happened.SessionEnded(by=by):
                self._only_therapist(by)
                return replace(self, ended=True)
            case happened.TimerFired(timer=timer):
                if timer != THERAPIST_GONE or self.occupants[Seat.THERAPIST].connected or self.parted:
                    raise OutOfState("nothing waits for this timer")
                return replace(self, parted=True)
            case _:
                assert_never(event)

    def _entered(self, seat: Seat) -> Room:
        if self.occupants[seat].presence not in (Presence.ABSENT, Presence.LEFT):
            raise OutOfState("already in")
        return self._with(seat, presence=Presence.WAITING if is_partner(seat) else Presence.ADMITTED)

    def _after_dialogue_event(self, event: happened.DialogueEvent) -> Room:
        if not self.occupants[event.by].admitted:
            raise NotAllowed("not in the room")
        if not isinstance(event, happened.TimeOutCalled):  # a time-out is never refused for being late
            if event.revision != self.revision:
                raise Stale("the dialogue has moved on")
            if self.parted:
                raise OutOfState("the therapist's connection is gone", code="parted")
        if not isinstance(event, happened.StepTaken | happened.TimeOutCalled):
            self._only_therapist(event.by)
        after = self._dialogue_after(event)
        return replace(after, revision=self.revision + 1)

    def _dialogue_after(self, event: happened.DialogueEvent) -> Room:
        match event:
            case happened.DialogueStarted():
                return self._started(event)
            case happened.StepTaken(edge=edge, by=by, at=at):
                running = self._running()
                moved = walking.take(self.scripts[running.script], running, edge, by, at)
                return replace(self, dialogue=moved, history=(*self.history, running))
            case happened.StepUndone():
                if not self.history:
                    raise OutOfState("there is nothing to undo", code="nothing-to-undo")
                return replace(self, dialogue=self.history[-1], history=self.history[:-1])
            case happened.DialoguePaused():
                if self.interlude is not None:
                    raise OutOfState("the dialogue stands still already", code="paused")
                return replace(self, interlude=Pause())
            case happened.PartnerHeld(seat=seat, at=at):
                if not is_partner(seat):
                    raise NotAllowed("only a partner can be taken aside")
                self._must_be(seat, Presence.ADMITTED)
                if isinstance(self.interlude, TimeOut):
                    raise OutOfState("a time-out is running", code="paused")
                return replace(self, interlude=Hold(seat, at))
            case happened.TimeOutCalled(by=by, at=at, until=until):
                if isinstance(self.interlude, TimeOut):
                    raise OutOfState("a time-out is running", code="paused")
                if not TIME_OUT_MIN <= until - at <= TIME_OUT_MAX:
                    raise OutOfState("a time-out lasts between a minute and a day", code="bad-time")
                return replace(self, interlude=TimeOut(by, at, until))
            case happened.DialogueResumed():
                if self.interlude is None:
                    raise OutOfState("nothing is paused", code="not-paused")
                return replace(self, interlude=None)
            case happened.DialogueEnded():
                if self.dialogue is None:
                    raise OutOfState("no dialogue is running", code="no-dialogue")
                return replace(self, dialogue=None, history=(*self.history, self.dialogue))
            case _:  # the union is closed, but the base class is not
                raise AssertionError(event)

    def _started(self, event: happened.DialogueStarted) -> Room:
        if self.dialogue is not None:
            raise OutOfState("a dialogue is running already", code="dialogue-running")
        if self.interlude is not None:
            raise OutOfState("the dialogue stands still", code="paused")
        if event.script not in self.scripts:
            raise UnknownThing("there is no such script", code="unknown-script")
        if not is_partner(event.sender):
            raise NotAllowed("only a partner can be the sender")
        if not all(self.occupants[seat].admitted for seat in PARTNERS):
            raise OutOfState("both partners must be in the room", code="partners-missing")
        begun = walking.begin(self.scripts[event.script], event.sender, event.at)
        return replace(self, dialogue=begun, history=())

    # --- small helps -----------------------------------------------------------------------------

    def _with(self, seat: Seat, **changes: Any) -> Room:
        occupants = dict(self.occupants)
        occupants[seat] = replace(occupants[seat], **changes)
        return replace(self, occupants=occupants)

    def _without_hold(self) -> Room:
        """A hold ends when either of those in it goes: the therapist decides anew."""
        if isinstance(self.interlude, Hold) and not self.occupants[self.interlude.seat].admitted:
            return replace(self, interlude=Pause(), revision=self.revision + 1)
        return self

    def _running(self) -> Dialogue:
        if self.dialogue is None:
            raise OutOfState("no dialogue is running", code="no-dialogue")
        if self.interlude is not None:
            raise OutOfState("the dialogue stands still", code="paused")
        return self.dialogue

    def _must_be(self, seat: Seat, presence: Presence) -> None:
        if not is_partner(seat) or self.occupants[seat].presence is not presence:
            raise OutOfState(f"this seat is not {presence}", code=f"not-{presence}")

    @staticmethod
    def _only_therapist(by: Seat) -> None:
        if is_partner(by):
            raise NotAllowed("only the therapist may do that")


def open_room(event: happened.RoomOpened, scripts: Mapping[str, Script]) -> Room:
    """The room that a log begins with. Raises DomainError unless each seat is named once."""
    named = {seat.seat: Occupant(seat.name, seat.language) for seat in event.seats}
    if set(named) != set(SEATS) or len(event.seats) != len(SEATS):
        raise OutOfState("each seat must be named once")
    return Room(scripts=scripts, occupants={seat: named[seat] for seat in SEATS})


def fold(events: Iterable[happened.AnyEvent], scripts: Mapping[str, Script]) -> Room:
    """The room that a whole log makes; its effects are long done. Raises DomainError on a log that is none."""
    iterator = iter(events)
    first = next(iterator, None)
    if not isinstance(first, happened.RoomOpened):
        raise OutOfState("a log begins with the opening of its room")
    room = open_room(first, scripts)
    for event in iterator:
        room = room._after(event)
    return room


def _effects(before: Room, after: Room, event: happened.AnyEvent) -> Iterable[Effect]:
    """Routes first, so that a plan is in force before anybody is told of it."""
    reopened = isinstance(event, happened.RoomReopened)
    if reopened or after.routes != before.routes:
        yield SetRoutes(after.routes)
    yield from _timer_effects(before, after, reopened=reopened)
    yield ShowViews()
    if isinstance(event, happened.SeatLeft):
        yield CloseSeat(event.seat, "left")
    if after.ended and not before.ended:
        yield from (CloseSeat(seat, "ended") for seat in SEATS)


def _timer_effects(before: Room, after: Room, *, reopened: bool) -> Iterable[Effect]:
    waits = _awaits_therapist(after)
    if waits and (reopened or not _awaits_therapist(before)):
        yield SetTimer(THERAPIST_GONE, THERAPIST_GONE_AFTER)
    elif not waits and _awaits_therapist(before):
        yield CancelTimer(THERAPIST_GONE)


def _awaits_therapist(room: Room) -> bool:
    therapist = room.occupants[Seat.THERAPIST]
    return therapist.admitted and not therapist.connected and not room.parted and not room.ended
