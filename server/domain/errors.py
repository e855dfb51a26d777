"""Expected refusals.

DomainError
├── NotAllowed      this seat may not do that
├── OutOfState      not now: the room or the dialogue stands elsewhere
├── Stale           the command was given for an earlier state of the dialogue
└── UnknownThing    no such script, step or edge
ScriptError         a script file is not sound (`where`, `why`)

A `DomainError` changes nothing. Its `code` is stable and part of the wire; the words for people
are made by the page in that person's language.
"""

from __future__ import annotations


class DomainError(Exception):
    """An event that a room refuses; the room stays as it was."""

    code = "refused"

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(reason)
        if code is not None:
            self.code = code


class NotAllowed(DomainError):
    code = "not-allowed"


class OutOfState(DomainError):
    code = "out-of-state"


class Stale(DomainError):
    code = "stale"


class UnknownThing(DomainError):
    code = "unknown"


class ScriptError(Exception):
    """A script that cannot be used. `where` names the file and place, `why` says what is wrong."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why
