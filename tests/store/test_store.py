from __future__ import annotations

from pathlib import Path

import pytest

from server.domain.seats import Seat
from server.ports import Invitation, LoggedEvent, StoredSession, Therapist
from server.store.errors import StoreError
from server.store.store import open_store
from tests.playbook import opened


async def test_all_ports_stand_on_one_database(address: str) -> None:
    store = await open_store(address)
    await store.log.append("room", [LoggedEvent(1, opened())])
    await store.invitations.add(Invitation("id", "room", Seat.PARTNER_B, b"hash", 1, 2))
    await store.sessions.put(StoredSession(b"key", "{}", 1, 2))
    await store.practice.add_therapist(Therapist("t", "Dr. Lind", "en"))
    await store.close()

    again = await open_store(address)
    assert len(await again.log.load("room")) == 1
    assert await again.invitations.find("id") is not None
    assert await again.sessions.get(b"key", 1) is not None
    assert await again.practice.therapist_count() == 1
    await again.close()


async def test_a_damaged_database_is_an_error_of_the_store(address: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/thirdchair.db").write_bytes(b"\xff" * 8192)

    with pytest.raises(StoreError):
        await open_store(address)


async def test_a_full_disk_is_no_loss(address: str) -> None:
    """What does not fit is refused, and what was there stays readable."""
    store = await open_store(address)
    await store.log.append("room", [LoggedEvent(1, opened())])
    async with store.database.transaction() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(Exception, match="full"):
        await store.practice.add_therapist(Therapist("t", "x" * 100_000, "en"))

    assert len(await store.log.load("room")) == 1
    await store.close()
