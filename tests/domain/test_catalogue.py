"""Editions: a dialogue is walked, and folded again, with the very text that it began with."""

from __future__ import annotations

import pytest

from server.domain import events
from server.domain.catalogue import Catalogue, Edition, edition_of
from server.domain.errors import UnknownThing
from server.domain.room import Room, fold
from server.domain.seats import PARTNERS, SEATS, Seat
from tests.domain.test_script import SMALL
from tests.playbook import START, A, B, Playbook, T, change_script, full_room, opened, start, take, tell, undo

OLD = Edition.parse(SMALL, "old.toml")
NEW = Edition.parse(SMALL.replace("Speak to", "Talk with").replace('id = "said"', 'id = "told"'), "new.toml")
OTHER = Edition.parse(SMALL.replace('id = "small"', 'id = "other"'), "other.toml")


def seated(scripts: Catalogue) -> Room:
    room = full_room()
    return Room(scripts=scripts, occupants=room.occupants)


def arrivals() -> list[events.AnyEvent]:
    coming = [event for seat in SEATS for event in (events.SeatConnected(START, seat), events.SeatEntered(START, seat))]
    return [opened(), *coming, *(events.SeatAdmitted(START, seat, T) for seat in PARTNERS)]


def told(room: Room, seat: Seat = A) -> str:
    indicator = room.view(seat).indicator
    assert indicator is not None
    return indicator.do


def test_an_edition_is_named_by_its_text() -> None:
    assert OLD.name == edition_of(SMALL) != NEW.name
    assert len(OLD.name) == 64
    assert OLD.script.id == NEW.script.id


def test_a_catalogue_is_what_is_offered_and_knows_more() -> None:
    catalogue = Catalogue.of([NEW, OTHER]).after(Catalogue.of([OLD]))

    assert dict(catalogue) == {"small": NEW.script, "other": OTHER.script}
    assert (len(catalogue), list(catalogue)) == (2, ["small", "other"])
    assert set(catalogue.editions) == {OLD.name, NEW.name, OTHER.name}
    assert Catalogue.of([NEW], {OLD.name: OLD.script}).editions == {OLD.name: OLD.script, NEW.name: NEW.script}


def test_an_edition_is_found_or_the_one_offered_now() -> None:
    catalogue = Catalogue.of([NEW]).after(Catalogue.of([OLD, OTHER]))

    assert catalogue.edition("small") == NEW.name
    assert catalogue.edition("small", OLD.name) == OLD.name
    for script, edition in (("none", ""), ("other", ""), ("small", OTHER.name), ("small", "f" * 64)):
        with pytest.raises(UnknownThing) as caught:
            catalogue.edition(script, edition)
        assert caught.value.code == "unknown-script"


def test_a_script_changed_meanwhile_changes_no_running_dialogue() -> None:
    book = tell(Playbook(seated(Catalogue.of([OLD]))), start(A, "small"), take("said"), take("no"))
    before = told(book.room)

    book.room = book.room.offering(Catalogue.of([NEW, OTHER]))

    assert told(book.room) == before == "Speak to Jonas."
    tell(book, take("said"))
    book >> take("told") << "unknown-edge"
    lead = book.room.view(T).lead
    assert lead is not None
    assert [line.script for line in lead.scripts] == ["small", "other"]
    tell(book, undo(), change_script("small"))
    assert told(book.room) == "Talk with Jonas."
    tell(book, take("told"), undo(), undo(), take("said"))


def test_a_script_taken_away_runs_on_and_begins_no_more() -> None:
    book = tell(Playbook(seated(Catalogue.of([OLD]))), start(A, "small"))

    book.room = book.room.offering(Catalogue.of([OTHER]))

    tell(book, take("said"))
    book >> change_script("small") << "unknown-script"


def test_a_log_is_told_again_with_the_editions_that_it_names() -> None:
    known = Catalogue.of([OLD])
    book = tell(Playbook(seated(known)), start(A, "small"), take("said"))
    book.room = book.room.offering(Catalogue.of([NEW]))
    tell(book, change_script("small", B), take("told"))
    log = [*arrivals(), *book.log]

    again = fold(log, Catalogue.of([OTHER]).after(Catalogue.of([OLD, NEW])))

    assert again.course == book.room.course
    assert again.view(A).indicator == book.room.view(A).indicator
    with pytest.raises(UnknownThing):
        fold(log, Catalogue.of([NEW]))


def test_a_log_from_before_there_were_editions_takes_what_is_offered() -> None:
    log = [*arrivals(), events.DialogueStarted(START, T, 0, "small", A)]

    room = fold(log, Catalogue.of([NEW]))

    assert room.course.dialogue is not None
    assert room.course.dialogue.edition == NEW.name
    assert told(room) == "Talk with Jonas."
