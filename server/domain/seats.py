"""The three seats of a room, who sits in them, and the routes that media may take between them.

Nothing here knows of dialogues, sockets or packets; everything else in `domain` stands on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Seat(StrEnum):
    """One of the three places in a room. The value is what stands on the wire and in the database."""

    THERAPIST = "therapist"
    PARTNER_A = "partner-a"
    PARTNER_B = "partner-b"


PARTNERS = (Seat.PARTNER_A, Seat.PARTNER_B)
SEATS = (Seat.THERAPIST, *PARTNERS)


def is_partner(seat: Seat) -> bool:
    return seat is not Seat.THERAPIST


def other_partner(seat: Seat) -> Seat:
    """The other of the two partners. Raises ValueError for the therapist, who has no counterpart."""
    if seat is Seat.PARTNER_A:
        return Seat.PARTNER_B
    if seat is Seat.PARTNER_B:
        return Seat.PARTNER_A
    raise ValueError("the therapist's seat has no other partner")


def other_seats(seat: Seat) -> tuple[Seat, Seat]:
    """The two other seats in the order of `SEATS`; media sections and tiles keep this order."""
    first, second = (other for other in SEATS if other is not seat)
    return first, second


class Medium(StrEnum):
    """What a seat can send: one media section of its offer each."""

    MIC = "mic"
    CAMERA = "camera"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Route:
    """Packets of `medium` may go from `source` to `listener`."""

    source: Seat
    listener: Seat
    medium: Medium


Routes = frozenset[Route]

NO_ROUTES: Routes = frozenset()


class Presence(StrEnum):
    """How far a seat has come. Only the room moves it.

    absent → waiting (entered) → admitted → left; a therapist who enters is admitted at once.
    """

    ABSENT = "absent"
    WAITING = "waiting"
    ADMITTED = "admitted"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Occupant:
    """One seat of one room: the name as used, the language, and where its person is now."""

    name: str
    language: str
    presence: Presence = Presence.ABSENT
    connected: bool = False
    mic: bool = True
    camera: bool = True

    @property
    def admitted(self) -> bool:
        return self.presence is Presence.ADMITTED
