"""What the core asks of the world around it: media, storage, time, and an ear for each seat.

Adapters implement these protocols; `rooms` and `practice` only know them; `app` joins the two.
Room ids are opaque strings. Times are integers, milliseconds since 1970-01-01 UTC, unless said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from server.domain.events import AnyEvent
from server.domain.seats import Routes, Seat
from server.protocol.messages import FromServer


class Clock(Protocol):
    def now(self) -> int:
        """Wall-clock time in milliseconds since 1970-01-01 UTC."""


# --- media ---------------------------------------------------------------------------------------


class OfferRefusedError(Exception):
    """The offer cannot be hosted. `code` is stable (`bad-offer`, `too-many-offers`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PathState(StrEnum):
    """The state of one seat's media path, by what arrives (not by what was sent).

    connecting → up ⇄ stalled (nothing for 1.5 s) → gone (6 s, or closed).
    """

    CONNECTING = "connecting"
    UP = "up"
    STALLED = "stalled"
    GONE = "gone"


PathListener = Callable[[str, Seat, PathState], None]
"""Called as (room_id, seat, state) on the event loop; must not raise and must not block."""


VoiceListener = Callable[[str, Seat, bool, float], None]
"""Called as (room_id, seat, speaking, level in dBov) on the event loop; must not raise and must not block."""


class MediaHost(Protocol):
    """Forwards encoded media between the seats of rooms, and never decodes it."""

    def set_listener(self, listener: PathListener) -> None:
        """Tell `listener` of every change of a path from now on (one listener for the whole host)."""

    def set_voice_listener(self, listener: VoiceListener) -> None:
        """Tell `listener` whenever somebody begins or ends to speak, by the level of their sound alone."""

    async def connect(self, room_id: str, seat: Seat, offer: str) -> str:
        """Take the SDP offer of a seat's browser and return the SDP answer.

        A seat has one connection: a new offer replaces the former one at once. Nothing is forwarded
        to or from the seat before `set_routes` allows it. Raises OfferRefusedError.
        """

    def set_routes(self, room_id: str, routes: Routes) -> None:
        """Forward exactly these routes in the room from this instant on. Unknown rooms are made."""

    async def disconnect(self, room_id: str, seat: Seat) -> None:
        """Close a seat's connection; unknown ones are ignored."""

    async def close_room(self, room_id: str) -> None:
        """Close all connections of a room and forget it."""


# --- rooms ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One line of a room's log: `index` counts from 1 without gaps; `command` is the id the sender gave."""

    index: int
    event: AnyEvent
    command: str | None = None


class ConflictError(Exception):
    """Another writer has already stored an event at this index (the room is owned elsewhere)."""


class RoomLog(Protocol):
    """The append-only log of events per room. A room is its fold."""

    async def append(self, room_id: str, entries: Sequence[LoggedEvent]) -> None:
        """Store durably, all or none, before returning. Raises ConflictError."""

    async def load(self, room_id: str) -> list[LoggedEvent]:
        """All events of the room in order; empty when the room is unknown."""


class Editions(Protocol):
    """The exact texts of all dialogues ever offered, by digest (`catalogue.edition_of`). None is ever changed."""

    async def keep(self, texts: Mapping[str, str]) -> None:
        """Store durably those that are not there yet, by digest."""

    async def texts(self, editions: Collection[str]) -> dict[str, str]:
        """The texts of those that are there."""


@dataclass(frozen=True, slots=True)
class OwnScript:
    """A dialogue that a therapist wrote or reworded, as TOML text. `updated` in ms since the epoch."""

    id: str
    therapist_id: str
    name: str
    text: str
    updated: int


class OwnScripts(Protocol):
    async def put(self, script: OwnScript) -> None:
        """Add, or replace the one of this id."""

    async def find(self, script_id: str) -> OwnScript | None: ...

    async def of_therapist(self, therapist_id: str) -> list[OwnScript]:
        """By name."""

    async def delete(self, script_id: str) -> None:
        """Offer it no more; unknown ones are ignored. Its editions stay."""


class Outbox(Protocol):
    """The way to one seat's page. Never blocks; a page that does not read is cut off."""

    def send(self, message: FromServer) -> None:
        """Queue one message."""

    def close(self, code: int, reason: str) -> None:
        """Close the socket after what is queued; idempotent."""


# --- who may come in -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invitation:
    """One seat's personal link. The secret itself is never kept, only its hash."""

    id: str
    room_id: str
    seat: Seat
    secret_hash: bytes
    not_before: int
    expires: int
    revoked: bool = False


class Invitations(Protocol):
    async def add(self, invitation: Invitation) -> None: ...

    async def find(self, invitation_id: str) -> Invitation | None: ...

    async def of_room(self, room_id: str) -> list[Invitation]: ...

    async def revoke(self, invitation_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session on the server. `key` is the SHA-256 of the id in the cookie; `data` is JSON."""

    key: bytes
    data: str
    created: int
    expires: int


class Sessions(Protocol):
    async def put(self, session: StoredSession) -> None:
        """Add or replace."""

    async def get(self, key: bytes, now: int) -> StoredSession | None:
        """None when unknown or expired."""

    async def delete(self, key: bytes) -> None: ...

    async def purge(self, now: int) -> int:
        """Delete what has expired; how many there were."""


@dataclass(frozen=True, slots=True)
class Therapist:
    """An account."""

    id: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Call:
    """A room in the book of its therapist (None: the try-out call)."""

    room_id: str
    therapist_id: str | None
    title: str
    created: int


class Practice(Protocol):
    """Therapists, their calls, and the one-time links that set an account up."""

    async def add_therapist(self, therapist: Therapist) -> None: ...

    async def therapist(self, therapist_id: str) -> Therapist | None: ...

    async def therapist_count(self) -> int: ...

    async def add_call(self, call: Call) -> None: ...

    async def calls_of(self, therapist_id: str) -> list[Call]: ...

    async def call(self, room_id: str) -> Call | None: ...

    async def add_setup_link(self, secret_hash: bytes, expires: int) -> None: ...

    async def redeem_setup_link(self, secret_hash: bytes, now: int) -> bool:
        """True once for a link that is known and not expired; the link is then used up."""
