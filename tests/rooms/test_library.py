"""What each room may begin, and what its log may name."""

from __future__ import annotations

import logging

import pytest

from server.domain.catalogue import Catalogue, Edition
from server.ports import Call, OwnScript
from server.protocol import messages
from server.rooms import library
from server.rooms.directory import BrokenRoomError
from server.rooms.library import MissingEditionError
from tests.domain.test_script import SMALL
from tests.playbook import shipped_editions
from tests.rooms.house import ROOM, A, House, T, settle

OWN = SMALL.replace('id = "small"', 'id = "own-small"')
MINE = Edition.parse(OWN, "own")
CHANGED = Edition.parse(OWN.replace("Speak to", "Talk with"), "own")


async def write(house: House, text: str = OWN, script: str = "own-small", therapist: str = "lind") -> None:
    """What saving an own dialogue does."""
    await house.editions.keep({Edition.parse(text, script).name: text})
    await house.own.put(OwnScript(script, therapist, "Small", text, 1))


async def belong(house: House, room: str = ROOM, therapist: str | None = "lind") -> None:
    await house.practice.add_call(Call(room, therapist, "", 1))


async def test_a_room_offers_the_shipped_dialogues_and_its_therapists_own(house: House) -> None:
    await belong(house)
    await belong(house, "bergs", "berg")
    await belong(house, "demo", None)
    await write(house)
    shelf = house.library()

    shipped = list(shipped_editions())
    assert list(await shelf.catalogue(ROOM)) == [*shipped, "own-small"]
    for other in ("bergs", "demo", "unknown"):
        assert list(await shelf.catalogue(other)) == shipped
    assert [edition.script.id for edition in shelf.shipped] == shipped


async def test_an_edition_is_read_once(house: House) -> None:
    await write(house)
    shelf = house.library()

    for _ in range(2):
        assert MINE.name in (await shelf.catalogue(ROOM, ["", MINE.name])).editions
    assert house.editions.asked == [MINE.name]


async def test_the_editions_in_memory_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "READ_AT_ONCE", 1)
    await house.editions.keep({MINE.name: MINE.text, CHANGED.name: CHANGED.text})
    shelf = house.library()

    for name in (MINE.name, CHANGED.name, MINE.name):
        await shelf.catalogue(ROOM, [name])

    assert house.editions.asked == [MINE.name, CHANGED.name, MINE.name]


@pytest.mark.parametrize("text", [None, "no script"])
async def test_an_edition_that_is_missing_or_cannot_be_read_is_named(house: House, text: str | None) -> None:
    if text is not None:
        await house.editions.keep({MINE.name: text})

    with pytest.raises(MissingEditionError, match=MINE.name[:12]):
        await house.library().catalogue(ROOM, [MINE.name])


async def test_the_shipped_editions_outlive_their_files(house: House) -> None:
    await house.library().keep_shipped()

    texts = await house.editions.texts([edition.name for edition in shipped_editions().values()])
    assert len(texts) == len(shipped_editions())


async def test_an_own_dialogue_that_this_version_cannot_read_is_left_out(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await belong(house)
    await house.own.put(OwnScript("own-old", "lind", "Old", "colour = 1", 1))
    await write(house)

    with caplog.at_level(logging.ERROR):
        catalogue: Catalogue = await house.library().catalogue(ROOM)

    assert "own-small" in catalogue
    assert "own-old" not in catalogue
    assert "A dialogue was refused." in caplog.messages


async def test_what_is_saved_is_offered_in_the_open_rooms_of_that_therapist(house: House) -> None:
    await belong(house)
    therapist, maya, _ = await house.full()
    before = maya.outbox.take()
    assert before

    await write(house)
    await house.directory.offer([ROOM, "closed"])
    await settle()

    assert maya.outbox.sent == []
    assert therapist.view.lead is not None
    assert "own-small" in [line.script for line in therapist.view.lead.scripts]
    assert await therapist.code(messages.StartDialogue, script="own-small", sender="partner-a") == "done"
    assert maya.view.indicator is not None
    assert maya.view.indicator.do == "Speak to Jonas."


async def test_a_changed_dialogue_goes_on_as_it_began_also_after_a_restart(house: House) -> None:
    await belong(house)
    await write(house)
    therapist, _, _ = await house.full()
    await therapist.do(messages.StartDialogue, script="own-small", sender="partner-a")

    await write(house, CHANGED.text)
    await house.directory.offer([ROOM])
    await house.own.delete("own-small")
    await house.kill()
    following = House(house.log, house)
    maya, therapist = await following.come(A), await following.come(T)

    assert maya.view.indicator is not None
    assert maya.view.indicator.do == "Speak to Jonas."
    assert await therapist.code(messages.ChangeScript, script="own-small", sender="partner-b") == "unknown-script"
    assert await therapist.code(messages.Advance, edge="said") == "done"
    await following.close()


async def test_a_room_whose_edition_is_missing_is_broken_alone(house: House, caplog: pytest.LogCaptureFixture) -> None:
    await belong(house)
    await write(house)
    therapist, _, _ = await house.full()
    await therapist.do(messages.StartDialogue, script="own-small", sender="partner-a")
    await house.kill()
    house.editions.rows.clear()
    await house.own.delete("own-small")
    following = House(house.log, house)
    await following.directory.create("other", house.log.rooms[ROOM][0].event.seats)

    with caplog.at_level(logging.ERROR), pytest.raises(BrokenRoomError):
        await following.directory.open(ROOM)

    assert "A dialogue that the log of a room names is missing." in caplog.messages
    assert (await following.directory.open("other")).id == "other"
    await following.close()
