"""The engine that walks any script, and the interludes that may lie over it.

A `Dialogue` is a plain value: where we stand, who sends, since when. Taking an edge makes a new one.
Who may take which edge is decided here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.domain.errors import NotAllowed, UnknownThing
from server.domain.script import END, Edge, Role, Script, Step, Voice
from server.domain.seats import PARTNERS, Seat, is_partner, other_partner


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where a dialogue stands.

    `edition` is the exact text that is walked; `sender` holds the floor for the whole leg; `leg` counts from 1;
    `since` is when the step began (ms since the epoch); `loops` counts the loops taken in this leg by name.
    """

    script: str
    edition: str
    step: str
    sender: Seat
    leg: int
    since: int
    loops: tuple[tuple[str, int], ...] = ()

    @property
    def receiver(self) -> Seat:
        return other_partner(self.sender)

    def role_of(self, seat: Seat) -> Role | None:
        """The role of a seat; None for the therapist, who has none."""
        if not is_partner(seat):
            return None
        return Role.SENDER if seat is self.sender else Role.RECEIVER


# --- interludes: what lies over the dialogue while it stands still --------------------------------


@dataclass(frozen=True, slots=True)
class Pause:
    """The therapist speaks to both; the dialogue is frozen."""


@dataclass(frozen=True, slots=True)
class Breath:
    """Guided silence for all until `until` (ms since the epoch); it ends when the therapist resumes."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Hold:
    """The therapist is aside with `seat`; the other partner is apart."""

    seat: Seat
    since: int


@dataclass(frozen=True, slots=True)
class TimeOut:
    """Everything stops, everyone is apart, until the agreed return at `until` (ms since the epoch)."""

    by: Seat
    since: int
    until: int


Interlude = Pause | Breath | Hold | TimeOut


# --- walking -------------------------------------------------------------------------------------


def begin(script: Script, edition: str, sender: Seat, at: int) -> Dialogue:
    return Dialogue(script=script.id, edition=edition, step=script.start, sender=sender, leg=1, since=at)


def take(script: Script, dialogue: Dialogue, edge_id: str, by: Seat, at: int) -> Dialogue | None:
    """Take an edge of the present step; None when it closes the dialogue.

    Raises UnknownThing when the step has no such edge, NotAllowed when it is not this seat's to take.
    """
    edge = script.step(dialogue.step).edge(edge_id)
    if edge is None:
        raise UnknownThing(f"step '{dialogue.step}' has no edge '{edge_id}'", code="unknown-edge")
    if not may_take(dialogue, edge, by):
        raise NotAllowed("this step is released by somebody else")
    if edge.to == END:
        return None
    moved = replace(dialogue, step=edge.to, since=at)
    if edge.swap:
        return replace(moved, sender=dialogue.receiver, leg=dialogue.leg + 1, loops=())
    if edge.loop is not None:
        counts = dict(dialogue.loops)
        counts[edge.loop] = counts.get(edge.loop, 0) + 1
        return replace(moved, loops=tuple(sorted(counts.items())))
    return moved


def skip(script: Script, dialogue: Dialogue, step_id: str, at: int) -> Dialogue:
    """Go to any step, against the edges; the leg and its roles stay. Raises UnknownThing."""
    if not any(step.id == step_id for step in script.steps):
        raise UnknownThing(f"there is no step '{step_id}'", code="unknown-step")
    return replace(dialogue, step=step_id, since=at)


def may_take(dialogue: Dialogue, edge: Edge, seat: Seat) -> bool:
    """The therapist may take every edge; a partner the ones that wait for that partner's confirm."""
    return not is_partner(seat) or (edge.by is not None and edge.by is dialogue.role_of(seat))


def confirms(step: Step, dialogue: Dialogue, seat: Seat) -> tuple[Edge, ...]:
    """The edges that wait for this partner's confirm now."""
    return tuple(edge for edge in step.edges if edge.by is not None and edge.by is dialogue.role_of(seat))


def heard(step: Step, dialogue: Dialogue) -> tuple[Seat, ...]:
    """The partners who need to be heard now: those whose voice it is, and those whose confirm is awaited."""
    speaking = voices(step, dialogue)
    return tuple(seat for seat in PARTNERS if seat in speaking or confirms(step, dialogue, seat))


def voices(step: Step, dialogue: Dialogue) -> tuple[Seat, ...]:
    """The seats whose voice it is in this step."""
    match step.voice:
        case Voice.SENDER:
            return (dialogue.sender,)
        case Voice.RECEIVER:
            return (dialogue.receiver,)
        case Voice.THERAPIST:
            return (Seat.THERAPIST,)
        case Voice.BOTH:
            return (dialogue.sender, dialogue.receiver)
        case _:
            return ()
