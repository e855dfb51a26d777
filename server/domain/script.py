"""A dialogue as data: steps, the edges between them, and the words for each role in each language.

`parse` reads one TOML file and refuses what is not sound, naming the line and the reason; `dialogue`
walks what it returns. Nothing here knows who sits where.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec

from server.domain.errors import ScriptError

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


class Edge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
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


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
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


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """No way leads to the step `reach` within a leg but through the edge `through` (`step/edge`)."""

    reach: Id
    through: str


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sound dialogue. Made by `parse` only, which checks what the types cannot say.

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


def parse(text: str, where: str) -> Script:
    """Read one script. Raises ScriptError with the line (where it can be told) and the reason."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScriptError(where, f"not TOML: {error}") from error
    try:
        script = msgspec.convert(data, type=Script)
    except msgspec.ValidationError as error:
        reason = str(error)
        indexed = re.search(r"\$\.step\[(\d+)\]", reason)
        raise ScriptError(f"{where}{_line_of_step(text, int(indexed[1])) if indexed else ''}", reason) from error
    for step_index, reason in _faults(script):
        place = _line_of_step(text, step_index) if step_index is not None else ""
        raise ScriptError(f"{where}{place}", reason)
    return script


def _line_of_step(text: str, index: int) -> str:
    headers = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[step]]"]
    return f", line {headers[index]}" if index < len(headers) else ""


Fault = tuple[int | None, str]


def _faults(script: Script) -> Iterator[Fault]:
    """What is wrong with the script, the most basic first; (index of the step or None, reason)."""
    step_ids = [step.id for step in script.steps]
    stage_ids = {stage.id for stage in script.stages}
    for index, step_id in enumerate(step_ids):
        if step_id == END or step_id in step_ids[:index]:
            yield index, f"step '{step_id}' stands twice, or bears the reserved name"
    if script.start not in step_ids:
        yield None, f"the start '{script.start}' is no step"
    if not script.languages:
        yield None, "no language is named"
    for language in script.drafts:
        if language not in script.languages:
            yield None, f"the draft '{language}' is none of the languages"
    if set(script.roles) != set(Role):
        yield None, "both roles need a name"
    for index, step in enumerate(script.steps):
        if step.stage not in stage_ids:
            yield index, f"step '{step.id}' stands on no known stage: '{step.stage}'"
        yield from ((index, reason) for reason in _step_faults(script, step, step_ids))
    yield from _word_faults(script)
    yield from _graph_faults(script)


def _step_faults(script: Script, step: Step, step_ids: list[str]) -> Iterator[str]:
    if not step.edges:
        yield f"step '{step.id}' has no way on"
    if set(step.do) != set(Role):
        yield f"step '{step.id}' must say what each role does"
    for role in Role:
        if step.voice in (role.value, Voice.BOTH) and role not in step.stems:
            yield f"step '{step.id}' has no stem for the {role}, who speaks"
    seen: set[str] = set()
    for edge in step.edges:
        if edge.id in seen:
            yield f"edge '{step.id}/{edge.id}' stands twice"
        seen.add(edge.id)
        if edge.to not in step_ids and edge.to != END:
            yield f"edge '{step.id}/{edge.id}' leads nowhere: '{edge.to}'"
        if (edge.by is None) != (edge.say is None):
            yield f"edge '{step.id}/{edge.id}': 'by' and 'say' go together"
        if step.check and edge.by is Role.RECEIVER:
            yield f"edge '{step.id}/{edge.id}': the receiver cannot release a check"
    if step.check and not any(edge.by is Role.SENDER for edge in step.edges):
        yield f"step '{step.id}' is a check, and the sender has no way to release it"


def _word_faults(script: Script) -> Iterator[Fault]:
    """Each text in each language, and nothing in braces but the two names."""

    def check(where: str, words: dict[str, str] | dict[str, tuple[str, ...]]) -> Iterator[str]:
        missing = [language for language in script.languages if language not in words]
        if missing:
            yield f"{where} is missing in: {', '.join(missing)}"
        for texts in words.values():
            for text in (texts,) if isinstance(texts, str) else texts:
                strange = set(re.findall(r"\{([^}]*)\}", text)) - PLACEHOLDERS
                if strange:
                    yield f"{where} has an unknown name in braces: {', '.join(sorted(strange))}"

    for reason in check("the script's name", script.name):
        yield None, reason
    yield from ((None, reason) for reason in check("what the script is for", script.about))
    for role, words in script.roles.items():
        yield from ((None, reason) for reason in check(f"the name of the {role}", words))
    for stage in script.stages:
        yield from ((None, reason) for reason in check(f"the name of stage '{stage.id}'", stage.name))
    for index, step in enumerate(script.steps):
        texts: list[tuple[str, dict[str, str] | dict[str, tuple[str, ...]]]] = [("its name", step.name)]
        texts += [(f"what the {role} does", words) for role, words in step.do.items()]
        texts += [(f"the stem of the {role}", stems) for role, stems in step.stems.items()]
        texts += [("its note for the therapist", step.coach)] if step.coach is not None else []
        texts += [(f"the label of edge '{edge.id}'", edge.label) for edge in step.edges]
        texts += [(f"the words of edge '{edge.id}'", edge.say) for edge in step.edges if edge.say is not None]
        for where, each in texts:
            yield from ((index, f"step '{step.id}': {reason}") for reason in check(where, each))


def _graph_faults(script: Script) -> Iterator[Fault]:
    reached = _reachable(script, [script.start])
    for index, step in enumerate(script.steps):
        if step.id not in reached:
            yield index, f"step '{step.id}' cannot be reached"
        if END not in _reachable(script, [step.id]):
            yield index, f"from step '{step.id}' the dialogue can never end"
    entries = [script.start, *(edge.to for step in script.steps for edge in step.edges if edge.swap)]
    edges = {f"{step.id}/{edge.id}" for step in script.steps for edge in step.edges}
    for rule in script.rules:
        if rule.reach not in reached or rule.through not in edges:
            yield None, f"the rule '{rule.reach}' through '{rule.through}' names no step or no edge"
        elif rule.reach in _reachable(script, entries, without=rule.through):
            yield None, f"the rule is broken: '{rule.reach}' can be reached without '{rule.through}'"


def _reachable(script: Script, starts: Iterable[str], without: str = "") -> set[str]:
    """Step ids (and END) that can be reached from `starts` without taking the edge `without`."""
    reached: set[str] = set()
    waiting = [start for start in starts if start != END]
    while waiting:
        step_id = waiting.pop()
        if step_id in reached:
            continue
        reached.add(step_id)
        for edge in script.step(step_id).edges:
            if f"{step_id}/{edge.id}" == without:
                continue
            if edge.to == END:
                reached.add(END)
            else:
                waiting.append(edge.to)
    return reached
