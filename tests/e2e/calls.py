"""A call: three people around one server, and what they do together."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.seats import PARTNERS, Seat
from tests.e2e.people import Person
from tests.e2e.running import Server


@dataclass
class Call:
    """Three people and their server."""

    server: Server
    people: dict[Seat, Person]

    @property
    def therapist(self) -> Person:
        return self.people[Seat.THERAPIST]

    @property
    def maya(self) -> Person:
        return self.people[Seat.PARTNER_A]

    @property
    def jonas(self) -> Person:
        return self.people[Seat.PARTNER_B]

    def link(self, seat: Seat) -> str:
        return self.server.links[seat.value]

    def gather(self) -> Call:
        """All three come in, and the therapist admits both partners."""
        for seat, person in self.people.items():
            person.enter(self.link(seat))
        for seat in PARTNERS:
            self.therapist.press("admit", seat=seat.value)
        for seat in PARTNERS:
            self.people[seat].wait_for_scene("room")
        return self

    def agree(self, revision: int) -> dict[str, str]:
        """Wait until all three pages show this revision; the state that they agree on."""
        for person in self.people.values():
            person.wait_for_revision(revision)
        shown = [
            {name: person.indicator()[name] for name in ("step", "sender", "voice", "script", "revision")}
            for person in self.people.values()
        ]
        assert shown[0] == shown[1] == shown[2]
        return shown[0]
