"""The load generator, a process of its own: `python -m tests.bench.load TARGET WHERE ROOMS`.

It brings three light peers into each room of the host (WHERE is its socket) or of Janus (WHERE is its address), says
so, and then plays the pattern as often as it is asked to.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections.abc import Sequence
from typing import Protocol, assert_never

import msgspec
import uvloop

from server.domain.seats import SEATS
from tests.bench import score
from tests.bench.control import Play, Played, Prepare, Ready, ToLoad, lines, say
from tests.bench.figures import LISTENERS, delay
from tests.bench.hostroom import HostCaller
from tests.bench.member import Member
from tests.bench.videoroom import JanusCaller

_QUIET_SECONDS = 1.0
"""Nothing has come for so long: what is missing now is lost."""
_LOOK_SECONDS = 0.05
_CONNECT_SECONDS = 60.0


class Caller(Protocol):
    """Whoever knows how to bring peers into a room of one kind of host."""

    async def fill(self, room: int, members: Sequence[Member]) -> None:
        """Connect the three members of a new room, so that each hears the two others."""

    async def version(self) -> str:
        """What the host says of its version; empty when nothing."""

    async def close(self) -> None:
        """Hang up."""


class Load:
    """All peers of all rooms, and what reaches them."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self._scores: list[list[tuple[bytes, ...]]] = []
        self._delays: list[float] = []
        self._wrong = 0

    async def join(self, caller: Caller, room: int) -> None:
        """Fill one more room."""
        members = [Member(len(self.members) + seat, room, self._sampled) for seat in range(len(SEATS))]
        self.members += members
        await caller.fill(room, members)

    def _sampled(self, listener: Member, plain: bytes, arrived: float) -> None:
        number, packet = score.origin(plain)
        sender = self.members[number] if number < len(self.members) else None
        if sender is None or sender is listener or sender.room != listener.room:
            self._wrong += 1
        else:
            self._delays.append(arrived - sender.sender.times[packet])

    def prepare(self, seconds: float) -> None:
        """Make all packets of the next play."""
        slots = round(seconds * score.SLOTS)
        self._scores = [member.prepare(slots) for member in self.members]

    async def play(self) -> Played:
        """Send what is prepared from all peers, and wait until it has arrived."""
        before, cpu = self._received(), time.process_time()
        self._delays.clear()
        late = await score.play(self.members, self._scores)
        sent = sum(len(member.sender.times) for member in self.members)
        received = await self._settle(sent * LISTENERS)
        return Played(
            sent=sent,
            received=received,
            wrong=self._wrong + sum(member.listening.unreadable for member in self.members),
            forwarded=received - before,
            delay=delay(self._delays),
            late=late * 1000,
            cpu=time.process_time() - cpu,
        )

    async def _settle(self, expected: int) -> int:
        """Wait for what is under way; how much has been received in all."""
        received, quiet = self._received(), 0.0
        while received < expected and quiet < _QUIET_SECONDS:
            await asyncio.sleep(_LOOK_SECONDS)
            for member in self.members:
                member.read()
            before, received = received, self._received()
            quiet = quiet + _LOOK_SECONDS if received == before else 0.0
        return received

    def _received(self) -> int:
        return sum(member.listening.received for member in self.members)


async def serve(target: str, where: str, rooms: int) -> None:
    """Fill the rooms and play on request until standard input ends."""
    load = Load()
    caller: Caller = await (HostCaller.open(where) if target == "host" else JanusCaller.open(where))
    async with asyncio.timeout(_CONNECT_SECONDS):
        await asyncio.gather(*(load.join(caller, room) for room in range(rooms)))
    gc.freeze()  # a collection in mid-play would delay packets
    gc.disable()
    say(Ready(load.members[0].listening.profile, await caller.version()))
    async for line in lines():
        request: ToLoad = msgspec.json.decode(line, type=ToLoad)
        match request:
            case Prepare(seconds):
                load.prepare(seconds)
                say(Ready())
            case Play():
                say(await load.play())
            case _:
                assert_never(request)
    await asyncio.gather(*(member.close() for member in load.members))
    await caller.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("target", choices=("host", "janus"))
    parser.add_argument("where")
    parser.add_argument("rooms", type=int)
    options = parser.parse_args()
    uvloop.run(serve(options.target, options.where, options.rooms))


if __name__ == "__main__":
    main()
