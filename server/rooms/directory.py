"""Which rooms are open here. A room opens when somebody comes, and is forgotten when nobody has been there a while."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final
from weakref import WeakValueDictionary

from server.domain.catalogue import Catalogue
from server.domain.effects import Effect
from server.domain.errors import DomainError
from server.domain.events import DialogueStarted, RoomOpened, RoomReopened, ScriptChanged, SeatNamed
from server.domain.room import Room, fold, open_room
from server.domain.seats import Seat
from server.log import logger
from server.ports import Clock, LoggedEvent, MediaHost, Outbox, RoomLog
from server.rooms.actor import CallLater, RoomActor, RoomClosedError
from server.rooms.library import Library, MissingEditionError
from server.rooms.page import Page
from server.tasks import Tasks

CLOSE_WITHIN: Final = 3.0
"""Seconds for all rooms to say goodbye."""

log = logger(__name__)


class UnknownRoomError(Exception):
    """There is no room of this id."""


class BrokenRoomError(Exception):
    """The room's log makes no room with the dialogues of this installation."""


class Directory:
    """All rooms of this process. `tasks` holds their tasks and outlives the directory."""

    def __init__(
        self,
        log: RoomLog,
        media: MediaHost,
        clock: Clock,
        scripts: Library,
        tasks: Tasks,
        *,
        call_later: CallLater | None = None,
    ) -> None:
        self._log = log
        self._media = media
        self._clock = clock
        self._scripts = scripts
        self._tasks = tasks
        self._call_later = call_later
        self._open: dict[str, RoomActor] = {}
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._closed = False
        media.set_voice_listener(self._heard)

    @property
    def rooms(self) -> int:
        """How many rooms are open."""
        return len(self._open)

    @property
    def connected(self) -> int:
        """How many seats have a page, in all rooms."""
        return sum(actor.connected for actor in self._open.values())

    async def create(self, room_id: str, seats: Sequence[SeatNamed]) -> None:
        """Begin the log of a new room.

        Raises ConflictError if it has one, DomainError unless each seat is named once.
        """
        event = RoomOpened(self._clock.now(), tuple(seats))
        _ = open_room(event, Catalogue())
        await self._log.append(room_id, [LoggedEvent(1, event)])

    async def open(self, room_id: str) -> RoomActor:
        """The room, opened from its log if it is not open.

        Raises UnknownRoomError, BrokenRoomError, RoomClosedError when the directory has closed, and whatever the log
        raises.
        """
        async with self._opening.setdefault(room_id, asyncio.Lock()):
            former = self._open.get(room_id)
            if former is not None and not former.closing:
                return former
            if former is not None:
                await former.finished.wait()  # its media is closed before the successor's begins
            return await self._start(room_id)

    async def connect(self, room_id: str, seat: Seat, outbox: Outbox, page: str) -> tuple[RoomActor, Page]:
        """Open the room and connect a page to its seat. Raises as `open` does."""
        actor = await self.open(room_id)
        try:
            return actor, await actor.connect(seat, outbox, page)
        except RoomClosedError:  # it closed in between, as an idle room does
            actor = await self.open(room_id)
            return actor, await actor.connect(seat, outbox, page)

    async def offer(self, room_ids: Iterable[str]) -> None:
        """What these rooms may offer has changed: those that are open offer it from now on."""
        for room_id in room_ids:
            async with self._opening.setdefault(room_id, asyncio.Lock()):  # one that opens has asked already
                if (actor := self._open.get(room_id)) is not None:
                    actor.offer_scripts(await self._scripts.catalogue(room_id))

    def revoke(self, room_id: str) -> None:
        """The links of a room are no longer valid: whoever is there by them goes, and their media ends."""
        if (actor := self._open.get(room_id)) is not None:
            actor.revoke()

    def _heard(self, room_id: str, seat: Seat, speaking: bool, level: float) -> None:
        if (actor := self._open.get(room_id)) is not None:
            actor.voice(seat, speaking=speaking)

    async def close(self, *, within: float = CLOSE_WITHIN) -> None:
        """Tell everybody to come back later, end all media, and open no room any more; in `within` seconds at most."""
        self._closed = True
        actors = list(self._open.values())
        for actor in actors:
            actor.close()
        try:
            async with asyncio.timeout(within):
                for actor in actors:
                    await actor.finished.wait()
        except TimeoutError:
            late = [actor for actor in actors if not actor.finished.is_set()]
            log.warning("Rooms did not close in time.", count=len(late))
            for actor in late:
                actor.abandon()

    async def _start(self, room_id: str) -> RoomActor:
        entries = await self._log.load(room_id)
        if not entries:
            raise UnknownRoomError
        events = [entry.event for entry in entries]
        used = {event.edition for event in events if isinstance(event, DialogueStarted | ScriptChanged)}
        try:
            room: Room = fold(events, await self._scripts.catalogue(room_id, used))
        except MissingEditionError as error:
            log.error("A dialogue that the log of a room names is missing.", room=room_id, script=error.edition[:12])
            raise BrokenRoomError from error
        except (DomainError, KeyError) as error:
            log.error("The log of a room makes no room.", room=room_id, count=len(entries), error=error)
            raise BrokenRoomError from error
        reopened = LoggedEvent(len(entries) + 1, RoomReopened(self._clock.now()))
        after, effects = room.handle(reopened.event)
        if not room.ended:  # an ended room is only looked at
            await self._log.append(room_id, [reopened])
            room, entries = after, [*entries, reopened]
        if self._closed:
            raise RoomClosedError
        actor = RoomActor(
            room_id,
            room,
            entries,
            log=self._log,
            media=self._media,
            clock=self._clock,
            tasks=self._tasks,
            call_later=self._call_later or asyncio.get_running_loop().call_later,
        )
        self._open[room_id] = actor
        self._tasks.spawn("room", self._run(actor, effects))
        return actor

    async def _run(self, actor: RoomActor, effects: tuple[Effect, ...]) -> None:
        try:
            await actor.run(effects)
        finally:
            if self._open.get(actor.id) is actor:
                del self._open[actor.id]
