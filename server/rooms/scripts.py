"""Reads the dialogues of an installation from their folder; what they may say is checked by `domain.script`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from server.domain.catalogue import Edition
from server.domain.errors import ScriptError
from server.log import logger

OWN: Final = "own-"
"""How the ids of therapists' own dialogues begin; see `library`."""

log = logger(__name__)


class NoScriptsError(Exception):
    """A folder holds no dialogue that can be used. The text is a sentence for the operator, with every reason."""


def load_scripts(folder: Path) -> dict[str, Edition]:
    """All sound dialogues in `folder` (`*.toml`, by name), by id.

    A file that is not sound is refused with its place and reason in the log, and the others load.
    Raises NoScriptsError when none is left.
    """
    scripts: dict[str, Edition] = {}
    faults: list[ScriptError] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            edition = _read(path)
            if edition.script.id in scripts:
                raise ScriptError(path.name, "the id '{id}' is taken by another file", id=edition.script.id)
            if edition.script.id.startswith(OWN):
                raise ScriptError(path.name, "ids that begin with '{own}' are kept for therapists' own", own=OWN)
        except ScriptError as fault:
            log.error("A dialogue was refused.", script=fault.where, fault=fault.why)
            faults.append(fault)
        else:
            scripts[edition.script.id] = edition
    if not scripts:
        reasons = "; ".join(str(fault) for fault in faults) or "it has no *.toml file"
        raise NoScriptsError(f"The folder {folder} holds no dialogue that can be used: {reasons}.")
    return scripts


def _read(path: Path) -> Edition:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ScriptError(path.name, "the file cannot be read as UTF-8 text") from error
    return Edition.parse(text, path.name)
