from __future__ import annotations

from collections.abc import Sequence

import pytest

from server.access import Access, AccessError
from server.domain.events import SeatNamed
from server.domain.seats import SEATS, Seat
from server.pages.booking import LINK_DAYS, Book
from server.pages.contexts import CallLine
from tests.fakes import START, FakeClock, MemoryInvitations, MemoryPractice

DAY = 24 * 3_600_000
PEOPLE = tuple(SeatNamed(seat, name, "en") for seat, name in zip(SEATS, ("Lind", "Maya", "Jonas"), strict=True))


class Desk:
    """A book on fakes; `done` is what was asked of rooms, in order."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.practice = MemoryPractice()
        self.invitations = MemoryInvitations()
        self.access = Access(self.invitations, b"p" * 32)
        self.done: list[tuple[str, str, bool]] = []
        self.book = Book(
            practice=self.practice,
            invitations=self.invitations,
            access=self.access,
            create_room=self._create,
            close_room=self._close,
            clock=self.clock,
            origin="https://therapy.test",
        )

    async def _create(self, room_id: str, seats: Sequence[SeatNamed]) -> None:
        assert tuple(seats) == PEOPLE
        self.done.append(("create", room_id, bool(await self.invitations.of_room(room_id))))

    def _close(self, room_id: str) -> None:
        valid = [row for row in self.invitations.rows.values() if row.room_id == room_id and not row.revoked]
        self.done.append(("close", room_id, bool(valid)))


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_try_out_is_in_nobodys_book(desk: Desk) -> None:
    booked = await desk.book.book(None, PEOPLE)

    assert await desk.practice.call(booked.call.room_id) == booked.call
    assert await desk.book.lines("lind") == ()


async def test_links_are_good_for_two_weeks(desk: Desk) -> None:
    booked = await desk.book.book(None, PEOPLE)
    _, invitation, secret = booked.links[Seat.PARTNER_B].partition("#")[2].split(".")

    assert booked.expires == START + LINK_DAYS * DAY
    grant = await desk.access.redeem(invitation, secret, booked.expires - 1)
    assert (grant.room_id, grant.seat) == (booked.call.room_id, Seat.PARTNER_B)
    with pytest.raises(AccessError, match="expired"):
        await desk.access.redeem(invitation, secret, booked.expires)


async def test_a_room_is_there_before_its_links_and_empty_before_its_new_ones(desk: Desk) -> None:
    booked = await desk.book.book("lind", PEOPLE)
    await desk.book.renew(booked.call)

    room_id = booked.call.room_id
    assert desk.done == [("create", room_id, False), ("close", room_id, False)]


async def test_a_line_says_how_the_links_stand(desk: Desk) -> None:
    booked = await desk.book.book("lind", PEOPLE)

    async def state() -> str:
        (line,) = await desk.book.lines("lind")
        assert line == CallLine(booked.call.room_id, "Maya & Jonas", START, line.invitations)
        return line.invitations

    assert await state() == "open"
    desk.clock.advance(-1)
    assert await state() == "early"
    desk.clock.advance(1 + LINK_DAYS * DAY)
    assert await state() == "expired"
    await desk.access.revoke_room(booked.call.room_id)
    assert await state() == "none"
    await desk.book.renew(booked.call)
    assert await state() == "open"
