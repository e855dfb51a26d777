"""The course of the dialogue in a room: where it stands, how it came there, and what lies over it.

A `Course` is a plain value; `after` makes the next one from what somebody does to the dialogue. Who is
in the room, and whether the command came in time, is the room's to know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from server.domain import dialogue as walking
from server.domain import events as happened
from server.domain.catalogue import Catalogue
from server.domain.dialogue import Breath, Dialogue, Hold, Interlude, Pause, TimeOut
from server.domain.errors import NotAllowed, OutOfState
from server.domain.script import Role
from server.domain.seats import PARTNERS, Seat, is_partner

TIME_OUT_MIN = 60_000
TIME_OUT_MAX = 24 * 3_600_000
"""The shortest and longest time-out, in ms; by convention a pause never lasts beyond a day."""

BREATH_MIN = 30_000
BREATH_MAX = 180_000
"""The shortest and longest guided breath, in ms."""


class Floor(StrEnum):
    """What happens to the sound of a partner whose voice it is not: shown only, softened, or held back."""

    SHOW = "show"
    SOFTEN = "soften"
    HOLD = "hold"


class Layout(StrEnum):
    """How the pictures stand on all three screens: partners face to face, or all three equal."""

    DIALOGUE = "dialogue"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Course:
    """The dialogue and what lies over it.

    `history` holds the dialogue as it stood before each step, for undo. `asked` says that the receiver
    asks to mirror. `prompts` are the therapist's words on single screens. `revision` counts what was done
    to the dialogue, and nothing that only one seat may know.
    """

    dialogue: Dialogue | None = None
    history: tuple[Dialogue | None, ...] = ()
    interlude: Interlude | None = None
    floor: Floor = Floor.SHOW
    layout: Layout = Layout.DIALOGUE
    asked: bool = False
    prompts: tuple[tuple[Seat, str], ...] = ()
    revision: int = 0

    def after(self, event: happened.DialogueEvent, admitted: frozenset[Seat], scripts: Catalogue) -> Course:
        """The course after the event, one revision on. Raises DomainError, changing nothing."""
        match event:
            case happened.StepTaken(edge=edge, by=by, at=at):
                running = self._running()
                following = self._to(walking.take(scripts.editions[running.edition], running, edge, by, at))
            case happened.StepUndone():
                following = self._back(1)
            case happened.StepsRewound(count=count):
                following = self._back(count)
            case happened.StepSkipped(step=step, at=at):
                running = self._running()
                following = self._to(walking.skip(scripts.editions[running.edition], running, step, at))
            case happened.DialogueStarted():
                if self.dialogue is not None:
                    raise OutOfState("a dialogue is running already", code="dialogue-running")
                begun = self._begun(event, admitted, scripts)
                following = replace(self, dialogue=begun, history=(), asked=False, prompts=())
            case happened.ScriptChanged():
                self._running()
                following = self._to(self._begun(event, admitted, scripts))
            case happened.DialogueEnded():
                if self.dialogue is None:
                    raise OutOfState("no dialogue is running", code="no-dialogue")
                following = self._to(None)
            case happened.FloorChosen(floor=floor):
                following = replace(self, floor=Floor(floor))
            case happened.LayoutChosen(layout=layout):
                following = replace(self, layout=Layout(layout))
            case _:
                following = replace(self, interlude=self._interlude_after(event, admitted))
        return replace(following, revision=self.revision + 1)

    def _interlude_after(self, event: happened.DialogueEvent, admitted: frozenset[Seat]) -> Interlude | None:
        match event:
            case happened.DialoguePaused():
                self._nothing_over_it()
                return Pause()
            case happened.BreathBegan(at=at, until=until):
                if isinstance(self.interlude, Hold | TimeOut):
                    raise OutOfState("the partners are apart", code="paused")
                if not BREATH_MIN <= until - at <= BREATH_MAX:
                    raise OutOfState("a breath lasts between 30 and 180 seconds", code="bad-time")
                return Breath(at, until)
            case happened.PartnerHeld(seat=seat, at=at):
                if not is_partner(seat):
                    raise NotAllowed("only a partner can be taken aside")
                if seat not in admitted:
                    raise OutOfState("this seat is not admitted", code="not-admitted")
                if isinstance(self.interlude, TimeOut):
                    raise OutOfState("a time-out is running", code="paused")
                return Hold(seat, at)
            case happened.TimeOutCalled(by=by, at=at, until=until):
                if isinstance(self.interlude, TimeOut):
                    raise OutOfState("a time-out is running", code="paused")
                if not TIME_OUT_MIN <= until - at <= TIME_OUT_MAX:
                    raise OutOfState("a time-out lasts between a minute and a day", code="bad-time")
                return TimeOut(by, at, until)
            case happened.DialogueResumed():
                if self.interlude is None:
                    raise OutOfState("nothing is paused", code="not-paused")
                return None
            case _:  # the union of events is closed, but their base class is not
                raise AssertionError(event)

    def _begun(
        self,
        event: happened.DialogueStarted | happened.ScriptChanged,
        admitted: frozenset[Seat],
        scripts: Catalogue,
    ) -> Dialogue:
        self._nothing_over_it()
        edition = scripts.edition(event.script, event.edition)
        if not is_partner(event.sender):
            raise NotAllowed("only a partner can be the sender")
        if not admitted.issuperset(PARTNERS):
            raise OutOfState("both partners must be in the room", code="partners-missing")
        return walking.begin(scripts.editions[edition], edition, event.sender, event.at)

    # --- what is not the dialogue's own step, and bears no revision --------------------------------

    def with_mirror_asked(self, seat: Seat, scripts: Catalogue) -> Course:
        """The receiver asks the sender to stop, so as to mirror: the one legitimate interruption."""
        running = self._running()
        step = scripts.editions[running.edition].step(running.step)
        if running.role_of(seat) is not Role.RECEIVER:
            raise NotAllowed("only the receiver asks to mirror")
        if running.sender not in walking.voices(step, running):
            raise OutOfState("the sender is not speaking")
        return replace(self, asked=True)

    def with_prompt(self, seats: tuple[Seat, ...], text: str) -> Course:
        """The therapist's words on these partners' screens until the next step; an empty text takes them away."""
        kept = tuple((seat, words) for seat, words in self.prompts if seat not in seats)
        added = tuple((seat, text) for seat in PARTNERS if seat in seats) if text else ()
        return replace(self, prompts=tuple(sorted((*kept, *added))))

    def without(self, seat: Seat) -> Course:
        """A hold ends when the one held goes: the therapist decides anew."""
        if isinstance(self.interlude, Hold) and self.interlude.seat is seat:
            return replace(self, interlude=Pause(), revision=self.revision + 1)
        return self

    # --- small helps -----------------------------------------------------------------------------

    def _to(self, dialogue: Dialogue | None) -> Course:
        """One step on; what was asked and prompted belonged to the step before."""
        return replace(self, dialogue=dialogue, history=(*self.history, self.dialogue), asked=False, prompts=())

    def _back(self, count: int) -> Course:
        if not 1 <= count <= len(self.history):
            raise OutOfState("there is nothing to undo", code="nothing-to-undo")
        restored = self.history[-count]
        return replace(self, dialogue=restored, history=self.history[:-count], asked=False, prompts=())

    def _running(self) -> Dialogue:
        if self.dialogue is None:
            raise OutOfState("no dialogue is running", code="no-dialogue")
        self._nothing_over_it()
        return self.dialogue

    def _nothing_over_it(self) -> None:
        if self.interlude is not None:
            raise OutOfState("the dialogue stands still", code="paused")
