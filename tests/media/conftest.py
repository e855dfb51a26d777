"""A media host on loopback, probes to call it with, and a clock that can be put forward."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from server.domain.seats import SEATS, Medium, Route, Routes, Seat
from server.media.host import MediaEngine
from server.media.probe import Probe
from server.media.synthetic import CHROMIUM, Dialect
from server.ports import PathState

ROOM = "room"
EVERY_ROUTE: Routes = frozenset(
    Route(source, listener, medium)
    for source in SEATS
    for listener in SEATS
    if source is not listener
    for medium in Medium
)


class Clock:
    """Steady seconds that run by themselves, can be put forward and be held."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.held: float | None = None

    def __call__(self) -> float:
        return self.held if self.held is not None else time.monotonic() + self.ahead


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for a state; fails when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the state did not come"
        await asyncio.sleep(0.002)


class Call:
    """A host, its clock, what it told about paths, and the probes that called."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.engine = MediaEngine(["127.0.0.1"], 0, [], clock=self.clock)
        self.paths: list[tuple[Seat, PathState]] = []
        self.voices: list[tuple[Seat, bool]] = []
        self.probes: list[Probe] = []
        self.engine.set_listener(lambda room, seat, state: self.paths.append((seat, state)))
        self.engine.set_voice_listener(lambda room, seat, speaking, level: self.voices.append((seat, speaking)))

    async def join(self, seat: Seat, dialect: Dialect = CHROMIUM, room: str = ROOM) -> Probe:
        """A probe in a seat, connected."""
        probe = Probe(seat, dialect=dialect)
        self.probes.append(probe)
        await probe.connect(await self.engine.connect(room, seat, probe.offer()))
        return probe

    async def three(self) -> tuple[Probe, Probe, Probe]:
        """All seats taken, every route open, and the microphone and camera of each known to the host."""
        first, second, third = [await self.join(seat) for seat in SEATS]
        self.engine.set_routes(ROOM, EVERY_ROUTE)
        for probe in (first, second, third):
            probe.send_media(Medium.MIC, 100)
            probe.send_media(Medium.CAMERA, 500)
        await until(
            lambda: all(p.heard[k].packets for p in (first, second, third) for k in p.heard if k[1] != "screen")
        )
        return first, second, third

    def packets(self, source: Seat, listener: Seat, medium: Medium) -> int:
        return self.engine.stats().packets(ROOM, source, listener, medium)

    async def settle(self) -> None:
        """Let everything that was sent arrive: the host's sockets are empty after a few turns of the loop."""
        for _ in range(5):
            await asyncio.sleep(0.005)


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    made = Call()
    await made.engine.start()
    yield made
    for probe in made.probes:
        await probe.close()
    await made.engine.stop()
