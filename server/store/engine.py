"""One database, opened: its folder and file, the settings of SQLite, its health and its schema.

Any SQLAlchemy address with an asynchronous driver does; what is said of SQLite alone stands in `_prepare_sqlite`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, event, make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from server.log import logger
from server.store.errors import BrokenDatabaseError
from server.store.schema import upgrade

PRAGMAS: Final = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # what is acknowledged outlives a power cut
    "foreign_keys": "ON",
    "secure_delete": "ON",  # what is deleted is overwritten
    "busy_timeout": "5000",  # milliseconds
}

log = logger(__name__)


class Database:
    """Made by `Database.open`; every use is one `transaction`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    async def open(cls, address: str) -> Database:
        """Open the database at a SQLAlchemy address, check it, and bring its schema up to date.

        Makes the folder (0700) and the file (0600) of a new SQLite database. Raises StoreError.
        """
        url = make_url(address)
        sqlite = url.get_backend_name() == "sqlite"
        engine = _sqlite_engine(url) if sqlite else create_async_engine(url, pool_pre_ping=True)
        database = cls(engine)
        try:
            if sqlite:
                await database._check()
            async with database.transaction() as connection:
                await connection.run_sync(upgrade)
        except BaseException:
            await database.close()
            raise
        return database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose changes are durable when the block has ended, all or none."""
        async with self._engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self._engine.dispose()

    async def _check(self) -> None:
        try:
            async with self.transaction() as connection:
                found = (await connection.execute(text("PRAGMA quick_check(1)"))).scalar()
        except OperationalError:
            raise  # locked, or not to be opened: not damaged
        except DatabaseError as error:
            raise BrokenDatabaseError from error
        if found != "ok":
            raise BrokenDatabaseError


def _sqlite_engine(url: URL) -> AsyncEngine:
    if url.database and url.database != ":memory:":
        _keep_private(Path(url.database))
    # One connection: there is one writer, and what it wrote is what the next reader sees.
    engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=30)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions begin when _begin_sqlite says so, also before DDL
    cursor = connection.cursor()
    for name, value in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _keep_private(path: Path) -> None:
    """Only the owner reads the database; its journal takes the file's mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    if stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        log.warning("The database's folder is open to other users of this machine.", data=str(path.parent))
