"""The media host in a process of its own, as the server runs it: `python -m tests.bench.hosting SOCKET`.

The load generator brings its offers to the Unix socket; the benchmark asks for counts by a line of standard input.
All routes are open.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
from pathlib import Path

import msgspec
import uvloop

from server.domain.seats import SEATS, Medium, Route, Seat, other_seats
from server.media.host import MediaEngine
from tests.bench.control import Answer, Connect, Counts, Ready, lines, say

_EVERYTHING = frozenset(
    Route(seat, other, medium) for seat in SEATS for other in other_seats(seat) for medium in Medium
)


class Hosting:
    """The host, and its desk that takes offers."""

    def __init__(self) -> None:
        self._engine = MediaEngine(["127.0.0.1"], 0, [])

    async def serve(self, path: str) -> None:
        """Keep the desk on a Unix socket until standard input ends."""
        await self._engine.start()
        desk = await asyncio.start_unix_server(self._take_offers, path, limit=2**20)
        say(Ready())
        async for _ in lines():
            stats = self._engine.stats()
            say(Counts(sum(link.packets for room in stats.rooms for link in room.links), stats.dropped))
        desk.close()
        await self._engine.stop()

    async def _take_offers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            wanted = msgspec.json.decode(line, type=Connect)
            self._engine.set_routes(wanted.room, _EVERYTHING)
            answer = Answer(await self._engine.connect(wanted.room, Seat(wanted.seat), wanted.offer))
            writer.write(msgspec.json.encode(answer) + b"\n")
        writer.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("--profile", type=Path)
    options = parser.parse_args()
    profiler = cProfile.Profile() if options.profile else None
    if profiler is not None:
        profiler.enable()
    uvloop.run(Hosting().serve(options.socket))
    if profiler is not None:
        profiler.disable()
        pstats.Stats(profiler).dump_stats(options.profile)


if __name__ == "__main__":
    main()
