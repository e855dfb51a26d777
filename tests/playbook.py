"""Stories about a room, told as a transcript.

    (Playbook(room) >> StepTaken(...) << {ShowViews()} >> ... )

`>>` offers an event; `<<` compares the effects that the last event caused, or the refusal's code.
Times run by themselves: each story begins at `START` and each event is one second later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from server.domain import events
from server.domain.catalogue import Catalogue, Edition
from server.domain.effects import Effect
from server.domain.errors import DomainError
from server.domain.room import Room, fold
from server.domain.seats import PARTNERS, SEATS, Seat

T, A, B = SEATS
START = 1_800_000_000_000
DIALOGUES = Path(__file__).resolve().parents[1] / "config" / "dialogues"


@cache
def shipped_editions() -> dict[str, Edition]:
    """All scripts of the product with their texts, by id."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(DIALOGUES.glob("*.toml"))}
    editions = [Edition.parse(text, name) for name, text in texts.items()]
    return {edition.script.id: edition for edition in editions}


@cache
def shipped_scripts() -> Catalogue:
    """All scripts of the product, by id."""
    return Catalogue.of(shipped_editions().values())


def opened() -> events.RoomOpened:
    return events.RoomOpened(
        START,
        (
            events.SeatNamed(T, "Dr. Lind", "en"),
            events.SeatNamed(A, "Maya", "en"),
            events.SeatNamed(B, "Jonas", "de"),
        ),
    )


def empty_room() -> Room:
    return fold([opened()], shipped_scripts())


def full_room() -> Room:
    """The therapist and both partners are in the room; no dialogue runs."""
    arrivals: list[events.AnyEvent] = [opened()]
    for seat in SEATS:
        arrivals += [events.SeatConnected(START, seat), events.SeatEntered(START, seat)]
    arrivals += [events.SeatAdmitted(START, seat, T) for seat in PARTNERS]
    return fold(arrivals, shipped_scripts())


class Playbook:
    """One room and the story of what is done to it."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.at = START
        self.effects: tuple[Effect, ...] = ()
        self.refusal: DomainError | None = None
        self.log: list[events.AnyEvent] = []

    def __rshift__(self, event: events.AnyEvent | Callable[[Playbook], events.AnyEvent]) -> Playbook:
        self.at += 1000
        happened = event(self) if callable(event) else event
        self.effects, self.refusal = (), None
        before = self.room
        try:
            self.room, self.effects = before.handle(happened)
        except DomainError as error:
            self.refusal = error
            assert self.room is before
        else:
            self.log.append(happened)
        return self

    def __lshift__(self, expected: Iterable[Effect] | str) -> Playbook:
        if isinstance(expected, str):
            code = "taken" if self.refusal is None else self.refusal.code
            assert code == expected, f"expected {expected!r}, the room said {code!r}"
            return self
        assert self.refusal is None, f"refused: {self.refusal!r}"
        wanted, got = list(expected), list(self.effects)
        assert got == wanted, _two_columns(wanted, got)
        return self

    def taken(self) -> Playbook:
        """The last event was not refused."""
        assert self.refusal is None, f"refused: {self.refusal!r}"
        return self


def _two_columns(wanted: list[Effect], got: list[Effect]) -> str:
    lines = ["", f"{'expected':<60} got"]
    for index in range(max(len(wanted), len(got))):
        left = repr(wanted[index]) if index < len(wanted) else "-"
        right = repr(got[index]) if index < len(got) else "-"
        lines.append(f"{'  ' if left == right else '! '}{left:<60} {right}")
    return "\n".join(lines)


# --- what people do, at the time and revision of the story -----------------------------------------

Move = Callable[[Playbook], events.AnyEvent]


def start(sender: Seat = A, script: str = "three-step", by: Seat = T) -> Move:
    return lambda book: events.DialogueStarted(
        book.at, by, book.room.course.revision, script, sender, book.room.scripts.offered.get(script, "")
    )


def take(edge: str, by: Seat = T) -> Move:
    return lambda book: events.StepTaken(book.at, by, book.room.course.revision, edge)


def undo(by: Seat = T) -> Move:
    return lambda book: events.StepUndone(book.at, by, book.room.course.revision)


def pause(by: Seat = T) -> Move:
    return lambda book: events.DialoguePaused(book.at, by, book.room.course.revision)


def resume(by: Seat = T) -> Move:
    return lambda book: events.DialogueResumed(book.at, by, book.room.course.revision)


def hold(seat: Seat, by: Seat = T) -> Move:
    return lambda book: events.PartnerHeld(book.at, by, book.room.course.revision, seat)


def time_out(by: Seat, minutes: int = 20) -> Move:
    return lambda book: events.TimeOutCalled(book.at, by, book.room.course.revision, book.at + minutes * 60_000)


def end_dialogue(by: Seat = T) -> Move:
    return lambda book: events.DialogueEnded(book.at, by, book.room.course.revision)


def rewind(count: int, by: Seat = T) -> Move:
    return lambda book: events.StepsRewound(book.at, by, book.room.course.revision, count)


def skip(step: str, by: Seat = T) -> Move:
    return lambda book: events.StepSkipped(book.at, by, book.room.course.revision, step)


def change_script(script: str, sender: Seat = A, by: Seat = T) -> Move:
    return lambda book: events.ScriptChanged(
        book.at, by, book.room.course.revision, script, sender, book.room.scripts.offered.get(script, "")
    )


def breathe(seconds: int = 60, by: Seat = T) -> Move:
    return lambda book: events.BreathBegan(book.at, by, book.room.course.revision, book.at + seconds * 1000)


def choose_floor(grade: str, by: Seat = T) -> Move:
    return lambda book: events.FloorChosen(book.at, by, book.room.course.revision, grade)


def layout(name: str, by: Seat = T) -> Move:
    return lambda book: events.LayoutChosen(book.at, by, book.room.course.revision, name)


def feel(seat: Seat, safe: int, flooded: int) -> Move:
    return lambda book: events.FeltSaid(book.at, seat, safe, flooded)


def signal(seat: Seat) -> Move:
    return lambda book: events.SafetySignalled(book.at, seat)


def prompt(text: str, *seats: Seat, by: Seat = T) -> Move:
    return lambda book: events.PromptShown(book.at, seats, text, by)


def ask_to_mirror(seat: Seat) -> Move:
    return lambda book: events.MirrorAsked(book.at, seat)


def walk(*edges: str) -> list[Move]:
    """The therapist takes these edges one after another."""
    return [take(edge) for edge in edges]


TO_CHECK = ("request", "ready", "sent", "mirrored")
"""From the beginning of the three-step dialogue to the first check."""


def tell(book: Playbook, *moves: Move | events.AnyEvent) -> Playbook:
    """Play the moves; each must be taken."""
    for move in moves:
        (book >> move).taken()
    return book
