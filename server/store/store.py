"""Everything that one database holds, behind the ports; what `app` opens at the start."""

from __future__ import annotations

from dataclasses import dataclass

from server.store.engine import Database
from server.store.invitations import SqlInvitations
from server.store.practice import SqlPractice
from server.store.room_log import SqlRoomLog
from server.store.scripts import SqlEditions, SqlOwnScripts
from server.store.sessions import SqlSessions


@dataclass(frozen=True, slots=True)
class Store:
    """One open database. Made by `open_store`; to be closed by whoever opened it."""

    database: Database
    log: SqlRoomLog
    invitations: SqlInvitations
    sessions: SqlSessions
    practice: SqlPractice
    editions: SqlEditions
    scripts: SqlOwnScripts

    async def close(self) -> None:
        await self.database.close()


async def open_store(address: str) -> Store:
    """Open the database at a SQLAlchemy address with an asynchronous driver, making it if it is new.

    Raises StoreError when it is damaged or written by a newer version.
    """
    database = await Database.open(address)
    return Store(
        database=database,
        log=SqlRoomLog(database),
        invitations=SqlInvitations(database),
        sessions=SqlSessions(database),
        practice=SqlPractice(database),
        editions=SqlEditions(database),
        scripts=SqlOwnScripts(database),
    )
