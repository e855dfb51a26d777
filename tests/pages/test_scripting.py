"""What the pages' own tests (`test_scripts`) do not reach."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from server.config import resource
from server.domain import reading, soundness
from server.pages import scripting
from server.pages import words as catalogues
from server.pages.errors import RefusalError
from server.pages.scripting import MOST_OWN, Desk
from server.ports import OwnScript, Therapist
from tests.fakes import FakeClock, MemoryEditions, MemoryOwnScripts
from tests.playbook import shipped_editions

LIND = Therapist("lind", "Dr. Lind", "de")


def make_desk(own: MemoryOwnScripts) -> Desk:
    async def changed(therapist_id: str) -> None:
        assert own.rows or therapist_id

    return Desk(
        shipped=list(shipped_editions().values()),
        example=resource("config/example.toml").read_text("utf-8"),
        own=own,
        editions=MemoryEditions(),
        clock=FakeClock(),
        changed=changed,
    )


async def test_there_are_never_more_than_fifty() -> None:
    own = MemoryOwnScripts()
    desk = make_desk(own)
    first = await desk.copy(LIND, None)
    for number in range(MOST_OWN - 1):
        await own.put(replace(first, id=f"own-{number}"))

    with pytest.raises(RefusalError) as caught:
        await desk.copy(LIND, None)
    assert (caught.value.status, caught.value.code) == (409, "too-many")


async def test_one_that_this_version_cannot_read_is_listed_with_its_fault() -> None:
    own = MemoryOwnScripts()
    await own.put(OwnScript("own-old", "lind", "Alt", "colour = 1", 7))

    (line,) = await make_desk(own).own(LIND)

    assert (line.name, line.updated) == ("Alt", 7)
    assert line.fault is not None


def test_the_shipped_ones_are_listed_in_the_therapists_language() -> None:
    lines = {line.id: line for line in make_desk(MemoryOwnScripts()).shipped("de")}
    assert lines["free"].name == "Freies Gespräch"
    assert lines["free"].updated is None


def said() -> set[str]:
    """Every sentence in which a dialogue is refused."""
    found = {sentence for _, sentence in reading._FORM_FAULTS}
    for module in (reading, soundness, scripting):
        assert module.__file__ is not None
        with open(module.__file__, encoding="utf-8") as file:
            calls = [node for node in ast.walk(ast.parse(file.read())) if isinstance(node, ast.Call)]
        for call in calls:
            if isinstance(call.func, ast.Name) and call.func.id in ("Fault", "ScriptError") and len(call.args) > 1:
                sentence = call.args[1]
                if isinstance(sentence, ast.Constant) and isinstance(sentence.value, str):
                    found.add(sentence.value)
    return found - {"{reason}"}


def test_what_is_wrong_is_said_in_every_language() -> None:
    words = catalogues.load(resource("web/locales"))
    assert len(said()) > 25
    for language in set(words.catalogues) - {"en"}:
        assert {sentence for sentence in said() if words.say(language, sentence) == sentence} == set()
