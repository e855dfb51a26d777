"""What a page may be shown, as values; `projection` makes them, for one seat at a time.

All words are in the language of the seat that a view is made for. Times are ms since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.domain.course import Floor, Layout
from server.domain.script import Role
from server.domain.seats import Presence, Seat


class Scene(StrEnum):
    """Which screen a seat is on.

    door: not entered yet. waiting: entered, not admitted. room: in the call. apart: in the call, but
    the therapist is aside with the other. aside: with the therapist, the other is apart. time-out:
    everyone is apart until a time. therapist-gone: admitted, but the therapist is not there. left,
    ended: over, for this seat or for all.
    """

    DOOR = "door"
    WAITING = "waiting"
    ROOM = "room"
    APART = "apart"
    ASIDE = "aside"
    TIME_OUT = "time-out"
    THERAPIST_GONE = "therapist-gone"
    LEFT = "left"
    ENDED = "ended"


class Sound(StrEnum):
    """How a seat is heard now: in full, softened by the listeners' browsers, or held back by the host."""

    FULL = "full"
    SOFT = "soft"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Private:
    """What one partner told the therapist alone: feelings from 0 to 10, and a signal not yet seen; times in ms."""

    safe: int | None = None
    flooded: int | None = None
    said: int | None = None
    signalled: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Another seat, as far as this one may know it. `here` is false while its connection is lost."""

    seat: Seat
    name: str
    here: bool
    mic: bool
    camera: bool
    sound: Sound


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that takes an edge, in words."""

    edge: str
    words: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """The dialogue as one seat sees it, in its language.

    `voice` is a seat, "both" or "none"; `role` is this seat's own (none for the therapist); `mine` is
    whether this seat should speak now. `stem` is there only for those who speak, and for the therapist,
    who may need to prompt it. `confirms` are this seat's own buttons. `stage` counts from 0.
    """

    script: str
    script_name: str
    step: str
    step_name: str
    sender: Seat
    sender_role: str
    receiver_role: str
    voice: str
    role: Role | None
    mine: bool
    do: str
    stem: str | None
    more_stems: tuple[str, ...]
    confirms: tuple[Choice, ...]
    stages: tuple[str, ...]
    stage: int
    leg: int


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when, in ms since the epoch."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Felt:
    """A partner's own feelings, from 0 to 10."""

    safe: int
    flooded: int


@dataclass(frozen=True, slots=True)
class Way:
    """A way on, for the therapist: `confirm_of` is whose confirm it otherwise is."""

    edge: str
    words: str
    to: str | None
    confirm_of: Seat | None
    loop: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the therapist's list of steps."""

    step: str
    name: str
    stage: int
    current: bool
    loops: int


@dataclass(frozen=True, slots=True)
class PartnerState:
    """A partner as the therapist sees it, from the first connection on."""

    seat: Seat
    name: str
    language: str
    presence: Presence
    connected: bool
    safe: int | None
    flooded: int | None
    said: int | None
    signalled: int | None
    prompt: str | None


@dataclass(frozen=True, slots=True)
class TalkLine:
    """How long a partner spoke, and how much of it while it was their voice, in ms."""

    seat: Seat
    spoken: int
    in_voice: int


@dataclass(frozen=True, slots=True)
class ScriptLine:
    script: str
    name: str


@dataclass(frozen=True, slots=True)
class Lead:
    """What only the therapist sees.

    `since` is when this step began, `soft` its soft span in seconds; `open` warns that the sender is not
    validated yet. `trail` names the steps that can be gone back to, the latest last. `draft` says that the
    words of some seat's language were not reviewed by a clinician.
    """

    partners: tuple[PartnerState, ...]
    scripts: tuple[ScriptLine, ...]
    ways: tuple[Way, ...]
    steps: tuple[StepLine, ...]
    since: int | None
    soft: int | None
    coach: str | None
    open: bool
    draft: bool
    undoable: int
    trail: tuple[str, ...]
    talk: tuple[TalkLine, ...]
    floor: Floor
    began: int | None
    minutes: int | None
    paused: bool
    held: Seat | None
    time_out_by: Seat | None


@dataclass(frozen=True, slots=True)
class View:
    """One seat's whole knowledge. `revision` is the dialogue's, and only for those who are admitted.

    `sound` is how this seat is heard; `asked` that the receiver asks to mirror; `prompt` the therapist's
    words for this seat; `felt` what this seat said of itself.
    """

    seat: Seat
    name: str
    scene: Scene
    language: str
    mic: bool
    camera: bool
    revision: int | None
    people: tuple[Person, ...]
    dimmed: bool
    layout: Layout
    sound: Sound
    indicator: Indicator | None
    asked: bool
    prompt: str | None
    time_out: Span | None
    breath: Span | None
    felt: Felt | None
    lead: Lead | None
