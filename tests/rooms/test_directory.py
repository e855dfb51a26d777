from __future__ import annotations

import asyncio

import pytest

from server.domain.errors import DomainError
from server.domain.events import SeatEntered
from server.domain.seats import SEATS
from server.ports import ConflictError, LoggedEvent
from server.protocol import messages
from server.rooms.actor import RoomClosedError
from server.rooms.directory import BrokenRoomError, UnknownRoomError
from tests.fakes import RecordingOutbox
from tests.playbook import opened
from tests.rooms.house import ROOM, A, House, T, settle


async def test_a_room_is_created_by_the_first_line_of_its_log(house: House) -> None:
    await house.directory.create(ROOM, opened().seats)

    assert house.events() == ["RoomOpened"]
    assert house.directory.rooms == 0


async def test_a_room_cannot_be_created_twice_or_without_a_seat(house: House) -> None:
    with pytest.raises(DomainError):
        await house.directory.create(ROOM, opened().seats[:2])
    await house.build()
    with pytest.raises(ConflictError):
        await house.build()

    assert house.events() == ["RoomOpened"]


async def test_an_unknown_room_is_not_made_by_asking(house: House) -> None:
    with pytest.raises(UnknownRoomError):
        await house.directory.open("nowhere")

    assert house.log.rooms == {}


async def test_those_who_come_at_once_meet_in_one_room(house: House) -> None:
    await house.build()

    actors = await asyncio.gather(*(house.directory.open(ROOM) for _ in range(5)))

    assert len(set(map(id, actors))) == 1
    assert house.events() == ["RoomOpened", "RoomReopened"]


async def test_a_log_that_makes_no_room_is_refused_and_others_open(house: House) -> None:
    await house.build()
    await house.log.append("broken", [LoggedEvent(1, SeatEntered(1, A))])

    with pytest.raises(BrokenRoomError):
        await house.directory.open("broken")

    assert (await house.come(T)).scene == "door"


async def test_an_ended_room_is_only_looked_at(house: House) -> None:
    therapist, _, _ = await house.full()
    await therapist.do(messages.EndSession)
    before = house.events()
    await house.kill()

    following = House(house.log)
    late = await following.come(A)
    assert late.scene == "ended"
    assert following.events() == before
    await following.close()


async def test_connected_seats_are_counted(house: House) -> None:
    everybody = await house.full()
    assert (house.directory.rooms, house.directory.connected) == (1, 3)

    await everybody[1].drop()
    assert house.directory.connected == 2


async def test_revoking_a_rooms_links_sends_everybody_out(house: House) -> None:
    everybody = await house.full()

    house.directory.revoke(ROOM)
    house.directory.revoke("nowhere")
    await settle()

    assert [visitor.outbox.closed for visitor in everybody] == [(4401, "revoked")] * 3


async def test_after_closing_nothing_opens(house: House) -> None:
    await house.build()
    await house.directory.close()

    with pytest.raises(RoomClosedError):
        await house.directory.connect(ROOM, SEATS[0], RecordingOutbox(), "page")


async def test_a_room_that_opens_while_the_directory_closes_does_not_open(house: House) -> None:
    await house.build()
    opening = house.tasks.start("opening", house.directory.open(ROOM))
    await asyncio.sleep(0)

    await house.directory.close()

    with pytest.raises(RoomClosedError):
        await opening
    assert house.directory.rooms == 0


async def test_a_room_that_hangs_says_goodbye_all_the_same(house: House) -> None:
    therapist, maya, _ = await house.full()
    house.log.hanging = True
    await therapist.do(messages.Pause)

    await house.directory.close(within=0.05)

    assert maya.outbox.closed == (4503, "drain")
    assert therapist.outbox.sent[-1] == messages.Bye(code="drain", retry=True)
    await house.kill()
