"""How a dialogue looks to its sender and its receiver at each step, made by the very code that shows it in a call."""

from __future__ import annotations

from typing import Final

import msgspec

from server.domain.catalogue import Catalogue, Edition
from server.domain.course import Course
from server.domain.dialogue import begin, skip
from server.domain.room import Room
from server.domain.seats import SEATS, Occupant, Presence, Seat
from server.rooms.translate import Shown, to_message

NAMES: Final = {Seat.THERAPIST: "Dr. Lind", Seat.PARTNER_A: "Maya", Seat.PARTNER_B: "Jonas"}
"""Who sits in the rooms of previews: the people of the try-out call. The sender is the first partner."""


class PreviewedWay(msgspec.Struct, frozen=True):
    """A way on in words. `to` is the name of the next step, None where the dialogue ends; `by` whose button it is."""

    words: str
    to: str | None
    by: str | None


class PreviewedStep(msgspec.Struct, frozen=True):
    """One step: the views of both partners as they stand on the wire, and the ways on."""

    step: str
    name: str
    sender: Shown
    receiver: Shown
    ways: tuple[PreviewedWay, ...]


def preview(edition: Edition, language: str) -> tuple[PreviewedStep, ...]:
    """Every step in the order of the script, with everything in `language` (a BCP 47 tag)."""
    return tuple(_step(edition, step.id, language) for step in edition.script.steps)


def _step(edition: Edition, step_id: str, language: str) -> PreviewedStep:
    script = edition.script
    dialogue = skip(script, begin(script, edition.name, Seat.PARTNER_A, 0), step_id, 0)
    room = Room(
        scripts=Catalogue.of([edition]),
        occupants={seat: Occupant(NAMES[seat], language, Presence.ADMITTED, connected=True) for seat in SEATS},
        course=Course(dialogue=dialogue, revision=1),
    )
    sender, receiver, lead = room.view(Seat.PARTNER_A), room.view(Seat.PARTNER_B), room.view(Seat.THERAPIST).lead
    ways = lead.ways if lead is not None else ()
    by = {None: None, Seat.PARTNER_A: "sender", Seat.PARTNER_B: "receiver"}
    return PreviewedStep(
        step_id,
        sender.indicator.step_name if sender.indicator is not None else step_id,
        to_message(sender),
        to_message(receiver),
        tuple(PreviewedWay(way.words, way.to, by[way.confirm_of]) for way in ways),
    )
