"""The contracts of `ports.Editions` and `ports.OwnScripts`, for the real ones and for the fakes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from server.ports import Editions, OwnScript, OwnScripts, Therapist
from server.store.store import open_store
from tests.fakes import MemoryEditions, MemoryOwnScripts


@dataclass(frozen=True)
class Shelf:
    editions: Editions
    scripts: OwnScripts


@pytest.fixture(params=["sqlite", "memory"])
async def shelf(request: pytest.FixtureRequest, address: str) -> AsyncIterator[Shelf]:
    if request.param == "memory":
        yield Shelf(MemoryEditions(), MemoryOwnScripts())
        return
    store = await open_store(address)
    for name in ("lind", "berg"):
        await store.practice.add_therapist(Therapist(name, name, "en"))
    yield Shelf(store.editions, store.scripts)
    await store.close()


async def test_an_edition_is_kept_once_and_for_ever(shelf: Shelf) -> None:
    await shelf.editions.keep({})
    await shelf.editions.keep({"a": "one", "b": "two"})
    await shelf.editions.keep({"b": "changed", "c": "three “…” ß"})

    assert await shelf.editions.texts(["a", "b", "c", "d"]) == {"a": "one", "b": "two", "c": "three “…” ß"}
    assert await shelf.editions.texts([]) == {}


MINE = OwnScript("own-1", "lind", "Beta", "text", 5)


async def test_own_scripts_are_found_by_therapist_and_name(shelf: Shelf) -> None:
    first = OwnScript("own-2", "lind", "Alpha", "x" * 262_144, 6)
    for script in (MINE, first, OwnScript("own-3", "berg", "Alpha", "text", 7)):
        await shelf.scripts.put(script)

    assert await shelf.scripts.of_therapist("lind") == [first, MINE]
    assert await shelf.scripts.of_therapist("nobody") == []
    assert await shelf.scripts.find("own-1") == MINE
    assert await shelf.scripts.find("own-9") is None


async def test_one_is_replaced_and_deleted(shelf: Shelf) -> None:
    await shelf.scripts.put(MINE)
    await shelf.scripts.put(replace(MINE, text="changed", updated=9))

    assert await shelf.scripts.of_therapist("lind") == [replace(MINE, text="changed", updated=9)]

    await shelf.scripts.delete("own-1")
    await shelf.scripts.delete("own-1")
    assert await shelf.scripts.of_therapist("lind") == []
