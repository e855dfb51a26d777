"""The light peer that selftest, tests and benches call with."""

from __future__ import annotations

import asyncio
import time

import pytest

from server.domain.seats import SEATS, Medium
from server.media.host import MediaEngine
from server.media.probe import Probe, play
from tests.media.conftest import EVERY_ROUTE, ROOM, until

THERAPIST, A, B = SEATS


async def test_the_pattern_is_played_in_time_and_heard_by_all() -> None:
    engine = MediaEngine(["127.0.0.1"], 0, [])
    await engine.start()
    engine.set_routes(ROOM, EVERY_ROUTE)
    probes = [Probe(seat) for seat in SEATS]
    for probe in probes:
        await probe.connect(await engine.connect(ROOM, probe.seat, probe.offer()))

    begin = time.monotonic()
    sent = await play(probes, 0.5)
    passed = time.monotonic() - begin

    assert sent == 3 * 75
    assert 0.45 < passed < 1.5
    for probe in probes:
        for other in SEATS:
            if other is not probe.seat:
                await until(lambda p=probe, o=other: p.heard[o, Medium.CAMERA].packets == 50)  # type: ignore[misc]
                await until(lambda p=probe, o=other: p.heard[o, Medium.MIC].packets == 25)  # type: ignore[misc]
                assert {len(packet.payload) for packet in probe.heard[other, Medium.CAMERA].recent} == {1100}
                assert {len(packet.payload) for packet in probe.heard[other, Medium.MIC].recent} == {120}
        await probe.close()
    await engine.stop()


async def test_one_that_only_counts_opens_nothing() -> None:
    engine = MediaEngine(["127.0.0.1"], 0, [])
    await engine.start()
    engine.set_routes(ROOM, EVERY_ROUTE)
    first, second = Probe(THERAPIST), Probe(A, keep=False)
    for probe in (first, second):
        await probe.connect(await engine.connect(ROOM, probe.seat, probe.offer()))
    for _ in range(10):
        first.send_media(Medium.MIC, 100)

    await until(lambda: second.datagrams >= 10)
    assert all(heard.packets == 0 for heard in second.heard.values())
    for probe in (first, second):
        await probe.close()
    await engine.stop()


async def test_without_a_host_it_gives_up_in_time() -> None:
    engine = MediaEngine(["127.0.0.1"], 0, [])
    await engine.start()
    probe = Probe(THERAPIST)
    answer = await engine.connect(ROOM, THERAPIST, probe.offer())
    await engine.stop()

    with pytest.raises(ValueError, match="not connected"):
        probe.protected(b"")
    with pytest.raises(TimeoutError):
        await probe.connect(answer, seconds=0.2)
    await probe.close()


async def test_an_answer_that_is_none_is_said() -> None:
    probe = Probe(THERAPIST)
    with pytest.raises(ValueError, match="lacks"):
        await probe.connect("v=0\r\n")
    probe.mute = True
    probe.send_raw(b"nothing leaves")
    await asyncio.sleep(0)
    await probe.close()
