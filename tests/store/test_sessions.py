"""The contract of `ports.Sessions`, for the real one and for the fake."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.ports import Sessions, StoredSession
from server.store.engine import Database
from server.store.sessions import SqlSessions
from tests.fakes import MemorySessions


def session(key: bytes, data: str = "{}", expires: int = 200) -> StoredSession:
    return StoredSession(key, data, 100, expires)


@pytest.fixture(params=["sqlite", "memory"])
async def sessions(request: pytest.FixtureRequest, address: str) -> AsyncIterator[Sessions]:
    if request.param == "memory":
        yield MemorySessions()
        return
    database = await Database.open(address)
    yield SqlSessions(database)
    await database.close()


async def test_a_session_is_there_until_it_expires(sessions: Sessions) -> None:
    await sessions.put(session(b"\x00a"))

    assert await sessions.get(b"\x00a", 199) == session(b"\x00a")
    assert await sessions.get(b"\x00a", 200) is None
    assert await sessions.get(b"\x00b", 199) is None


async def test_putting_again_replaces(sessions: Sessions) -> None:
    await sessions.put(session(b"a"))
    await sessions.put(session(b"a", '{"invitation": "x"}', 300))

    assert await sessions.get(b"a", 250) == session(b"a", '{"invitation": "x"}', 300)


async def test_a_deleted_session_is_gone(sessions: Sessions) -> None:
    await sessions.put(session(b"a"))
    await sessions.put(session(b"b"))

    await sessions.delete(b"a")
    await sessions.delete(b"unknown")

    assert await sessions.get(b"a", 150) is None
    assert await sessions.get(b"b", 150) == session(b"b")


async def test_purging_takes_what_has_expired_and_counts_it(sessions: Sessions) -> None:
    for number in range(3):
        await sessions.put(session(bytes([number]), expires=200 + number))

    assert await sessions.purge(201) == 2
    assert await sessions.purge(201) == 0
    assert await sessions.get(b"\x02", 201) == session(b"\x02", expires=202)
