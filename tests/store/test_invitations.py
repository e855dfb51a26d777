"""The contract of `ports.Invitations`, for the real one and for the fake."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.domain.seats import SEATS, Seat
from server.ports import Invitation, Invitations
from server.store.engine import Database
from server.store.invitations import SqlInvitations
from tests.fakes import MemoryInvitations


def invitation(name: str, room: str = "room", seat: Seat = Seat.PARTNER_A) -> Invitation:
    return Invitation(name, room, seat, b"\x00hash\xff", 1_800_000_000_000, 1_900_000_000_000)


@pytest.fixture(params=["sqlite", "memory"])
async def invitations(request: pytest.FixtureRequest, address: str) -> AsyncIterator[Invitations]:
    if request.param == "memory":
        yield MemoryInvitations()
        return
    database = await Database.open(address)
    yield SqlInvitations(database)
    await database.close()


async def test_an_invitation_is_found_by_its_id(invitations: Invitations) -> None:
    await invitations.add(invitation("one"))

    assert await invitations.find("one") == invitation("one")
    assert await invitations.find("two") is None


async def test_those_of_a_room_are_found_together(invitations: Invitations) -> None:
    for name, seat in zip("abc", SEATS, strict=True):
        await invitations.add(invitation(name, seat=seat))
    await invitations.add(invitation("other", room="other"))

    found = await invitations.of_room("room")
    assert [(each.id, each.seat) for each in found] == list(zip("abc", SEATS, strict=True))


async def test_revoking_is_for_that_one_only(invitations: Invitations) -> None:
    await invitations.add(invitation("one"))
    await invitations.add(invitation("two"))

    await invitations.revoke("one")
    await invitations.revoke("unknown")

    assert await invitations.find("one") == replace(invitation("one"), revoked=True)
    assert await invitations.find("two") == invitation("two")
