"""Which dialogues each room knows: the shipped ones, its therapist's own, and every edition that its log names.

Texts that were sound once are read again and not judged again; they are kept in memory for the rooms to come.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final

from server.domain.catalogue import Catalogue, Edition, edition_of
from server.domain.errors import ScriptError
from server.domain.reading import read
from server.domain.script import Script
from server.log import logger
from server.ports import Editions, OwnScripts, Practice

READ_AT_ONCE: Final = 256
"""Editions that stay in memory besides the shipped ones; the one used longest ago goes first."""

log = logger(__name__)


class MissingEditionError(Exception):
    """A log names an edition that is not kept here, or cannot be read by this version."""

    def __init__(self, edition: str) -> None:
        super().__init__(f"the edition {edition[:12]} of a dialogue is missing")
        self.edition = edition


class Library:
    """`shipped` are the dialogues of this installation, by id, in the order in which they are shown."""

    def __init__(self, shipped: Mapping[str, Edition], editions: Editions, own: OwnScripts, practice: Practice) -> None:
        self._shipped = tuple(shipped.values())
        self._kept = editions
        self._own = own
        self._practice = practice
        self._read: OrderedDict[str, Script] = OrderedDict()

    @property
    def shipped(self) -> tuple[Edition, ...]:
        return self._shipped

    async def keep_shipped(self) -> None:
        """Make the editions of this installation's files outlive them. To be done before any room opens."""
        await self._kept.keep({edition.name: edition.text for edition in self._shipped})

    async def catalogue(self, room_id: str, used: Iterable[str] = ()) -> Catalogue:
        """What the room offers now, with the editions `used` besides. Raises MissingEditionError."""
        return Catalogue.of([*self._shipped, *await self._own_of(room_id)], await self._editions(used))

    async def _own_of(self, room_id: str) -> list[Edition]:
        call = await self._practice.call(room_id)
        if call is None or call.therapist_id is None:
            return []
        offered = []
        for own in await self._own.of_therapist(call.therapist_id):
            name = edition_of(own.text)
            try:
                script = await self._script(name, own.text)
            except ScriptError as fault:  # an older version took it; the others are offered
                log.error("A dialogue was refused.", script=own.id, fault=fault.why)
            else:
                offered.append(Edition(name, script, own.text))
        return offered

    async def _editions(self, used: Iterable[str]) -> dict[str, Script]:
        known = {edition.name: edition.script for edition in self._shipped}
        wanted = {name for name in used if name and name not in known}
        texts = await self._kept.texts(wanted - self._read.keys()) if wanted - self._read.keys() else {}
        for name in sorted(wanted):
            try:
                known[name] = await self._script(name, texts.get(name))
            except ScriptError as fault:
                raise MissingEditionError(name) from fault
        return known

    async def _script(self, name: str, text: str | None) -> Script:
        if name in self._read:
            self._read.move_to_end(name)
            return self._read[name]
        if text is None:
            raise MissingEditionError(name)
        # a long text takes tens of milliseconds, in which sound and picture must go on
        script = self._read[name] = await asyncio.to_thread(read, text, name[:12])
        if len(self._read) > READ_AT_ONCE:
            self._read.popitem(last=False)
        return script
