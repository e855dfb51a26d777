"""One reading: a target with so many rooms, a load on it, and what both say before and after."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from tests.bench import janus
from tests.bench.control import Counts, Look, Play, Played, Prepare, Ready
from tests.bench.figures import Reading
from tests.bench.namespace import inside, namespace
from tests.bench.processes import Child, cpu_seconds, python, resident, running, waited_seconds

WARM_UP_SECONDS = 2.0
_START_SECONDS = 30.0
_FILL_SECONDS = 90.0
_SLACK_SECONDS = 30.0


async def read_host(rooms: int, seconds: float, *, profile: Path | None = None) -> Reading:
    """Measure the media host. Raises BenchError when something does not run."""
    with tempfile.TemporaryDirectory() as folder:
        desk = str(Path(folder, "desk"))
        options = ["--profile", str(profile)] if profile is not None else []
        async with running("the media host", python("tests.bench.hosting", desk, *options)) as host:
            await host.hear(Ready, _START_SECONDS)

            async def count() -> Counts:
                return await host.ask(Look(), Counts, _START_SECONDS)

            load = python("tests.bench.load", "host", desk, str(rooms))
            return await _read("host", host, load, rooms, seconds, count)


async def read_janus(rooms: int, seconds: float) -> Reading:
    """Measure Janus. Raises BenchError when something does not run."""

    async def count() -> None:
        return None

    with tempfile.TemporaryDirectory() as folder:
        async with namespace() as name, janus.janus(name, Path(folder)) as child:
            load = inside(name, python("tests.bench.load", "janus", janus.WHERE, str(rooms)))
            return await _read("janus", child, load, rooms, seconds, count)


async def _read(
    target: str,
    host: Child,
    load_command: Sequence[str],
    rooms: int,
    seconds: float,
    count: Callable[[], Awaitable[Counts | None]],
) -> Reading:
    idle = resident(host.pid)
    async with running("the load generator", load_command) as load:
        ready = await load.hear(Ready, _FILL_SECONDS)
        await load.ask(Prepare(WARM_UP_SECONDS), Ready, _SLACK_SECONDS)
        await load.ask(Play(), Played, WARM_UP_SECONDS + _SLACK_SECONDS)
        await load.ask(Prepare(seconds), Ready, seconds + _SLACK_SECONDS)
        before, cpu, waited = await count(), cpu_seconds(host.pid), waited_seconds(host.pid)
        played = await load.ask(Play(), Played, seconds + _SLACK_SECONDS)
        cpu, waited = cpu_seconds(host.pid) - cpu, waited_seconds(host.pid) - waited
        after = await count()
        return Reading(
            target=target,
            rooms=rooms,
            seconds=seconds,
            cpu=cpu,
            waited=waited,
            load_cpu=played.cpu,
            sent=played.sent,
            received=played.received,
            forwarded=played.forwarded,
            counted=after.media - before.media if before is not None and after is not None else None,
            dropped=after.dropped if after is not None else {},
            wrong=played.wrong,
            idle_octets=idle,
            loaded_octets=resident(host.pid),
            delay=played.delay,
            late=played.late,
            profile=ready.profile,
            version=ready.version,
        )
