"""Expected refusals.

DomainError
├── NotAllowed      this seat may not do that
├── OutOfState      not now: the room or the dialogue stands elsewhere
├── Stale           the command was given for an earlier state of the dialogue
└── UnknownThing    no such script, step or edge
ScriptError         a script is not sound (`where`, `why`)

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
    """A script that cannot be used. `where` names the text and the line, `why` says what is wrong.

    `place` is the keys and indices that lead there, such as ``step 3 edge 0 to``; `sentence` is the reason before
    its `values` stood in it, so that pages can say it in other languages.
    """

    def __init__(self, name: str, sentence: str, *, line: int | None = None, place: str = "", **values: str) -> None:
        self.where = name if line is None else f"{name}, line {line}"
        self.why = sentence.format(**values)
        self.line = line
        self.place = place
        self.sentence = sentence
        self.values = values
        super().__init__(f"{self.where}: {self.why}")
