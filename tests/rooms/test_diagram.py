"""The drawing of the dialogues: fresh, complete, and in words that Mermaid can read."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from server.domain.errors import ScriptError
from server.domain.reading import parse
from server.domain.script import Script
from server.rooms import diagram
from tests.playbook import shipped_scripts

SCRIPTS = sorted(shipped_scripts().values(), key=lambda script: script.id)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one script, and no document yet."""
    folder = tmp_path / diagram.SCRIPTS
    folder.mkdir(parents=True)
    shutil.copy(diagram.ROOT / diagram.SCRIPTS / "free.toml", folder)
    return tmp_path


def section(script: Script) -> str:
    """What stands under the script's heading."""
    text = diagram.markdown([script]).split(f"\n## {script.name['en']}\n", 1)[1]
    assert "\n## " not in text
    return text


def test_the_document_is_fresh() -> None:
    assert not diagram.stale(diagram.ROOT), "run python -m server.rooms.diagram"


def test_a_missing_or_changed_document_is_stale_until_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diagram.main(["--check"], root) == 1
    assert "docs/dialogues.md is stale" in capsys.readouterr().err

    assert diagram.main([], root) == 0
    assert diagram.main(["--check"], root) == 0

    script = root / diagram.SCRIPTS / "free.toml"
    script.write_text(script.read_text("utf-8").replace("Talk freely", "Speak freely"), "utf-8")
    assert diagram.main(["--check"], root) == 1


def test_any_other_argument_writes_nothing(root: Path) -> None:
    assert diagram.main(["--chekc"], root) == 2
    assert not (root / diagram.MARKDOWN).exists()


def test_a_script_that_is_not_sound_is_not_drawn(root: Path) -> None:
    (root / diagram.SCRIPTS / "broken.toml").write_text('id = "broken"\n', "utf-8")

    with pytest.raises(ScriptError):
        diagram.main([], root)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.id)
def test_every_step_and_way_is_drawn_with_its_marks(script: Script) -> None:
    lines = list(diagram.mermaid(script))
    states = [line for line in lines if line.startswith("  state ")]
    arrows = [line for line in lines if " --> " in line and not line.startswith("  [*]")]
    edges = [edge for step in script.steps for edge in step.edges]

    assert len(states) == len(script.steps)
    for step, line in zip(script.steps, states, strict=True):
        assert f"voice – {step.voice}" in line
        assert ("✓" in line, "◌" in line) == (step.check, step.open)
    assert len(arrows) == len(edges)
    for edge, line in zip(edges, arrows, strict=True):
        assert ("--> [*]" in line) == (edge.to == "end")
        assert ("⇄" in line, "↺" in line) == (edge.swap, edge.loop is not None)
        assert edge.by is None or f"[{edge.by}]" in line


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.id)
def test_mermaid_can_read_the_drawing(script: Script) -> None:
    """Its grammar for state diagrams: one colon before a description, no semicolon, names of word characters."""
    shapes = (
        r"stateDiagram-v2",
        r'  state "[^":;]+" as s_\w+',
        r"  \[\*\] --> s_\w+",
        r"  s_\w+ --> (s_\w+|\[\*\]): [^:;\"{}]+",
    )
    for line in diagram.mermaid(script):
        assert any(re.fullmatch(shape, line) for shape in shapes), line


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.id)
def test_each_section_tells_purpose_roles_languages_and_openings(script: Script) -> None:
    text = section(script)

    assert script.about["en"] in text
    assert f"drafts, not reviewed: {', '.join(script.drafts)}\n" in text
    for words in script.roles.values():
        assert all(word in text for word in words.values())
    for step in script.steps:
        (row,) = (line for line in text.splitlines() if line.startswith(f"| `{step.id}` "))
        for stems in step.stems.values():
            assert all(stem in row for tag in diagram.SHOWN for stem in stems[tag])


def test_openings_of_two_who_speak_are_told_apart_where_they_differ() -> None:
    text = section(shipped_scripts()["initiator-inquirer"])

    assert "sender: About myself I learned…; receiver: About you I learned…" in text
    assert "| both | What I take with me is… |" in section(shipped_scripts()["three-step"])


def test_marks_of_the_notation_inside_words_are_replaced() -> None:
    text = (diagram.ROOT / diagram.SCRIPTS / "free.toml").read_text("utf-8")
    script = parse(text.replace('en = "Talk on"', r'en = "Go: on; \"now\" | later"'), "free.toml")

    assert "  s_last_words --> s_talk: Go – on, 'now' | later ↺ talk" in diagram.mermaid(script)
    assert diagram._cell("now | later") == "now \\| later"


def test_the_contents_lead_to_the_headings() -> None:
    text = diagram.markdown(SCRIPTS)

    for name, anchor in re.findall(r"^\| \[(.+?)\]\(#(.+?)\)", text, re.MULTILINE):
        assert f"\n## {name}\n" in text
        assert anchor == re.sub(r"[^\w-]", "", name.lower().replace(" ", "-"))
    assert text.count("\n## ") == len(SCRIPTS)
