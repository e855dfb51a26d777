"""Calls in a therapist's book: a room for three people, and a personal link for each of them.

A link's secret is in the caller's hands once, when it is made; to see it again means to make new links, and then the
former ones end.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.access import Access
from server.domain.events import SeatNamed
from server.domain.seats import SEATS, Seat
from server.pages.contexts import CallLine, InvitationState
from server.ports import Call, Clock, Invitations, Practice

LINK_DAYS: Final = 14
"""How long a personal link is good for."""

_DAY: Final = 24 * 3600 * 1000

CreateRoom = Callable[[str, Sequence[SeatNamed]], Awaitable[object]]
"""Makes the room with this id and these three people."""

CloseRoom = Callable[[str], None]
"""Closes the sockets of the room with this id: their sessions are worthless."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A call and its three links, complete with their secrets; `expires` in milliseconds since 1970-01-01 UTC."""

    call: Call
    links: Mapping[Seat, str]
    expires: int


class Book:
    """Makes calls and their links. `origin` is what the links begin with."""

    def __init__(
        self,
        *,
        practice: Practice,
        invitations: Invitations,
        access: Access,
        create_room: CreateRoom,
        close_room: CloseRoom,
        clock: Clock,
        origin: str,
    ) -> None:
        self._practice = practice
        self._invitations = invitations
        self._access = access
        self._create_room = create_room
        self._close_room = close_room
        self._clock = clock
        self._origin = origin

    async def book(self, therapist_id: str | None, seats: Sequence[SeatNamed]) -> Booked:
        """A new call; without a therapist's account it is a try-out, and nobody's book has it."""
        room_id = secrets.token_urlsafe(12)
        names = {named.seat: named.name for named in seats}
        title = f"{names[Seat.PARTNER_A]} & {names[Seat.PARTNER_B]}"
        await self._create_room(room_id, seats)
        call = Call(room_id, therapist_id, title, self._clock.now())
        await self._practice.add_call(call)
        return await self._with_links(call)

    async def renew(self, call: Call) -> Booked:
        """The same call with new links. The former ones, and everybody who came by them, are out."""
        await self._access.revoke_room(call.room_id)
        self._close_room(call.room_id)
        return await self._with_links(call)

    async def lines(self, therapist_id: str) -> tuple[CallLine, ...]:
        """The calls of a therapist, the newest first."""
        calls = await self._practice.calls_of(therapist_id)
        return tuple(
            [
                CallLine(call.room_id, call.title, call.created, await self._state(call.room_id))
                for call in sorted(calls, key=lambda call: -call.created)
            ]
        )

    async def _with_links(self, call: Call) -> Booked:
        now = self._clock.now()
        expires = now + LINK_DAYS * _DAY
        links = {}
        for seat in SEATS:
            _, fragment = await self._access.mint(call.room_id, seat, now, expires)
            links[seat] = f"{self._origin}/j#{fragment}"
        return Booked(call, links, expires)

    async def _state(self, room_id: str) -> InvitationState:
        now = self._clock.now()
        valid = [invitation for invitation in await self._invitations.of_room(room_id) if not invitation.revoked]
        if not valid:
            return "none"
        if all(now >= invitation.expires for invitation in valid):
            return "expired"
        return "early" if all(now < invitation.not_before for invitation in valid) else "open"
