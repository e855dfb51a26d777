"""Reads the dialogues of an installation from their folder; what they may say is checked by `domain.script`."""

from __future__ import annotations

from pathlib import Path

from server.domain.errors import ScriptError
from server.domain.script import Script, parse
from server.log import logger

log = logger(__name__)


class NoScriptsError(Exception):
    """A folder holds no dialogue that can be used. The text is a sentence for the operator, with every reason."""


def load_scripts(folder: Path) -> dict[str, Script]:
    """All sound dialogues in `folder` (`*.toml`, by name), by id.

    A file that is not sound is refused with its place and reason in the log, and the others load.
    Raises NoScriptsError when none is left.
    """
    scripts: dict[str, Script] = {}
    faults: list[ScriptError] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            script = _read(path)
            if script.id in scripts:
                raise ScriptError(path.name, f"the id '{script.id}' is taken by another file")
        except ScriptError as fault:
            log.error("A dialogue was refused.", script=fault.where, fault=fault.why)
            faults.append(fault)
        else:
            scripts[script.id] = script
    if not scripts:
        reasons = "; ".join(str(fault) for fault in faults) or "it has no *.toml file"
        raise NoScriptsError(f"The folder {folder} holds no dialogue that can be used: {reasons}.")
    return scripts


def _read(path: Path) -> Script:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ScriptError(path.name, "the file cannot be read as UTF-8 text") from error
    return parse(text, path.name)
