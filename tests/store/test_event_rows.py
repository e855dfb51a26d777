from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.events import AnyEvent, RoomOpened, SeatNamed, StepTaken
from server.domain.seats import Seat
from server.store.event_rows import KINDS, UnreadableEventError, from_row, to_row

EVENTS: st.SearchStrategy[Any] = st.one_of(*(st.from_type(kind) for kind in get_args(AnyEvent)))


@given(EVENTS)
def test_every_event_comes_back_as_it_went(event: AnyEvent) -> None:
    assert from_row(*to_row(event)) == event


def test_every_kind_has_its_own_name() -> None:
    assert len(KINDS) == len(get_args(AnyEvent))


def test_the_form_on_disk_is_fixed() -> None:
    opened = RoomOpened(5, (SeatNamed(Seat.PARTNER_A, "Maya", "en"),))
    assert to_row(opened) == (
        "RoomOpened",
        '{"at":5,"seats":[{"seat":"partner-a","name":"Maya","language":"en"}]}',
    )
    assert to_row(StepTaken(6, Seat.THERAPIST, 3, "more")) == (
        "StepTaken",
        '{"at":6,"by":"therapist","revision":3,"edge":"more"}',
    )


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        ("RoomExploded", "{}", "its type 'RoomExploded' is not known"),
        ("SeatEntered", "{", "its payload is no SeatEntered"),
        ("SeatEntered", '{"at": 1}', "missing required field `seat`"),
        ("SeatEntered", '{"at": "1", "seat": "therapist"}', "Expected `int`"),
        ("SeatEntered", '{"at": 1, "seat": "nobody"}', "Invalid enum value"),
        ("SeatEntered", "null", "Expected `object`"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(kind: str, payload: str, reason: str) -> None:
    with pytest.raises(UnreadableEventError, match=reason):
        from_row(kind, payload)


def test_what_a_later_version_adds_to_a_payload_is_ignored() -> None:
    kind, payload = to_row(StepTaken(6, Seat.THERAPIST, 3, "more"))

    assert from_row(kind, json.dumps({**json.loads(payload), "added": 1})) == StepTaken(6, Seat.THERAPIST, 3, "more")
