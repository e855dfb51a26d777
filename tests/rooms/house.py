"""A directory among fakes, and people who come to its rooms."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import msgspec

from server.domain.seats import SEATS, Seat
from server.ports import RoomLog
from server.protocol import messages
from server.rooms.actor import RoomActor
from server.rooms.directory import Directory
from server.rooms.library import Library
from server.rooms.page import Page
from server.tasks import Tasks
from tests.fakes import (
    FakeClock,
    FakeMedia,
    FakeTimers,
    MemoryEditions,
    MemoryLog,
    MemoryOwnScripts,
    MemoryPractice,
    RecordingOutbox,
)
from tests.playbook import opened, shipped_editions

ROOM = "room"
T, A, B = SEATS

_ids = itertools.count(1)


async def until(condition: Callable[[], bool]) -> None:
    """Let things happen until the condition holds."""
    async with asyncio.timeout(10):
        for _ in itertools.count():
            if condition():
                return
            await asyncio.sleep(0)


async def settle() -> None:
    """Let everything happen that can happen by itself: the fakes never wait for time."""
    for _ in range(60):
        await asyncio.sleep(0)


class Visitor:
    """One page at a seat of one open room."""

    def __init__(self, actor: RoomActor, page: Page, outbox: RecordingOutbox) -> None:
        self.actor = actor
        self.page = page
        self.outbox = outbox

    @property
    def seat(self) -> Seat:
        return self.page.seat

    @property
    def view(self) -> messages.View:
        return self.outbox.view

    @property
    def scene(self) -> str:
        return self.view.scene

    @property
    def revision(self) -> int:
        return self.view.revision or 0

    async def do(self, kind: type[messages.Command], **fields: Any) -> messages.Done | messages.Refused | None:
        """Send a command, with the revision on the screen unless another is given; the reply to it, if one came."""
        if issubclass(kind, messages.DialogueCommand):
            fields.setdefault("revision", self.revision)
        fields.setdefault("id", f"c{next(_ids)}")
        return await self.send(kind(**fields))

    async def send(self, command: Any) -> messages.Done | messages.Refused | None:
        before = len(self.outbox.sent)
        await self.actor.command(self.page, command)
        await settle()
        for message in self.outbox.sent[before:]:
            if isinstance(message, messages.Done | messages.Refused) and message.id == command.id:
                return message
        return None

    async def code(self, kind: type[messages.Command], **fields: Any) -> str:
        """`done`, or the code of the refusal."""
        match await self.do(kind, **fields):
            case messages.Done():
                return "done"
            case messages.Refused(code=code):
                return code
            case None:
                return "no reply"

    async def drop(self) -> None:
        """The socket breaks."""
        self.actor.disconnect(self.page)
        await settle()


class House:
    """One process: a new house on the same log is the next one, with the same editions, own scripts and practice."""

    def __init__(self, log: RoomLog | None = None, former: House | None = None) -> None:
        self.log: Any = log if log is not None else MemoryLog()
        self.editions: MemoryEditions = former.editions if former else MemoryEditions()
        self.own: MemoryOwnScripts = former.own if former else MemoryOwnScripts()
        self.practice: MemoryPractice = former.practice if former else MemoryPractice()
        self.media = FakeMedia()
        self.clock = FakeClock()
        self.timers = FakeTimers()
        self.tasks = Tasks()
        self.directory = Directory(self.log, self.media, self.clock, self.library(), self.tasks, call_later=self.timers)

    def library(self) -> Library:
        return Library(shipped_editions(), self.editions, self.own, self.practice)

    async def build(self) -> None:
        await self.directory.create(ROOM, opened().seats)

    async def come(self, seat: Seat, page: str | None = None) -> Visitor:
        outbox = RecordingOutbox()
        actor, token = await self.directory.connect(ROOM, seat, outbox, page or f"p{next(_ids)}")
        await settle()
        return Visitor(actor, token, outbox)

    async def full(self) -> tuple[Visitor, Visitor, Visitor]:
        """The therapist and both partners, all in the room."""
        await self.build()
        therapist, maya, jonas = [await self.come(seat) for seat in SEATS]
        for visitor in (therapist, maya, jonas):
            assert await visitor.code(messages.Enter) == "done"
        for seat in ("partner-a", "partner-b"):
            assert await therapist.code(messages.Admit, seat=seat) == "done"
        return therapist, maya, jonas

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(int(seconds * 1000))
        self.timers.advance(seconds)
        await settle()

    async def close(self) -> None:
        await self.directory.close()
        await self.tasks.close(1)

    async def kill(self) -> None:
        """End at once: nothing is said and nothing is written any more."""
        await self.tasks.close(1)

    def events(self) -> list[str]:
        """The names of what the log holds."""
        return [type(entry.event).__name__ for entry in self.log.rooms[ROOM]]


def wire(message: messages.FromServer) -> str:
    """A message as text, to search it."""
    return msgspec.json.encode(message).decode()
