"""The dialogues that a room knows: those it offers now, and every edition that its log names.

An edition is one exact text of a script, named by its digest. A script may be changed or taken away at any time; a
dialogue goes on, and is told again from the log, with the very edition that it began with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from server.domain.errors import UnknownThing
from server.domain.reading import parse
from server.domain.script import Script


def edition_of(text: str) -> str:
    """The name of the edition that a script's text is: its SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Edition:
    """One exact text of a script, and what it says. `name` is its digest."""

    name: str
    script: Script
    text: str = field(repr=False)

    @classmethod
    def parse(cls, text: str, where: str) -> Edition:
        """Raises ScriptError, as `script.parse` does."""
        return cls(edition_of(text), parse(text, where), text)


@dataclass(frozen=True, slots=True)
class Catalogue(Mapping[str, Script]):
    """As a mapping: the scripts offered now, by id, in the order in which they are shown.

    `offered` names the edition of each; `editions` holds these and all others that are known.
    """

    offered: Mapping[str, str] = field(default_factory=dict)
    editions: Mapping[str, Script] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, offered: Iterable[Edition], former: Mapping[str, Script] | None = None) -> Catalogue:
        """From what is offered, and from `former` editions that may be offered no more."""
        editions = list(offered)
        return cls(
            {edition.script.id: edition.name for edition in editions},
            {**(former or {}), **{edition.name: edition.script for edition in editions}},
        )

    def after(self, former: Catalogue) -> Catalogue:
        """What is offered here, and every edition that was known before besides."""
        return Catalogue(self.offered, {**former.editions, **self.editions})

    def edition(self, script_id: str, edition: str = "") -> str:
        """The edition to begin with: the given one, or where none is given the one offered now.

        Raises UnknownThing when it is not known, or is another script's.
        """
        found = edition or self.offered.get(script_id, "")
        if found not in self.editions or self.editions[found].id != script_id:
            raise UnknownThing("there is no such script, or not in this edition", code="unknown-script")
        return found

    @override
    def __getitem__(self, script_id: str) -> Script:
        return self.editions[self.offered[script_id]]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self.offered)

    @override
    def __len__(self) -> int:
        return len(self.offered)
