"""Events are values."""

from __future__ import annotations

import dataclasses
import typing

from server.domain import events
from server.domain.seats import Seat


def test_every_event_is_a_frozen_value_with_its_time() -> None:
    for kind in typing.get_args(events.AnyEvent):
        assert issubclass(kind, events.Event)
        assert dataclasses.fields(kind)[0].name == "at"
        assert kind.__dataclass_params__.frozen


def test_events_of_the_same_content_are_equal() -> None:
    one = events.StepTaken(1, Seat.THERAPIST, 0, "sent")
    assert one == events.StepTaken(1, Seat.THERAPIST, 0, "sent")
    assert one != events.StepTaken(1, Seat.THERAPIST, 1, "sent")
