"""Who hears and sees whom: one pure function of the seats and of what lies over the dialogue.

The media host applies the result to every packet; no page can override it.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.dialogue import Hold, Interlude, TimeOut
from server.domain.seats import NO_ROUTES, SEATS, Medium, Occupant, Route, Routes, Seat


def plan(
    occupants: Mapping[Seat, Occupant],
    interlude: Interlude | None,
    *,
    parted: bool,
    hushed: frozenset[Seat] = frozenset(),
) -> Routes:
    """The routes that are open now; the microphones of those `hushed` by the floor control stay closed.

    Only admitted seats send or receive. Partners are never left alone with one another: without the
    therapist in the room, or when `parted` because the therapist's connection is gone, nothing flows.
    A microphone or camera that is off opens no route, whatever its page sends.
    """
    if parted or not occupants[Seat.THERAPIST].admitted:
        return NO_ROUTES
    return frozenset(
        Route(source, listener, medium)
        for source in SEATS
        for listener in SEATS
        if source is not listener
        and occupants[source].admitted
        and occupants[listener].admitted
        and _together(source, listener, interlude)
        for medium in _sent_by(occupants[source])
        if not (medium is Medium.MIC and source in hushed)
    )


def _together(one: Seat, other: Seat, interlude: Interlude | None) -> bool:
    match interlude:
        case TimeOut():
            return False
        case Hold(seat=seat):
            return {one, other} == {Seat.THERAPIST, seat}
        case _:
            return True


def _sent_by(occupant: Occupant) -> tuple[Medium, ...]:
    sent = ((Medium.MIC, occupant.mic), (Medium.CAMERA, occupant.camera))
    return tuple(medium for medium, on in sent if on)
