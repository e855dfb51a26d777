"""A dialogue as data: steps, the edges between them, and the words for each role in each language.

`reading.parse` makes one from a TOML text and refuses what is not sound; `dialogue` walks it. Nothing here knows who
sits where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec

END = "end"
"""The target of an edge that closes the dialogue."""

PLACEHOLDERS = frozenset({"sender", "receiver"})
"""What may stand in braces in a text: replaced by the name of the person in that role."""

Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=240)]
Words = dict[str, Text]
"""One text per language tag."""
Stems = dict[str, Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=8)]]
"""One or more sentence openings per language tag; the first is shown."""


class Role(StrEnum):
    """Who holds the floor for a leg (sender), and who receives."""

    SENDER = "sender"
    RECEIVER = "receiver"


class Voice(StrEnum):
    """Whose mouth should be moving in a step."""

    SENDER = "sender"
    RECEIVER = "receiver"
    THERAPIST = "therapist"
    BOTH = "both"
    NONE = "none"


class Edge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A way on from a step.

    The therapist may take every edge. `by` names the role whose confirm takes it too, with the words
    of that button in `say`. `swap` exchanges sender and receiver and opens a new leg; `loop` names the
    loop that this edge closes, for counting.
    """

    id: Id
    to: Id
    label: Words
    by: Role | None = None
    say: Words | None = None
    swap: bool = False
    loop: Id | None = None


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One state of the dialogue.

    `do` tells each role what to do now; `stems` holds the sentence openings for those who speak.
    `coach` is a note and `soft` a span in seconds, both for the therapist alone: no clock ends a step.
    `check` marks a step that only the sender (or the therapist) releases. `open` marks a step in which the sender has
    opened up and is not validated yet, where the leg should not be left.
    """

    id: Id
    stage: Id
    voice: Voice
    name: Words
    do: dict[Role, Words]
    stems: dict[Role, Stems] = {}
    edges: tuple[Edge, ...] = msgspec.field(name="edge")
    check: bool = False
    open: bool = False
    coach: Words | None = None
    soft: Annotated[int, msgspec.Meta(ge=5, le=7200)] | None = None

    def edge(self, edge_id: str) -> Edge | None:
        return next((edge for edge in self.edges if edge.id == edge_id), None)


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One dot of the line that shows where we are; several steps may share it."""

    id: Id
    name: Words


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """No way leads to the step `reach` within a leg but through the edge `through` (`step/edge`)."""

    reach: Id
    through: str


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A sound dialogue. Made by `reading` only, which checks what the types cannot say.

    `languages` are complete; those also named in `drafts` were not reviewed by a native clinician.
    """

    id: Id
    version: Annotated[int, msgspec.Meta(ge=1)]
    start: Id
    languages: tuple[str, ...]
    drafts: tuple[str, ...] = ()
    name: Words
    about: Words
    roles: dict[Role, Words]
    stages: tuple[Stage, ...] = msgspec.field(name="stage")
    steps: tuple[Step, ...] = msgspec.field(name="step")
    rules: tuple[Rule, ...] = msgspec.field(name="rule", default=())

    def step(self, step_id: str) -> Step:
        """The step of this id. Raises KeyError: ids inside a sound script always resolve."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def stage_index(self, step: Step) -> int:
        """The place of the step's stage on the line, from 0."""
        return next(index for index, stage in enumerate(self.stages) if stage.id == step.stage)


T = TypeVar("T")


def pick(words: dict[str, T], language: str) -> T:
    """The entry for a BCP 47 tag: exact, else its base language, else English, else the first."""
    return words[_tag(words, language)]


def pick_tag(script: Script, language: str) -> str:
    """The language that the script speaks to somebody of this BCP 47 tag."""
    return _tag(script.name, language)


def _tag(words: Iterable[str], language: str) -> str:
    known = list(words)
    return next((tag for tag in (language, language.split("-")[0], "en") if tag in known), known[0])


def fill(text: str, *, sender: str, receiver: str) -> str:
    """Put the two names in the place of `{sender}` and `{receiver}`; names are never expanded again."""
    names = {"sender": sender, "receiver": receiver}
    return re.sub(r"\{(\w+)\}", lambda match: names.get(match[1], match[0]), text)
