"""A therapist's own dialogues: copied from another one, checked, stored, taken away.

Checks are those of `domain.reading` and nothing else; an edition is kept before it is offered anywhere.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.domain.catalogue import Edition, edition_of
from server.domain.errors import ScriptError
from server.domain.reading import parse, read
from server.domain.script import Script, pick
from server.domain.writing import to_data, write
from server.pages.contexts import ScriptLine
from server.pages.errors import RefusalError
from server.pages.forms import MAX_SCRIPT, CheckForm
from server.ports import Clock, Editions, OwnScript, OwnScripts, Therapist
from server.rooms.preview import PreviewedStep, preview
from server.rooms.scripts import OWN

MOST_OWN: Final = 50
"""Dialogues that a therapist may have."""

ReadAgain = Callable[[str], Awaitable[object]]
"""Told the id of a therapist whose dialogues have changed, once they are stored."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A sound dialogue: its text, the values for a form, and how it looks."""

    edition: Edition
    data: dict[str, Any]
    steps: tuple[PreviewedStep, ...]


class Desk:
    """`shipped` are the dialogues of the installation, `example` the text that a new one begins with."""

    def __init__(
        self,
        *,
        shipped: Sequence[Edition],
        example: str,
        own: OwnScripts,
        editions: Editions,
        clock: Clock,
        changed: ReadAgain,
    ) -> None:
        self._shipped = shipped
        self._example = example
        self._own = own
        self._editions = editions
        self._clock = clock
        self._changed = changed

    def shipped(self, language: str) -> tuple[ScriptLine, ...]:
        return tuple(_line(edition.script, language) for edition in self._shipped)

    async def own(self, therapist: Therapist) -> tuple[ScriptLine, ...]:
        """The therapist's own, by name."""
        scripts = await self._own.of_therapist(therapist.id)
        return tuple([await asyncio.to_thread(_own_line, script, therapist.language) for script in scripts])

    async def find(self, therapist: Therapist, script_id: str) -> OwnScript:
        """Raises RefusalError (`not-found`) for what is not there or is somebody else's."""
        found = await self._own.find(script_id)
        if found is None or found.therapist_id != therapist.id:
            raise RefusalError(404, "not-found")
        return found

    async def copy(self, therapist: Therapist, source: str | None) -> OwnScript:
        """A new own dialogue under the therapist's name. Raises RefusalError (`not-found`, `too-many`)."""
        if len(await self._own.of_therapist(therapist.id)) >= MOST_OWN:
            raise RefusalError(409, "too-many")
        text = self._example if source is None else await self._text_of(therapist, source)
        data = to_data(read(text, "the original"))
        data["id"] = f"{OWN}{secrets.token_hex(6)}"
        if source is not None:
            by = re.sub(r"[{}]", "", therapist.name)
            data["name"] = {language: f"{name[: 240 - len(by) - 3]} ({by})" for language, name in data["name"].items()}
        return await self._store(therapist, Edition.parse(write(data), "the copy"))

    async def check(self, form: CheckForm, script_id: str | None = None) -> Checked:
        """What the editor holds, if it is sound. Raises ScriptError, or RefusalError (`bad-request`, `too-large`)."""
        return await asyncio.to_thread(_check, form, script_id)

    async def save(self, therapist: Therapist, script_id: str, form: CheckForm, base: str) -> Checked:
        """Store a sound dialogue in the place of the edition `base`.

        Raises ScriptError, or RefusalError (`not-found`, `changed`, `bad-request`, `too-large`).
        """
        former = await self.find(therapist, script_id)
        checked = await self.check(form, script_id)
        if base != edition_of(former.text) != checked.edition.name:
            raise RefusalError(409, "changed")
        await self._store(therapist, checked.edition)
        return checked

    async def delete(self, therapist: Therapist, script_id: str) -> None:
        """Offer it no more. A dialogue that runs with it goes on. Raises RefusalError (`not-found`)."""
        await self._own.delete((await self.find(therapist, script_id)).id)
        await self._changed(therapist.id)

    async def _text_of(self, therapist: Therapist, source: str) -> str:
        for edition in self._shipped:
            if edition.script.id == source:
                return edition.text
        return (await self.find(therapist, source)).text

    async def _store(self, therapist: Therapist, edition: Edition) -> OwnScript:
        script, now = edition.script, self._clock.now()
        own = OwnScript(script.id, therapist.id, pick(script.name, therapist.language), edition.text, now)
        await self._editions.keep({edition.name: edition.text})
        await self._own.put(own)
        await self._changed(therapist.id)
        return own


def _check(form: CheckForm, script_id: str | None) -> Checked:
    text = form.text
    if text is None:
        if form.script is None:
            raise RefusalError(400, "bad-request")
        text = write(form.script)
    if len(text.encode()) > MAX_SCRIPT:
        raise RefusalError(413, "too-large")
    text = text.replace("\r\n", "\n")
    script = parse(text, "dialogue")
    if script_id is not None and script.id != script_id:
        line = next((n for n, row in enumerate(text.splitlines(), 1) if re.match(r"\s*id\s*=", row)), None)
        raise ScriptError("dialogue", "the id must stay '{id}'", line=line, place="id", id=script_id)
    edition = Edition(edition_of(text), script, text)
    return Checked(edition, to_data(script), preview(edition, form.language))


def _line(script: Script, language: str) -> ScriptLine:
    return ScriptLine(script.id, pick(script.name, language), pick(script.about, language), len(script.steps), None)


def _own_line(own: OwnScript, language: str) -> ScriptLine:
    try:
        script = parse(own.text, own.id)
    except ScriptError as fault:
        return ScriptLine(own.id, own.name, "", 0, own.updated, fault.why)
    line = _line(script, language)
    return ScriptLine(line.id, line.name, line.about, line.steps, own.updated)
