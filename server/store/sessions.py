"""Sessions in the database; implements `ports.Sessions`."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from server.ports import StoredSession
from server.store.engine import Database
from server.store.tables import sessions as table


class SqlSessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, session: StoredSession) -> None:
        """Add or replace."""
        values = {
            "key": session.key,
            "data": session.data,
            "created": session.created,
            "expires": session.expires,
        }
        async with self._database.transaction() as connection:
            await connection.execute(delete(table).where(table.c.key == session.key))
            await connection.execute(insert(table), values)

    async def get(self, key: bytes, now: int) -> StoredSession | None:
        """None when unknown or expired."""
        async with self._database.transaction() as connection:
            row = (await connection.execute(select(table).where(table.c.key == key, table.c.expires > now))).first()
        return None if row is None else StoredSession(row.key, row.data, row.created, row.expires)

    async def delete(self, key: bytes) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(table).where(table.c.key == key))

    async def purge(self, now: int) -> int:
        """Delete what has expired; how many there were."""
        async with self._database.transaction() as connection:
            return (await connection.execute(delete(table).where(table.c.expires <= now))).rowcount
