from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from server.store.engine import Database
from server.store.errors import BrokenDatabaseError
from server.store.tables import therapists


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


async def test_only_the_owner_reads_folder_file_and_journal(database: Database, tmp_path: Path) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("INSERT INTO therapists VALUES ('t', 'Dr. Lind', 'en')"))

    assert mode(tmp_path / "data") == "0o700"
    assert {path.name: mode(path) for path in (tmp_path / "data").iterdir()} == {
        "thirdchair.db": "0o600",
        "thirdchair.db-shm": "0o600",
        "thirdchair.db-wal": "0o600",
    }


async def test_a_file_that_was_open_to_others_is_closed_to_them(
    address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data").chmod(0o755)
    (tmp_path / "data/thirdchair.db").touch(mode=0o644)

    await (await Database.open(address)).close()

    assert mode(tmp_path / "data/thirdchair.db") == "0o600"
    assert "The database's folder is open to other users of this machine." in caplog.messages


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 5000)],
)
async def test_sqlite_is_set_for_safety(database: Database, pragma: str, value: object) -> None:
    async with database.transaction() as connection:
        assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar() == value


async def test_a_damaged_file_is_refused_in_a_sentence(address: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/thirdchair.db").write_bytes(b"this is no database, whatever its name says" * 100)

    with pytest.raises(BrokenDatabaseError, match="restore the last backup"):
        await Database.open(address)


async def test_a_damaged_page_inside_is_found(database: Database, address: str, tmp_path: Path) -> None:
    async with database.transaction() as connection:
        rows = [{"id": str(number), "name": "x" * 200, "language": "en"} for number in range(300)]
        await connection.execute(insert(therapists), rows)
    await database.close()
    file = tmp_path / "data/thirdchair.db"
    content = bytearray(file.read_bytes())
    content[len(content) // 2 :] = b"\xa5" * (len(content) - len(content) // 2)
    file.write_bytes(content)

    with pytest.raises(BrokenDatabaseError):
        await Database.open(address)


async def test_a_transaction_that_fails_changes_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("INSERT INTO therapists VALUES ('t', 'Dr. Lind', 'en')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    async with database.transaction() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM therapists"))).scalar() == 0


async def test_transactions_side_by_side_wait_for_one_another(database: Database) -> None:
    async def add(number: int) -> None:
        async with database.transaction() as connection:
            count = (await connection.execute(text("SELECT count(*) FROM therapists"))).scalar()
            row = {"id": str(number), "name": str(count), "language": "en"}
            await connection.execute(insert(therapists), row)

    await asyncio.gather(*(add(number) for number in range(20)))

    async with database.transaction() as connection:
        names = (await connection.execute(text("SELECT name FROM therapists"))).scalars().all()
    assert sorted(map(int, names)) == list(range(20))
