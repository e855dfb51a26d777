"""What holds for a room's actor whatever people, disk and time do to it."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.room import Room, fold
from server.domain.seats import SEATS, Seat
from server.protocol import messages
from server.rooms import translate
from tests.fakes import MemoryLog
from tests.playbook import shipped_scripts
from tests.rooms.house import ROOM, House, Visitor, settle

STEPS = sorted({step.id for script in shipped_scripts().values() for step in script.steps})
EDGES = sorted({edge.id for script in shipped_scripts().values() for step in script.steps for edge in step.edges})
KNOWN: Mapping[str, st.SearchStrategy[Any]] = {
    "script": st.sampled_from([*shipped_scripts(), "no-such-script"]),
    "step": st.sampled_from(STEPS),
    "edge": st.none() | st.sampled_from(EDGES),
    "language": st.sampled_from(["en", "de"]),
    "revision": st.none() | st.integers(0, 5),  # none: the one on the screen
}


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated and arguments[0] is int:
        meta = arguments[1]
        return st.integers(meta.ge, meta.le)
    if origin is Annotated:
        return of_type(arguments[0])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(of_type(arguments[0]), max_size=2).map(tuple)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(of_type, arguments))
    return {bool: st.booleans(), int: st.integers(0, 9), str: st.just("some words"), type(None): st.none()}[hint]


def command(kind: type[msgspec.Struct]) -> st.SearchStrategy[tuple[type, dict[str, Any]]]:
    hints = get_type_hints(kind, include_extras=True)
    names = [name for name in kind.__struct_fields__ if name != "id"]
    fields = {name: KNOWN[name] if name in KNOWN else of_type(hints[name]) for name in names}
    return st.tuples(st.just(kind), st.fixed_dictionaries(fields))


seats = st.sampled_from(SEATS)
commands = st.one_of(*(command(kind) for kind in get_args(messages.AnyCommand)))
acts = st.one_of(
    st.tuples(st.just("come"), seats, st.sampled_from(["one", "other"])),
    st.tuples(st.just("drop"), seats),
    st.tuples(st.just("do"), seats, commands),
    st.tuples(st.just("do"), seats, commands),
    st.tuples(st.just("lead"), st.just(Seat.THERAPIST), commands),
    st.tuples(st.just("again"), seats),
    st.tuples(st.just("offer"), seats),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 5.0, 11.0, 700.0])),
    st.tuples(st.just("disk"), st.booleans()),
    st.tuples(st.just("crash"), st.booleans()),
)


class Story:
    """A house in which acts happen; after each the laws are looked at."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.house = House(self.log)
        self.there: dict[Seat, Visitor] = {}
        self.last: dict[Seat, Any] = {}
        self.acknowledged: list[str] = []
        self.count = 0

    async def begin(self) -> None:
        therapist, maya, jonas = await self.house.full()
        self.there = {visitor.seat: visitor for visitor in (therapist, maya, jonas)}

    async def act(self, name: str, *details: Any) -> None:
        match name, *details:
            case "come", seat, page:
                with suppress(OSError):  # a room does not open on a full disk
                    self.there[seat] = await self.house.come(seat, page)
            case "drop", seat:
                if seat in self.there:
                    await self.there.pop(seat).drop()
            case "do" | "lead", seat, (kind, fields):
                await self._send(seat, kind, dict(fields))
            case "again", seat:
                if seat in self.last and seat in self.there:
                    await self._deliver(seat, self.last[seat])
            case "offer", seat:
                await self._offer(seat)
            case "wait", seconds:
                await self.house.pass_time(seconds)
            case "disk", full:
                self.log.failing = OSError() if full else None
            case "crash", after_storing:
                await self._crash(after_storing)
            case _:
                raise AssertionError(name)
        await settle()
        for seat, visitor in list(self.there.items()):
            if visitor.outbox.closed is not None:  # the socket goes with it
                visitor.actor.disconnect(visitor.page)
                del self.there[seat]
        await settle()
        self._look()

    async def _send(self, seat: Seat, kind: type, fields: dict[str, Any]) -> None:
        visitor = self.there.get(seat)
        if visitor is None:
            return
        if fields.get("revision", 0) is None:
            fields["revision"] = visitor.revision
        if fields.get("edge", 0) is None and kind is not messages.Advance:
            fields["edge"] = EDGES[0]
        self.count += 1
        self.last[seat] = kind(id=f"n{self.count}", **fields)
        await self._deliver(seat, self.last[seat])

    async def _deliver(self, seat: Seat, sent: Any) -> None:
        visitor = self.there[seat]
        if not visitor.actor.closing and isinstance(await visitor.send(sent), messages.Done):
            self.acknowledged.append(f"{seat}:{sent.id}")

    async def _offer(self, seat: Seat) -> None:
        visitor = self.there.get(seat)
        if visitor is not None and not visitor.actor.closing:
            await visitor.actor.offer(visitor.page, "offer", "v=0")

    async def _crash(self, after_storing: bool) -> None:
        """The process dies, perhaps between storing a command and its effects; another one starts."""
        therapist = self.there.get(Seat.THERAPIST)
        self.log.hanging = after_storing
        if therapist is not None and not therapist.actor.closing:
            pending = messages.SetDevices(id=f"crash{len(self.log.rooms[ROOM])}", mic=False, camera=False)
            await therapist.actor.command(therapist.page, pending)
            await settle()
        await self.house.kill()
        self.log.hanging = False
        self.there.clear()
        self.house = House(self.log)

    def _look(self) -> None:
        entries = self.log.rooms[ROOM]
        stored = fold((entry.event for entry in entries), shipped_scripts())
        assert [entry.index for entry in entries] == list(range(1, len(entries) + 1))
        commands = [entry.command for entry in entries if entry.command is not None]
        assert len(commands) == len(set(commands)), "a command was done twice"
        assert set(self.acknowledged) <= set(commands), "an acknowledged command is not stored"
        actor = self.house.directory._open.get(ROOM)
        if actor is not None:
            self._look_at_room(actor.room, stored)

    def _look_at_room(self, room: Room, stored: Room) -> None:
        assert room == stored
        assert self.house.media.open_routes(ROOM) == room.routes
        for seat, visitor in self.there.items():
            assert visitor.view == translate.to_message(room.view(seat)), "a page shows what is not so"


@settings(deadline=None)
@given(st.lists(acts, max_size=25))
def test_the_room_is_the_fold_of_its_log_and_every_page_shows_it(story: list[tuple[Any, ...]]) -> None:
    async def tell() -> None:
        told = Story()
        await told.begin()
        for act in story:
            await told.act(*act)
        await told.house.close()

    asyncio.run(tell())
