"""What each template is given: one frozen value per page, so that a template has no other source.

The counterpart of ``web/templates``; ``words.py`` adds what every page has besides, as :class:`Common`. Nothing here
is about two partners at once, except on the therapist's own page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

Catalogues = Mapping[str, Mapping[str, str]]
"""For each language, each English sentence and what it is called there: for ``{{ words | tojson }}``."""


@dataclass(frozen=True, slots=True)
class LanguageName:
    """A language that can be chosen: its BCP 47 tag and its name in itself."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Common:
    """What every page has. `gettext` is what ``_()`` calls; there are no plural forms."""

    language: str
    """The language that the page is written in: for ``<html lang>``."""
    direction: Literal["ltr", "rtl"]
    """That of the language's script: for ``<html dir>``."""
    languages: tuple[LanguageName, ...]
    nonce: str
    """For every ``<script nonce=…>``; a script without it does not run."""
    version: int
    """Of the wire: the page says it in `hello`."""
    gettext: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What this is; nothing private."""

    template: ClassVar = "front.html"


@dataclass(frozen=True, slots=True)
class CallPage:
    """The same for every link and every seat: all else comes over the socket."""

    template: ClassVar = "call.html"
    words: Catalogues


@dataclass(frozen=True, slots=True)
class SetupPage:
    """The form of a new therapist; its script reads the secret from the fragment."""

    template: ClassVar = "setup.html"
    words: Catalogues


InvitationState = Literal["early", "open", "expired", "none"]


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call of the therapist's. `created` is in milliseconds since 1970-01-01 UTC.

    `invitations` says how its links stand: `early` (not valid yet), `open`, `expired`, or `none` (all revoked).
    """

    room: str
    title: str
    created: int
    invitations: InvitationState


@dataclass(frozen=True, slots=True)
class HomePage:
    """The therapist's own page; `own_language` is that of the account, calls are the newest first."""

    template: ClassVar = "home.html"
    words: Catalogues
    name: str
    own_language: str
    calls: tuple[CallLine, ...]


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One dialogue in the list; `updated` in milliseconds since 1970-01-01 UTC, None for a shipped one.

    `fault` says what an older version did not mind and this one does, so that it is offered in no room.
    """

    id: str
    name: str
    about: str
    steps: int
    updated: int | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class ScriptsPage:
    """The dialogues that a therapist may begin: the own ones, and those of the installation."""

    template: ClassVar = "scripts.html"
    words: Catalogues
    own: tuple[ScriptLine, ...]
    shipped: tuple[ScriptLine, ...]


@dataclass(frozen=True, slots=True)
class ScriptPage:
    """The editor of one own dialogue. `edition` is the one that is stored."""

    template: ClassVar = "script.html"
    words: Catalogues
    id: str
    name: str
    text: str
    edition: str


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What happened and what to do, one sentence each, in the page's language already."""

    template: ClassVar = "error.html"
    status: int
    code: str
    title: str
    advice: str


AnyPage = FrontPage | CallPage | SetupPage | HomePage | ScriptsPage | ScriptPage | ErrorPage
