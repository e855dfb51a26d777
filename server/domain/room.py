"""The room: a value that turns an event into the next value and effects.

A room is the fold of its log. An event that it refuses raises a `DomainError` and changes nothing.
No clock, no task and no socket is known here; `rooms.actor` brings the events and carries out the
effects. What becomes of the dialogue is `course`'s; who may know what is `projection`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from server.domain import events as happened
from server.domain.catalogue import Catalogue
from server.domain.course import Course, Floor
from server.domain.dialogue import heard, voices
from server.domain.effects import CancelTimer, CloseSeat, Effect, SetRoutes, SetTimer, ShowViews
from server.domain.errors import NotAllowed, OutOfState, Stale
from server.domain.plan import plan
from server.domain.projection import Facts, project
from server.domain.seats import PARTNERS, SEATS, Occupant, Presence, Routes, Seat, is_partner
from server.domain.talk import Talks, with_utterance
from server.domain.views import Private, View

THERAPIST_GONE = "therapist-gone"
"""The timer that parts the partners when the therapist's connection does not come back."""

THERAPIST_GONE_AFTER = 10_000
"""How long the therapist's connection may be away before the partners are parted, in ms."""

SESSION_MINUTES = range(10, 241)
"""How long a session may be planned."""


@dataclass(frozen=True, slots=True)
class Room:
    """The state of one appointment.

    `private` is between each partner and the therapist. `parted` says that the therapist's connection is
    gone; `began` is when the first partner was admitted, `minutes` the planned length.
    """

    scripts: Catalogue = field(repr=False, compare=False)
    occupants: Mapping[Seat, Occupant]
    course: Course = field(default_factory=Course)
    private: Mapping[Seat, Private] = field(default_factory=dict)
    talks: Talks = field(default_factory=dict)
    parted: bool = False
    ended: bool = False
    began: int | None = None
    minutes: int | None = None

    @property
    def routes(self) -> Routes:
        """Who hears and sees whom now."""
        if self.ended:
            return frozenset()
        return plan(self.occupants, self.course.interlude, parted=self.parted, hushed=self._hushed(Floor.HOLD))

    def view(self, seat: Seat) -> View:
        """What this seat may know now."""
        facts = Facts(
            occupants=self.occupants,
            scripts=self.scripts,
            course=self.course,
            private=self.private,
            talks=self.talks,
            softened=self._hushed(Floor.SOFTEN),
            held_back=self._hushed(Floor.HOLD),
            parted=self.parted,
            ended=self.ended,
            began=self.began,
            minutes=self.minutes,
        )
        return project(facts, seat)

    def handle(self, event: happened.AnyEvent) -> tuple[Room, tuple[Effect, ...]]:
        """The room after the event, and what is to be done now. Raises DomainError, changing nothing."""
        after = self.after(event)
        return after, tuple(_effects(self, after, event))

    def offering(self, scripts: Catalogue) -> Room:
        """The same room with other scripts on offer; those that its dialogue and its history stand on stay."""
        return replace(self, scripts=scripts.after(self.scripts))

    # --- what each event does --------------------------------------------------------------------

    def after(self, event: happened.AnyEvent) -> Room:
        """The room after the event, for those who need no effects. Raises DomainError, changing nothing."""
        connections = happened.RoomReopened | happened.SeatConnected | happened.SeatDisconnected
        if self.ended and not isinstance(event, connections):
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
            case happened.SeatAdmitted(seat=seat, by=by, at=at):
                self._only_therapist(by)
                self._must_be(seat, Presence.WAITING)
                return replace(self._with(seat, presence=Presence.ADMITTED), began=self.began or at)
            case happened.SeatSentBack(seat=seat, by=by):
                self._only_therapist(by)
                self._must_be(seat, Presence.ADMITTED)
                return self._out(seat, Presence.WAITING)
            case happened.SeatDismissed(seat=seat, by=by):
                self._only_therapist(by)
                self._must_be(seat, Presence.ADMITTED)
                return self._out(seat, Presence.LEFT)
            case happened.SeatLeft(seat=seat):
                if self.occupants[seat].presence in (Presence.ABSENT, Presence.LEFT):
                    raise OutOfState("nobody is here to leave")
                return self._out(seat, Presence.LEFT)
            case happened.DevicesChanged(seat=seat, mic=mic, camera=camera):
                return self._with(seat, mic=mic, camera=camera)
            case happened.LanguageChosen(seat=seat, language=language):
                return self._with(seat, language=language)
            case happened.LengthChosen(by=by, minutes=minutes):
                self._only_therapist(by)
                if minutes not in SESSION_MINUTES:
                    raise OutOfState("a session lasts between 10 minutes and four hours", code="bad-time")
                return replace(self, minutes=minutes)
            case happened.VoiceHeard(seat=seat, at=at, since=since):
                if not self.occupants[seat].admitted:
                    raise OutOfState("this seat is not admitted", code="not-admitted")
                in_voice = seat in self._voices()
                return replace(self, talks=with_utterance(self.talks, seat, at - since, in_voice=in_voice))
            case happened.SessionEnded(by=by):
                self._only_therapist(by)
                return replace(self, ended=True)
            case happened.TimerFired(timer=timer):
                if timer != THERAPIST_GONE or self.occupants[Seat.THERAPIST].connected or self.parted:
                    raise OutOfState("nothing waits for this timer")
                return replace(self, parted=True)
            case happened.PromptShown(seats=seats, text=text, by=by):
                self._only_therapist(by)
                return replace(self, course=self.course.with_prompt(seats, text))
            case happened.MirrorAsked(seat=seat):
                self._must_be(seat, Presence.ADMITTED)
                return replace(self, course=self.course.with_mirror_asked(seat, self.scripts))
            case happened.FeltSaid() | happened.SafetySignalled() | happened.SignalSeen():
                return self._after_private_event(event)
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
            if event.revision != self.course.revision:
                raise Stale("the dialogue has moved on")
            if self.parted:
                raise OutOfState("the therapist's connection is gone", code="parted")
            if not isinstance(event, happened.StepTaken):
                self._only_therapist(event.by)
        admitted = frozenset(seat for seat in SEATS if self.occupants[seat].admitted)
        return replace(self, course=self.course.after(event, admitted, self.scripts))

    def _after_private_event(self, event: happened.FeltSaid | happened.SafetySignalled | happened.SignalSeen) -> Room:
        if not is_partner(event.seat):
            raise NotAllowed("this is between a partner and the therapist")
        known = self.private.get(event.seat, Private())
        match event:
            case happened.FeltSaid(safe=safe, flooded=flooded, at=at):
                if not (0 <= safe <= 10 and 0 <= flooded <= 10):
                    raise OutOfState("a feeling is said from 0 to 10", code="bad-number")
                said = replace(known, safe=safe, flooded=flooded, said=at)
            case happened.SafetySignalled(at=at):
                said = replace(known, signalled=at)
            case happened.SignalSeen(by=by):
                self._only_therapist(by)
                said = replace(known, signalled=None)
            case _:
                assert_never(event)
        return replace(self, private={**self.private, event.seat: said})

    # --- small helps -----------------------------------------------------------------------------

    def _with(self, seat: Seat, **changes: Any) -> Room:
        occupants = dict(self.occupants)
        occupants[seat] = replace(occupants[seat], **changes)
        return replace(self, occupants=occupants)

    def _out(self, seat: Seat, presence: Presence) -> Room:
        out = self._with(seat, presence=presence)
        return replace(out, course=out.course.without(seat))

    def _voices(self) -> tuple[Seat, ...]:
        running = self.course.dialogue
        if running is None or self.course.interlude is not None:
            return ()
        return voices(self.scripts.editions[running.edition].step(running.step), running)

    def _hushed(self, grade: Floor) -> frozenset[Seat]:
        """The partners whom the floor control quiets now, if it stands at `grade`: those who need not be heard."""
        running = self.course.dialogue
        if running is None or self.course.floor is not grade or self.course.interlude is not None:
            return frozenset()
        return frozenset(PARTNERS) - set(heard(self.scripts.editions[running.edition].step(running.step), running))

    def _must_be(self, seat: Seat, presence: Presence) -> None:
        if not is_partner(seat) or self.occupants[seat].presence is not presence:
            raise OutOfState(f"this seat is not {presence}", code=f"not-{presence}")

    @staticmethod
    def _only_therapist(by: Seat) -> None:
        if is_partner(by):
            raise NotAllowed("only the therapist may do that")


def open_room(event: happened.RoomOpened, scripts: Catalogue) -> Room:
    """The room that a log begins with. Raises DomainError unless each seat is named once."""
    named = {seat.seat: Occupant(seat.name, seat.language) for seat in event.seats}
    if set(named) != set(SEATS) or len(event.seats) != len(SEATS):
        raise OutOfState("each seat must be named once")
    return Room(scripts=scripts, occupants={seat: named[seat] for seat in SEATS})


def fold(events: Iterable[happened.AnyEvent], scripts: Catalogue) -> Room:
    """The room that a whole log makes; its effects are long done. Raises DomainError on a log that is none."""
    iterator = iter(events)
    first = next(iterator, None)
    if not isinstance(first, happened.RoomOpened):
        raise OutOfState("a log begins with the opening of its room")
    room = open_room(first, scripts)
    for event in iterator:
        room = room.after(event)
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
    if isinstance(event, happened.SeatDismissed):
        yield CloseSeat(event.seat, "dismissed")
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
