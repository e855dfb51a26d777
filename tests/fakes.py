"""The world around the core, in memory: one fake for each port, and nothing that a fake needs to be told twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from server.domain.seats import NO_ROUTES, Routes, Seat
from server.ports import (
    Call,
    ConflictError,
    Invitation,
    LoggedEvent,
    OfferRefusedError,
    OwnScript,
    PathListener,
    PathState,
    StoredSession,
    Therapist,
    VoiceListener,
)
from server.protocol import messages

START = 1_800_000_000_000
"""A time in milliseconds since the epoch at which fake clocks begin."""

M = TypeVar("M", bound=messages.FromServer)


class FakeClock:
    """A clock that goes by hand."""

    def __init__(self, now: int = START) -> None:
        self.time = now

    def now(self) -> int:
        return self.time

    def advance(self, milliseconds: int) -> None:
        self.time += milliseconds


class FakeTimer:
    """What `FakeTimers` hands out, as a loop does."""

    def __init__(self, due: float, callback: Callable[[], object]) -> None:
        self.due = due
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeTimers:
    """In the place of `loop.call_later`: `advance` fires what is due, in order."""

    def __init__(self) -> None:
        self.time = 0.0
        self.timers: list[FakeTimer] = []

    def __call__(self, seconds: float, callback: Callable[[], object]) -> FakeTimer:
        timer = FakeTimer(self.time + seconds, callback)
        self.timers.append(timer)
        return timer

    @property
    def waiting(self) -> list[float]:
        """In how many seconds those that wait are due."""
        return sorted(timer.due - self.time for timer in self.timers if not timer.cancelled)

    def advance(self, seconds: float) -> None:
        self.time += seconds
        for timer in sorted(self.timers, key=lambda timer: timer.due):
            if timer.due <= self.time:
                self.timers.remove(timer)
                if not timer.cancelled:
                    timer.callback()


class RecordingOutbox:
    """Keeps what a page would be sent. `closed` is the close code and reason, once there is one."""

    def __init__(self) -> None:
        self.sent: list[messages.FromServer] = []
        self.closed: tuple[int, str] | None = None

    def send(self, message: messages.FromServer) -> None:
        if self.closed is None:
            self.sent.append(message)

    def close(self, code: int, reason: str) -> None:
        if self.closed is None:
            self.closed = (code, reason)

    def of(self, kind: type[M]) -> list[M]:
        """All messages of one kind, in order."""
        return [message for message in self.sent if isinstance(message, kind)]

    @property
    def view(self) -> messages.View:
        """The view that stands on the page now."""
        return self.of(messages.View)[-1]

    def take(self) -> list[messages.FromServer]:
        """What was sent since the last call."""
        taken, self.sent = self.sent, []
        return taken


@dataclass
class FakeMedia:
    """A media host that remembers. `refuse` makes it refuse every offer; `gate` holds `connect` back until it is set.

    `calls` lists what was asked for, in order: ("connect", room, seat), ("routes", room), ("disconnect", room, seat),
    ("close", room).
    """

    routes: dict[str, Routes] = field(default_factory=dict)
    offers: dict[tuple[str, Seat], list[str]] = field(default_factory=dict)
    connected: set[tuple[str, Seat]] = field(default_factory=set)
    calls: list[tuple[object, ...]] = field(default_factory=list)
    refuse: str | None = None
    gate: asyncio.Event | None = None
    failing: Exception | None = None
    listener: PathListener | None = None
    voice_listener: VoiceListener | None = None

    def set_listener(self, listener: PathListener) -> None:
        self.listener = listener

    def set_voice_listener(self, listener: VoiceListener) -> None:
        self.voice_listener = listener

    def voice(self, room_id: str, seat: Seat, speaking: bool) -> None:
        """Say that somebody began or ended to speak, as the host would."""
        assert self.voice_listener is not None
        self.voice_listener(room_id, seat, speaking, -30.0 if speaking else -127.0)

    def path(self, room_id: str, seat: Seat, state: PathState) -> None:
        """Say that a path changed, as the host would."""
        assert self.listener is not None
        self.listener(room_id, seat, state)

    async def connect(self, room_id: str, seat: Seat, offer: str) -> str:
        self.calls.append(("connect", room_id, seat))
        self.offers.setdefault((room_id, seat), []).append(offer)
        if self.gate is not None:
            await self.gate.wait()
        if self.failing is not None:
            raise self.failing
        if self.refuse is not None:
            raise OfferRefusedError(self.refuse)
        self.connected.add((room_id, seat))
        return f"answer to {offer}"

    def set_routes(self, room_id: str, routes: Routes) -> None:
        self.calls.append(("routes", room_id))
        if self.failing is not None:
            raise self.failing
        self.routes[room_id] = routes

    async def disconnect(self, room_id: str, seat: Seat) -> None:
        self.calls.append(("disconnect", room_id, seat))
        self.connected.discard((room_id, seat))

    async def close_room(self, room_id: str) -> None:
        self.calls.append(("close", room_id))
        self.connected = {(room, seat) for room, seat in self.connected if room != room_id}
        self.routes.pop(room_id, None)

    def open_routes(self, room_id: str) -> Routes:
        """What flows in a room now."""
        return self.routes.get(room_id, NO_ROUTES)


class MemoryLog:
    """A log of events. `failing` is raised instead of storing; `hanging` stores and then never returns."""

    def __init__(self) -> None:
        self.rooms: dict[str, list[LoggedEvent]] = {}
        self.failing: Exception | None = None
        self.hanging = False

    async def append(self, room_id: str, entries: Sequence[LoggedEvent]) -> None:
        await asyncio.sleep(0)
        if self.failing is not None:
            raise self.failing
        stored = self.rooms.get(room_id, [])
        taken = {entry.index for entry in stored}
        for entry in entries:
            if entry.index in taken:
                raise ConflictError
            taken.add(entry.index)
        self.rooms[room_id] = sorted([*stored, *entries], key=lambda entry: entry.index)
        if self.hanging:
            await asyncio.Event().wait()

    async def load(self, room_id: str) -> list[LoggedEvent]:
        await asyncio.sleep(0)
        return list(self.rooms.get(room_id, []))


class MemoryEditions:
    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.asked: list[str] = []

    async def keep(self, texts: Mapping[str, str]) -> None:
        self.rows = {**texts, **self.rows}

    async def texts(self, editions: Collection[str]) -> dict[str, str]:
        self.asked += sorted(editions)
        return {name: text for name, text in self.rows.items() if name in editions}


class MemoryOwnScripts:
    def __init__(self) -> None:
        self.rows: dict[str, OwnScript] = {}

    async def put(self, script: OwnScript) -> None:
        self.rows[script.id] = script

    async def find(self, script_id: str) -> OwnScript | None:
        return self.rows.get(script_id)

    async def of_therapist(self, therapist_id: str) -> list[OwnScript]:
        own = [row for row in self.rows.values() if row.therapist_id == therapist_id]
        return sorted(own, key=lambda row: (row.name, row.id))

    async def delete(self, script_id: str) -> None:
        self.rows.pop(script_id, None)


class MemoryInvitations:
    def __init__(self) -> None:
        self.rows: dict[str, Invitation] = {}

    async def add(self, invitation: Invitation) -> None:
        self.rows[invitation.id] = invitation

    async def find(self, invitation_id: str) -> Invitation | None:
        return self.rows.get(invitation_id)

    async def of_room(self, room_id: str) -> list[Invitation]:
        return [row for row in self.rows.values() if row.room_id == room_id]

    async def revoke(self, invitation_id: str) -> None:
        if invitation_id in self.rows:
            self.rows[invitation_id] = replace(self.rows[invitation_id], revoked=True)


class MemorySessions:
    def __init__(self) -> None:
        self.rows: dict[bytes, StoredSession] = {}

    async def put(self, session: StoredSession) -> None:
        self.rows[session.key] = session

    async def get(self, key: bytes, now: int) -> StoredSession | None:
        row = self.rows.get(key)
        return row if row is not None and row.expires > now else None

    async def delete(self, key: bytes) -> None:
        self.rows.pop(key, None)

    async def purge(self, now: int) -> int:
        gone = [key for key, row in self.rows.items() if row.expires <= now]
        for key in gone:
            del self.rows[key]
        return len(gone)


class MemoryPractice:
    def __init__(self) -> None:
        self.therapists: dict[str, Therapist] = {}
        self.calls: dict[str, Call] = {}
        self.links: dict[bytes, int] = {}

    async def add_therapist(self, therapist: Therapist) -> None:
        self.therapists[therapist.id] = therapist

    async def therapist(self, therapist_id: str) -> Therapist | None:
        return self.therapists.get(therapist_id)

    async def therapist_count(self) -> int:
        return len(self.therapists)

    async def add_call(self, call: Call) -> None:
        self.calls[call.room_id] = call

    async def calls_of(self, therapist_id: str) -> list[Call]:
        calls = [call for call in self.calls.values() if call.therapist_id == therapist_id]
        return sorted(calls, key=lambda call: call.created, reverse=True)

    async def call(self, room_id: str) -> Call | None:
        return self.calls.get(room_id)

    async def add_setup_link(self, secret_hash: bytes, expires: int) -> None:
        self.links[secret_hash] = expires

    async def redeem_setup_link(self, secret_hash: bytes, now: int) -> bool:
        return self.links.get(secret_hash, 0) > now and self.links.pop(secret_hash) > now
