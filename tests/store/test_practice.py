"""The contract of `ports.Practice`, for the real one and for the fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.ports import Call, Practice, Therapist
from server.store.engine import Database
from server.store.practice import SqlPractice
from tests.fakes import MemoryPractice

LIND = Therapist("lind", "Dr. Lind", "en")


@pytest.fixture(params=["sqlite", "memory"])
async def practice(request: pytest.FixtureRequest, address: str) -> AsyncIterator[Practice]:
    if request.param == "memory":
        yield MemoryPractice()
        return
    database = await Database.open(address)
    yield SqlPractice(database)
    await database.close()


async def test_therapists_are_counted_and_found(practice: Practice) -> None:
    assert await practice.therapist_count() == 0

    await practice.add_therapist(LIND)

    assert await practice.therapist_count() == 1
    assert await practice.therapist("lind") == LIND
    assert await practice.therapist("unknown") is None


async def test_a_therapist_sees_the_own_calls_the_newest_first(practice: Practice) -> None:
    await practice.add_therapist(LIND)
    await practice.add_therapist(Therapist("berg", "Dr. Berg", "de"))
    older, newer = Call("one", "lind", "Maya and Jonas", 100), Call("two", "lind", "", 200)
    for call in (older, newer, Call("three", "berg", "", 300), Call("demo", None, "", 400)):
        await practice.add_call(call)

    assert await practice.calls_of("lind") == [newer, older]
    assert await practice.call("demo") == Call("demo", None, "", 400)
    assert await practice.call("unknown") is None


async def test_a_setup_link_works_once(practice: Practice) -> None:
    await practice.add_setup_link(b"hash", 200)

    assert not await practice.redeem_setup_link(b"other", 100)
    assert await practice.redeem_setup_link(b"hash", 199)
    assert not await practice.redeem_setup_link(b"hash", 199)


async def test_a_setup_link_expires(practice: Practice) -> None:
    await practice.add_setup_link(b"hash", 200)

    assert not await practice.redeem_setup_link(b"hash", 200)


async def test_of_two_at_once_only_one_redeems(practice: Practice) -> None:
    await practice.add_setup_link(b"hash", 200)

    both = await asyncio.gather(*(practice.redeem_setup_link(b"hash", 100) for _ in range(2)))

    assert sorted(both) == [False, True]
