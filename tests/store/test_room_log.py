"""The contract of `ports.RoomLog`, for the real one and for the fake that other tests trust."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from server.domain.events import SeatConnected, SeatEntered
from server.domain.seats import Seat
from server.ports import ConflictError, LoggedEvent, RoomLog
from server.store.engine import Database
from server.store.errors import BrokenLogError
from server.store.room_log import SqlRoomLog
from tests.fakes import MemoryLog
from tests.playbook import opened


def entries(*indexes: int) -> list[LoggedEvent]:
    return [LoggedEvent(index, SeatEntered(index, Seat.PARTNER_A), f"partner-a:{index}") for index in indexes]


@pytest.fixture(params=["sqlite", "memory"])
async def log(request: pytest.FixtureRequest, address: str) -> AsyncIterator[RoomLog]:
    if request.param == "memory":
        yield MemoryLog()
        return
    database = await Database.open(address)
    yield SqlRoomLog(database)
    await database.close()


async def test_what_was_appended_is_loaded_in_order(log: RoomLog) -> None:
    first = LoggedEvent(1, opened())
    await log.append("room", [first])
    await log.append("room", entries(2, 3))

    assert await log.load("room") == [first, *entries(2, 3)]


async def test_rooms_are_apart(log: RoomLog) -> None:
    await log.append("one", entries(1))
    await log.append("other", entries(1, 2))

    assert await log.load("one") == entries(1)
    assert await log.load("unknown") == []


async def test_a_taken_index_is_a_conflict_and_nothing_is_stored(log: RoomLog) -> None:
    await log.append("room", entries(1, 2))

    with pytest.raises(ConflictError):
        await log.append("room", [*entries(3), *entries(2)])

    assert await log.load("room") == entries(1, 2)
    await log.append("room", entries(3))
    assert await log.load("room") == entries(1, 2, 3)


async def test_nothing_to_append_is_nothing_done(log: RoomLog) -> None:
    await log.append("room", [])

    assert await log.load("room") == []


async def test_the_log_outlives_the_process(address: str) -> None:
    database = await Database.open(address)
    await SqlRoomLog(database).append("room", [LoggedEvent(1, opened()), *entries(2)])
    await database.close()

    again = await Database.open(address)
    assert await SqlRoomLog(again).load("room") == [LoggedEvent(1, opened()), *entries(2)]
    await again.close()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ('DELETE FROM rooms_events WHERE "index" = 2', "Event 2 of a room's log cannot be read: it is missing"),
        ("UPDATE rooms_events SET type = 'Gone' WHERE \"index\" = 2", "Event 2 .* its type 'Gone' is not known"),
        ("UPDATE rooms_events SET payload = '{}' WHERE \"index\" = 3", "Event 3 .* missing required field"),
    ],
)
async def test_a_damaged_log_says_where_and_why(database: Database, damage: str, why: str) -> None:
    log = SqlRoomLog(database)
    await log.append("room", [LoggedEvent(1, SeatConnected(1, Seat.PARTNER_A)), *entries(2, 3)])
    async with database.transaction() as connection:
        await connection.execute(text(damage))

    with pytest.raises(BrokenLogError, match=why):
        await log.load("room")
