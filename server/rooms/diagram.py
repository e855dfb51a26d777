"""Draws the dialogues for people: `docs/dialogues.md` from `config/dialogues/*.toml`.

Run as ``python -m server.rooms.diagram``; with ``--check`` nothing is written and a stale file is an error.
Nothing at run time reads the drawing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from server.domain.reading import parse
from server.domain.script import END, Edge, Role, Script, Stems, Step, fill

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = Path("config/dialogues")
MARKDOWN = Path("docs/dialogues.md")

SHOWN = ("en", "de")
"""The languages whose openings stand in the tables."""

INTRODUCTION = """\
# The dialogues

Made by `python -m server.rooms.diagram` from `config/dialogues/*.toml`; do not edit.

One file is one script: steps, the ways between them, and the words for each role in each language. What a file may
say, and what is checked when it is loaded, stands in `server/domain/script.py`.

How to read the drawings:

* A box is a step, with whose voice it is. **✓** marks a check: only the sender (or the therapist) releases it.
  **◌** marks a step in which the sender has opened up and is not met yet; the therapist is warned before leaving.
* An arrow is a way on. The therapist may take each; `[sender]` or `[receiver]` on it: that partner's
  confirm takes it too. **↺** closes a loop, counted by its name. **⇄** exchanges sender and receiver and opens a leg.
* The roles are called *sender* and *receiver* here; what the partners read is named for each script.
"""


def markdown(scripts: Iterable[Script]) -> str:
    """The whole text of the document."""
    in_order = sorted(scripts, key=lambda script: script.name["en"])
    return "\n".join(_markdown(in_order))


def _markdown(scripts: Sequence[Script]) -> Iterator[str]:
    yield INTRODUCTION
    yield "| dialogue | what it is for | file |\n|---|---|---|"
    for script in scripts:
        name = script.name["en"]
        yield f"| [{name}](#{_anchor(name)}) | {_cell(script.about['en'])} | `{script.id}.toml` |"
    yield ""
    for script in scripts:
        yield from _section(script)


def _section(script: Script) -> Iterator[str]:
    yield f"## {script.name['en']}\n"
    yield f"{script.about['en']}\n"
    for role in Role:
        yield f"* {role.capitalize()}: " + ", ".join(f"{words} ({tag})" for tag, words in script.roles[role].items())
    yield f"* Complete in: {', '.join(script.languages)}; drafts, not reviewed: {', '.join(script.drafts) or 'none'}"
    for rule in script.rules:
        yield f"* Within a leg, `{rule.reach}` is reached only through `{rule.through}`"
    yield "\n```mermaid"
    yield from mermaid(script)
    yield "```\n"
    yield from _table(script)
    yield ""


# --- the drawing ---------------------------------------------------------------------------------


def mermaid(script: Script) -> Iterator[str]:
    """The lines of a Mermaid state diagram."""
    yield "stateDiagram-v2"
    for step in script.steps:
        yield f'  state "{_quoted(step.name["en"])}<br/>voice – {_voice(step)}" as {_state(step.id)}'
    yield f"  [*] --> {_state(script.start)}"
    for step in script.steps:
        for edge in step.edges:
            target = "[*]" if edge.to == END else _state(edge.to)
            yield f"  {_state(step.id)} --> {target}: {_way(edge)}"


def _state(step_id: str) -> str:
    """An id without the hyphen, which Mermaid may take for an arrow, and never one of its words such as `end`."""
    return "s_" + step_id.replace("-", "_")


def _voice(step: Step) -> str:
    marks = ("✓",) * step.check + ("◌",) * step.open
    return " ".join((step.voice, *marks))


def _way(edge: Edge) -> str:
    told = fill(edge.label["en"], sender="sender", receiver="receiver")
    by = (f"[{edge.by}]",) if edge.by else ()
    marks = ("⇄",) * edge.swap + ((f"↺ {edge.loop}",) if edge.loop else ())
    return _quoted(" ".join((told, *by, *marks)))


def _quoted(text: str) -> str:
    """A colon would begin another description, a semicolon another line, a quote would close the name."""
    return text.replace(": ", " – ").replace(":", "–").replace(";", ",").replace('"', "'")


# --- the table -----------------------------------------------------------------------------------


def _table(script: Script) -> Iterator[str]:
    names = {"en": "English", "de": "German"}
    columns = " | ".join(f"openings, {names[tag]}" for tag in SHOWN)
    stages = {stage.id: stage.name["en"] for stage in script.stages}
    yield f"| step | stage | voice | {columns} |\n|---|---|---|" + "---|" * len(SHOWN)
    for step in script.steps:
        stems = " | ".join(_stems(step, tag) for tag in SHOWN)
        name, stage = _cell(step.name["en"]), _cell(stages[step.stage])
        yield f"| `{step.id}` {name} | {stage} | {_voice(step)} | {stems} |"


def _stems(step: Step, tag: str) -> str:
    """The openings of those who speak, told apart only where two sets differ."""

    def said(stems: Stems) -> str:
        return " / ".join(stems.get(tag, ()))

    each = {role: said(stems) for role, stems in step.stems.items()}
    if len(set(each.values())) == 1:
        return _cell(next(iter(each.values())))
    return _cell("; ".join(f"{role}: {words}" for role, words in each.items()))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _anchor(heading: str) -> str:
    """The address that a heading gets where Markdown is shown."""
    return heading.lower().replace(" ", "-")


# --- on disk -------------------------------------------------------------------------------------


def drawn(root: Path) -> str:
    """What the document below `root` should say. Raises ScriptError for a script that is not sound."""
    return markdown(parse(path.read_text("utf-8"), path.name) for path in sorted((root / SCRIPTS).glob("*.toml")))


def stale(root: Path) -> bool:
    """Whether the document below `root` does not say what the scripts say."""
    path = root / MARKDOWN
    return not path.is_file() or path.read_text("utf-8") != drawn(root)


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """The exit status: 1 when ``--check`` finds the document stale."""
    if list(arguments) == ["--check"]:
        if stale(root):
            sys.stderr.write(f"{MARKDOWN} is stale: run python -m server.rooms.diagram\n")
            return 1
        return 0
    if arguments:
        sys.stderr.write("usage: python -m server.rooms.diagram [--check]\n")
        return 2
    (root / MARKDOWN).parent.mkdir(parents=True, exist_ok=True)
    (root / MARKDOWN).write_text(drawn(root), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
