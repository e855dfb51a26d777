"""The course by itself; its stories are told through the room (`test_room`)."""

from __future__ import annotations

import pytest

from server.domain import events
from server.domain.catalogue import Catalogue
from server.domain.course import Course, Floor, Layout
from server.domain.dialogue import Hold, Pause
from server.domain.errors import NotAllowed, OutOfState
from server.domain.seats import SEATS
from tests.playbook import A, B, T, shipped_scripts

EVERYBODY = frozenset(SEATS)


def test_each_event_is_one_revision_and_a_refused_one_is_none() -> None:
    course = Course()
    started = course.after(events.DialogueStarted(1, T, 0, "three-step", A), EVERYBODY, shipped_scripts())
    assert started.revision == 1
    with pytest.raises(OutOfState):
        started.after(events.DialogueStarted(1, T, 1, "three-step", A), EVERYBODY, shipped_scripts())
    chosen = started.after(events.FloorChosen(1, T, 1, "hold"), EVERYBODY, Catalogue())
    assert (chosen.floor, chosen.revision, chosen.dialogue) == (Floor.HOLD, 2, started.dialogue)
    assert chosen.after(events.LayoutChosen(1, T, 2, "room"), EVERYBODY, Catalogue()).layout is Layout.ROOM


def test_only_somebody_who_is_in_the_room_can_be_held() -> None:
    with pytest.raises(OutOfState):
        Course().after(events.PartnerHeld(1, T, 0, A), frozenset({T, B}), Catalogue())
    with pytest.raises(NotAllowed):
        Course().after(events.PartnerHeld(1, T, 0, T), EVERYBODY, Catalogue())


def test_a_hold_ends_only_with_the_one_held() -> None:
    held = Course(interlude=Hold(A, 1))
    assert held.without(B) is held
    assert held.without(A).interlude == Pause()


def test_prompts_are_kept_per_seat() -> None:
    course = Course().with_prompt((A, B), "Breathe.").with_prompt((A,), "")
    assert course.prompts == ((B, "Breathe."),)
    assert course.with_prompt((T,), "for nobody").prompts == course.prompts


def test_an_event_that_is_none_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        Course().after(events.DialogueEvent(1, T, 0), EVERYBODY, Catalogue())
