"""What pages send to the API, as strict types, and how it is read: bounded in size and time, or refused.

The counterpart of `errors`; the wire of a call is not here but in `server.protocol`.
"""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Annotated, Any, Final, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from server.pages.errors import RefusalError

MAX_BODY: Final = 64 * 1024
MAX_SCRIPT: Final = 256 * 1024
"""Bytes of a dialogue's text."""

MAX_SCRIPT_BODY: Final = 3 * MAX_SCRIPT
"""In JSON a text is longer, and a form's values are longer than its text."""

BODY_TIME: Final = 20
"""Seconds in which a body must have arrived."""

NAME_LENGTH: Final = 40

InvitationId = Annotated[str, Meta(min_length=1, max_length=64)]
Secret = Annotated[str, Meta(min_length=1, max_length=128)]
Name = Annotated[str, Meta(min_length=1, max_length=400)]
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")]


class Form(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """What all have in common: no unknown field is taken."""


class JoinForm(Form, frozen=True, kw_only=True):
    """The two parts of a personal link. Any text will do: what is no link is a bad link."""

    id: InvitationId
    secret: Secret


class SetupForm(Form, frozen=True, kw_only=True):
    """The first page of a new therapist."""

    secret: Secret
    name: Name
    language: Language


class PartnerForm(Form, frozen=True, kw_only=True):
    name: Name
    language: Language


ScriptText = Annotated[str, Meta(max_length=MAX_SCRIPT)]


class CheckForm(Form, frozen=True, kw_only=True):
    """A dialogue as it stands in the editor: its text, or the values of its form, of which a text is to be made."""

    text: ScriptText | None = None
    script: dict[str, Any] | None = None
    language: Language = "en"


class SaveForm(CheckForm, frozen=True, kw_only=True):
    """`base` is the edition that the editor began with."""

    base: Annotated[str, Meta(max_length=64)]


class CopyForm(Form, frozen=True, kw_only=True):
    """A new own dialogue: a copy of another one, or of the small example."""

    source: Annotated[str, Meta(max_length=40)] | None = None


class CallForm(Form, frozen=True, kw_only=True):
    """A new call for two: who sits where, as ``partner-a`` and ``partner-b``."""

    partner_a: PartnerForm
    partner_b: PartnerForm


F = TypeVar("F", bound=Form)


async def read(request: web.Request, form: type[F], *, limit: int = MAX_BODY) -> F:
    """The body of `request` as a `form`. Raises RefusalError (`bad-request`, `too-large`, `slow`)."""
    if request.content_type != "application/json":
        raise RefusalError(400, "bad-request")
    try:
        async with asyncio.timeout(BODY_TIME):
            body = await request.clone(client_max_size=limit).read()
    except web.HTTPRequestEntityTooLarge as error:
        raise RefusalError(413, "too-large") from error
    except TimeoutError as error:
        raise RefusalError(408, "slow") from error
    try:
        return msgspec.json.decode(body, type=form, strict=True)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise RefusalError(400, "bad-request") from error


def clean_name(text: str) -> str:
    """A name as it may stand on other people's screens: one line, no control or direction marks, at most 40 letters.

    Raises RefusalError (`bad-request`) when nothing is left.
    """
    kept: list[str] = []
    letters = marks = 0
    for sign in unicodedata.normalize("NFC", text):
        category = unicodedata.category(sign)
        if sign.isspace():
            kept.append(" ")
        elif category.startswith("M"):
            marks += 1
            if letters and marks <= _MARKS:
                kept.append(sign)
        elif sign in _JOINERS:
            kept.append(sign)
        elif not category.startswith("C"):
            letters, marks = letters + 1, 0
            if letters > NAME_LENGTH:
                break
            kept.append(sign)
    if letters == 0:
        raise RefusalError(400, "bad-request")
    # what was left out may have parted spaces, or a letter from its accent
    return unicodedata.normalize("NFC", " ".join("".join(kept).split())).strip(" \u200c\u200d")


_JOINERS: Final = ("\u200c", "\u200d")
"""They belong to the spelling of names in Persian and in the languages of India."""

_MARKS: Final = 4
"""Combining marks that one letter may bear."""
