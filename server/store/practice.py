"""Therapists, their calls, and set-up links in the database; implements `ports.Practice`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from server.ports import Call, Therapist
from server.store.engine import Database
from server.store.tables import calls, setup_links, therapists


class SqlPractice:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_therapist(self, therapist: Therapist) -> None:
        values = {"id": therapist.id, "name": therapist.name, "language": therapist.language}
        async with self._database.transaction() as connection:
            await connection.execute(insert(therapists), values)

    async def therapist(self, therapist_id: str) -> Therapist | None:
        query = select(therapists).where(therapists.c.id == therapist_id)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else Therapist(row.id, row.name, row.language)

    async def therapist_count(self) -> int:
        async with self._database.transaction() as connection:
            return (await connection.execute(select(func.count()).select_from(therapists))).scalar_one()

    async def add_call(self, call: Call) -> None:
        values = {
            "room_id": call.room_id,
            "therapist_id": call.therapist_id,
            "title": call.title,
            "created": call.created,
        }
        async with self._database.transaction() as connection:
            await connection.execute(insert(calls), values)

    async def calls_of(self, therapist_id: str) -> list[Call]:
        """The newest first."""
        query = select(calls).where(calls.c.therapist_id == therapist_id)
        query = query.order_by(calls.c.created.desc(), calls.c.room_id)
        async with self._database.transaction() as connection:
            return [_call(row) for row in await connection.execute(query)]

    async def call(self, room_id: str) -> Call | None:
        async with self._database.transaction() as connection:
            row = (await connection.execute(select(calls).where(calls.c.room_id == room_id))).first()
        return None if row is None else _call(row)

    async def add_setup_link(self, secret_hash: bytes, expires: int) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(insert(setup_links), {"secret_hash": secret_hash, "expires": expires})

    async def redeem_setup_link(self, secret_hash: bytes, now: int) -> bool:
        """True once for a link that is known and not expired; the link is then used up."""
        query = delete(setup_links).where(setup_links.c.secret_hash == secret_hash, setup_links.c.expires > now)
        async with self._database.transaction() as connection:
            return (await connection.execute(query)).rowcount == 1


def _call(row: Row[Any]) -> Call:
    return Call(row.room_id, row.therapist_id, row.title, row.created)
