"""Dialogues in the database: every edition ever offered, and what therapists wrote; implements two ports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, delete, insert, select

from server.ports import OwnScript
from server.store.engine import Database
from server.store.tables import editions as kept
from server.store.tables import scripts as own


class SqlEditions:
    """Implements `ports.Editions`. A text is found by what it says, so there is nothing to change or delete."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, texts: Mapping[str, str]) -> None:
        async with self._database.transaction() as connection:
            known = set(await connection.scalars(select(kept.c.digest).where(kept.c.digest.in_(texts))))
            new = [{"digest": digest, "text": text} for digest, text in texts.items() if digest not in known]
            if new:
                await connection.execute(insert(kept), new)

    async def texts(self, editions: Collection[str]) -> dict[str, str]:
        async with self._database.transaction() as connection:
            rows = await connection.execute(select(kept).where(kept.c.digest.in_(editions)))
            return {row.digest: row.text for row in rows}


class SqlOwnScripts:
    """Implements `ports.OwnScripts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, script: OwnScript) -> None:
        values = {
            "id": script.id,
            "therapist_id": script.therapist_id,
            "name": script.name,
            "text": script.text,
            "updated": script.updated,
        }
        async with self._database.transaction() as connection:
            await connection.execute(delete(own).where(own.c.id == script.id))
            await connection.execute(insert(own), values)

    async def find(self, script_id: str) -> OwnScript | None:
        async with self._database.transaction() as connection:
            row = (await connection.execute(select(own).where(own.c.id == script_id))).first()
        return None if row is None else _own(row)

    async def of_therapist(self, therapist_id: str) -> list[OwnScript]:
        query = select(own).where(own.c.therapist_id == therapist_id).order_by(own.c.name, own.c.id)
        async with self._database.transaction() as connection:
            return [_own(row) for row in await connection.execute(query)]

    async def delete(self, script_id: str) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(own).where(own.c.id == script_id))


def _own(row: Row[Any]) -> OwnScript:
    return OwnScript(row.id, row.therapist_id, row.name, row.text, row.updated)
