"""The dialogues of the product: their ways through, and what their words must keep to.

A walk is a line of edges: ``r.ready`` is taken by whoever is receiver then, ``s.`` by the sender, a bare one by
the therapist. `domain.test_room` runs its laws over the same scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from server.domain.dialogue import begin, take
from server.domain.errors import NotAllowed
from server.domain.script import END, Edge, Role, Script, Step
from server.domain.seats import PARTNERS, Seat
from tests.playbook import DIALOGUES, shipped_scripts

LANGUAGES = ("en", "de", "es", "fr", "nl", "pt", "it")
REVIEWED = ("en", "de")

MIRRORED = "sent mirrored s.got-it"
LEG_OF_MIRRORING = (
    "r.ready sent mirrored s.most sent mirrored s.not-yet sent mirrored s.got-it s.more sent mirrored s.got-it"
)
SUMMARY = "summed-up s.add added mirrored s.all"
MET = "partly asked sent mirrored validated guessed s.other named mirrored s.yes"
UNDERSTOOD = "told asked ask-more asked sum-up summed-up s.not-quite asked sum-up summed-up s.understood"

WALKS: dict[str, tuple[str, ...]] = {
    "three-step": (
        "appreciate said mirrored said mirrored r.not-now after-all frame framed mirrored sent mirrored s.most"
        f" {MIRRORED} s.more deepen {MIRRORED} deepen {MIRRORED} s.no-more {SUMMARY} {MET} switch"
        f" {LEG_OF_MIRRORING} s.no-more summed-up s.all validated guessed s.yes close said mirrored said mirrored done",
        "request r.not-now agreed",
    ),
    "mirroring": (
        f"request {LEG_OF_MIRRORING} s.no-more {SUMMARY} switch"
        f" r.ready {MIRRORED} s.no-more summed-up s.all close done",
        "request r.not-now agreed",
    ),
    "appreciation": (
        "appreciate said mirrored s.most sent mirrored s.not-yet sent mirrored s.got-it s.more said mirrored s.got-it"
        " why said mirrored s.got-it s.no-more switch said mirrored s.got-it s.no-more done",
    ),
    "request": (
        f"request r.not-now after-all {LEG_OF_MIRRORING} s.no-more feeling {MIRRORED} s.no-more"
        f" reaction {MIRRORED} s.no-more story {MIRRORED} s.no-more hurt {MIRRORED} s.no-more fear {MIRRORED} s.no-more"
        f" past {MIRRORED} s.no-more summary {SUMMARY} {MET}"
        " wish said s.not-yet said s.got-it said s.not-yet said s.another said s.got-it r.none said s.got-it r.chosen"
        f" said switch {LEG_OF_MIRRORING} s.no-more summary summed-up s.all validated guessed s.yes close said said",
    ),
    "floor-card": (
        "begin r.not-now after-all r.ready said said-back s.not-yet said said-back s.got-it s.more said said-back"
        " s.got-it s.pass said said-back s.got-it solve chosen gathered more-ideas gathered agreed set done",
        "begin r.ready said said-back s.got-it close done",
    ),
    "understanding": (
        f"begin r.not-now after-all r.ready {UNDERSTOOD} switch {UNDERSTOOD} solve found back found agreed",
        f"begin r.ready {UNDERSTOOD} switch told asked sum-up summed-up s.understood done",
        "begin r.ready sum-up summed-up s.understood stop",
    ),
    "weekly-meeting": (
        "begin said said issue r.ready said said-back s.not-yet said said-back s.more said said-back s.got-it switch"
        " said said-back s.got-it next-week said said done",
        "begin said said no-issue said said done",
        "begin said said issue r.not-now said said done",
    ),
    "temperature-reading": (
        "begin s.said again s.said r.done s.said again s.said r.done s.said again s.said r.done s.said again s.said"
        " r.done s.said again s.said r.done done",
    ),
    "initiator-inquirer": (
        "begin r.not-now after-all r.ready said said-back s.not-yet said said-back s.got-it asked ask-more asked"
        " empathise said s.not-yet asked empathise said s.eased switch"
        " r.ready said said-back s.got-it asked empathise said s.eased done",
    ),
    "talking-piece": ("begin s.pass pass s.pass pass s.pass close said done",),
    "enactment": (
        "deepen words deeper words said s.not-yet words said s.yes said cautious respond hostile help respond received"
        " said said again deepen words said s.yes said received said said switch"
        " words said s.yes said hostile sum-up done",
    ),
    "time-out": (
        "begin said r.more-time back said calm said s.not-yet said s.got-it said r.not-yet said r.got-it"
        " drop not-yet drop done",
        "begin s.more-time another-day agreed",
        "begin said calm said s.got-it said r.got-it go-on done",
        "begin said calm said s.got-it said r.got-it start-again done",
        "begin said calm said s.got-it said r.got-it keep agreed",
    ),
    "free": ("last-words on last-words done", "done"),
}

NAMES = sorted(shipped_scripts())


def follow(script: Script, walk: str) -> Iterator[tuple[Step, Edge]]:
    """Each step that the walk stands on and the edge it takes there; the last edge must close the dialogue."""
    dialogue = begin(script, "", PARTNERS[0], 0)
    *before, last = walk.split()
    for at, way in enumerate((*before, last)):
        by, _, edge_id = way.rpartition(".")
        taker = {"s": dialogue.sender, "r": dialogue.receiver, "": Seat.THERAPIST}[by]
        step = script.step(dialogue.step)
        edge = step.edge(edge_id)
        assert edge is not None, f"{script.id}: after {at} edges, '{step.id}' has no way '{edge_id}'"
        for seat in PARTNERS:
            if edge.by is not dialogue.role_of(seat):
                with pytest.raises(NotAllowed):
                    take(script, dialogue, edge_id, seat, at)
        yield step, edge
        following = take(script, dialogue, edge_id, taker, at)
        if at == len(before):
            assert following is None, f"{script.id}: the walk does not end, it stands on '{edge.to}'"
        else:
            assert following is not None, f"{script.id}: the walk ends early, by '{way}'"
            dialogue = following


def test_every_file_is_shipped_and_walked() -> None:
    assert sorted(path.stem for path in DIALOGUES.glob("*.toml")) == NAMES == sorted(WALKS)


@pytest.mark.parametrize("name", NAMES)
def test_the_walks_go_through_every_step_and_every_loop_to_the_end(name: str) -> None:
    script = shipped_scripts()[name]
    taken = [passed for walk in WALKS[name] for passed in follow(script, walk)]
    every_edge = [edge for step in script.steps for edge in step.edges]

    assert [step.id for step in script.steps if step not in [step for step, _ in taken]] == []
    assert {edge.loop for edge in every_edge} == {edge.loop for _, edge in taken}
    assert any(edge.swap for edge in every_edge) == any(edge.swap for _, edge in taken)


@pytest.mark.parametrize("name", NAMES)
def test_the_walks_try_every_confirm(name: str) -> None:
    """What a partner may release is released by that partner, not only by the therapist in their stead."""
    script = shipped_scripts()[name]
    pressed = set[str]()
    for walk in WALKS[name]:
        for (step, edge), way in zip(follow(script, walk), walk.split(), strict=True):
            if "." in way:
                pressed.add(f"{step.id}/{edge.id}")

    assert pressed == {f"{step.id}/{edge.id}" for step in script.steps for edge in step.edges if edge.by is not None}


def reachable(script: Script, without: str) -> set[str]:
    """What can be reached from the start over all legs, when one edge is gone."""
    reached, waiting = set[str](), [script.start]
    while waiting:
        step_id = waiting.pop()
        if step_id in reached or step_id == END:
            continue
        reached.add(step_id)
        waiting += [edge.to for edge in script.step(step_id).edges if f"{step_id}/{edge.id}" != without]
    return reached


@pytest.mark.parametrize("gate", ["check/understood", "met/switch", "check-2/understood"])
def test_nothing_is_solved_before_both_sides_are_understood(gate: str) -> None:
    script = shipped_scripts()["understanding"]

    assert "common" in reachable(script, without="nothing")
    assert "common" not in reachable(script, without=gate)


@pytest.mark.parametrize("name", NAMES)
def test_a_leg_that_opens_the_sender_does_not_end_or_switch_while_open(name: str) -> None:
    """Leaving an open sender takes a deliberate way out of the dialogue, never an edge of the script."""
    script = shipped_scripts()[name]
    met_by_the_step_itself = {"weekly-meeting": {"sense/switch"}}
    left = {
        f"{step.id}/{edge.id}"
        for step in script.steps
        if step.open
        for edge in step.edges
        if edge.swap or edge.to == END
    }

    assert left == met_by_the_step_itself.get(name, set())


# --- the words -----------------------------------------------------------------------------------

LENGTHS = {
    "name": 36,
    "role": 28,
    "stage": 24,
    "do": 90,
    "stem": 90,
    "say": 28,
    "label": 70,
    "coach": 180,
    "about": 120,
}


def texts(script: Script) -> Iterator[tuple[str, str, dict[str, tuple[str, ...]]]]:
    """(kind, where, the texts by language) for all that the script says."""

    def one(words: dict[str, str]) -> dict[str, tuple[str, ...]]:
        return {language: (text,) for language, text in words.items()}

    yield "name", "the script", one(script.name)
    yield "about", "the script", one(script.about)
    yield from (("role", role, one(script.roles[role])) for role in Role)
    yield from (("stage", stage.id, one(stage.name)) for stage in script.stages)
    for step in script.steps:
        yield "name", step.id, one(step.name)
        yield from (("do", f"{step.id} {role}", one(words)) for role, words in step.do.items())
        yield from (("stem", f"{step.id} {role}", dict(stems)) for role, stems in step.stems.items())
        if step.coach is not None:
            yield "coach", step.id, one(step.coach)
        for edge in step.edges:
            yield "label", f"{step.id}/{edge.id}", one(edge.label)
            if edge.say is not None:
                yield "say", f"{step.id}/{edge.id}", one(edge.say)


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_said_in_seven_languages_and_five_are_drafts(name: str) -> None:
    script = shipped_scripts()[name]

    assert script.languages == LANGUAGES
    assert script.drafts == tuple(language for language in LANGUAGES if language not in REVIEWED)
    for kind, where, words in texts(script):
        assert tuple(words) == LANGUAGES, f"{kind} of {where}"


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_short_enough_for_two_glances(name: str) -> None:
    long = [
        f"{kind} of {where}, {language}: {len(text)} > {LENGTHS[kind]}: {text}"
        for kind, where, words in texts(shipped_scripts()[name])
        for language, each in words.items()
        for text in each
        if len(text) > LENGTHS[kind]
    ]

    assert long == []


BLUNDERS = {
    "*": (r"\}['’]|\}s\b", "a name takes no genitive"),
    "fr": (r"\b(de|que|ne|se|le|la|je|te|me|jusque|lorsque|puisque) \{", "elision before a name with a vowel"),
    "fr ": (r" [?!;:»]|« ", "a mark that may stand alone on the next line"),
    "es": (r"\b(y|o) \{", "y and o change before some names"),
    "es ": (r"^[^¿]*\?", "a question without its first mark"),
    "de": (r"\S…", "an ellipsis for words stands apart"),
    "nl": (r"\S…", "an ellipsis for words stands apart"),
}
"""By language (all for *): what must not be found, and why."""


@pytest.mark.parametrize("name", NAMES)
def test_the_words_work_with_any_name_and_mark(name: str) -> None:
    found = [
        f"{why}: {kind} of {where}, {language}: {text}"
        for kind, where, words in texts(shipped_scripts()[name])
        for language, each in words.items()
        for text in each
        for key, (pattern, why) in BLUNDERS.items()
        if key.strip() in ("*", language) and re.search(pattern, text)
    ]

    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_only_what_is_shown_to_people_in_a_room_has_names_in_it(name: str) -> None:
    """The names of roles, stages and steps and the notes are shown unfilled, in lists and in forms."""
    filled = {"do", "stem", "say", "label"}
    found = [
        f"{kind} of {where}"
        for kind, where, words in texts(shipped_scripts()[name])
        if kind not in filled and any("{" in text for each in words.values() for text in each)
    ]

    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_must_never_ship_is_in_a_script(name: str) -> None:
    banned = re.compile(r"container|holding|parent.child|rapoport|gottman|imago|satir|\bprep\b|bader", re.IGNORECASE)
    found = banned.search((DIALOGUES / f"{name}.toml").read_text("utf-8"))

    assert found is None, found
