from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from server.store.engine import Database
from server.store.errors import NewerSchemaError


async def tables(database: Database) -> set[str]:
    async with database.transaction() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_a_new_database_gets_all_tables(database: Database) -> None:
    assert await tables(database) == {
        "alembic_version",
        "calls",
        "editions",
        "invitations",
        "rooms_events",
        "scripts",
        "sessions",
        "setup_links",
        "therapists",
    }


async def test_opening_again_changes_nothing(database: Database, address: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("INSERT INTO therapists VALUES ('t', 'Dr. Lind', 'en')"))
    await database.close()

    again = await Database.open(address)
    async with again.transaction() as connection:
        assert (await connection.execute(text("SELECT name FROM therapists"))).scalar() == "Dr. Lind"
    await again.close()


async def test_a_newer_schema_is_refused_in_a_sentence_and_left_alone(
    database: Database, address: str, tmp_path: Path
) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    await database.close()

    with pytest.raises(NewerSchemaError, match=r"newer version of Thirdchair \(schema 0999\)"):
        await Database.open(address)

    file = sqlite3.connect(tmp_path / "data/thirdchair.db")
    assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [("0999",)]
    file.close()


async def test_a_migration_that_fails_leaves_nothing_behind(address: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    file = sqlite3.connect(tmp_path / "data/thirdchair.db")
    file.execute("CREATE TABLE setup_links (strange TEXT)")  # the last table of the first migration
    file.close()

    with pytest.raises(Exception, match="setup_links"):
        await Database.open(address)

    file = sqlite3.connect(tmp_path / "data/thirdchair.db")
    assert file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("setup_links",)]
    file.close()
