"""Measures the media host, Janus under the same load where there is one, and the floor: `make bench`.

It holds nothing to any time: it prints what it found, and keeps it as JSON. It fails when something does not run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import pstats
import shlex
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from tests.bench import floor, janus
from tests.bench.figures import Floor, Reading, Report, table
from tests.bench.measuring import read_host, read_janus
from tests.bench.processes import ROOT, BenchError

_DISTRIBUTIONS = ("aiortc", "pylibsrtp", "uvloop")
_WAITED = 0.05
"""Who waits for a core longer than this part of the time has cold caches, and late or lost packets."""
_PROFILE_LINES = 40


def main() -> None:
    options = _options()
    try:
        with asyncio.Runner() as runner:
            report = runner.run(_all(options))
    except BenchError as error:
        sys.exit(f"The benchmark could not be run: {error}")
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit("The benchmark was stopped.")
    print()
    print(table(report))
    path = _keep(report, options.into)
    print(f"\n{report.command}; {report.cores} cores, {report.processor}, load average {report.load_average:.1f}")
    print(", ".join(f"{name} {number}" for name, number in report.versions.items()))
    for note in report.notes:
        print(note)
    print(f"All of it: {path}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rooms", type=_numbers, default=[1, 5, 15], help="numbers of rooms, such as 1,5,15")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each load lasts, after warming up")
    parser.add_argument("--repeat", type=int, default=1, help="measure so often and keep the run that cost least")
    parser.add_argument("--skip-janus", action="store_true", help="measure the media host and the floor alone")
    parser.add_argument("--profile", action="store_true", help="profile the media host; its figures mean nothing then")
    parser.add_argument("--into", type=Path, default=ROOT / "var/bench", help="the folder for the JSON file")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    found = [int(part) for part in text.split(",")]
    if min(found) < 1:
        raise argparse.ArgumentTypeError("a room is the least")
    return found


async def _all(options: argparse.Namespace) -> Report:
    task = asyncio.current_task()
    if task is not None:  # the namespace is taken down, whoever ends this
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    began, load_average = datetime.now(UTC), os.getloadavg()[0]
    options.into.mkdir(parents=True, exist_ok=True)
    notes: list[str] = []
    versions = {"python": platform.python_version(), "linux": platform.release()}
    versions |= {name: version(name) for name in _DISTRIBUTIONS}
    with_janus = not options.skip_janus
    if with_janus and (obstacle := janus.obstacle()) is not None:
        notes.append(f"Not compared with Janus: {obstacle}")
        with_janus = False
    print("floor …", flush=True)
    bare = await asyncio.to_thread(floor.measure)
    readings = []
    for rooms in options.rooms:
        readings.append(_cheapest([await _host(rooms, options) for _ in range(options.repeat)]))
        if with_janus:
            readings.append(_cheapest([await _janus(rooms, options) for _ in range(options.repeat)]))
    if options.repeat > 1:
        notes.append(f"Each line is the best of {options.repeat} runs.")
    versions |= {reading.target: reading.version for reading in readings if reading.version}
    notes += _remarks(bare, readings)
    return Report(
        began=began.isoformat(timespec="seconds"),
        command=shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]]),
        cores=os.cpu_count() or 0,
        processor=_processor(),
        load_average=load_average,
        versions=versions,
        profiled=options.profile,
        floor=bare,
        readings=readings,
        notes=notes,
    )


async def _host(rooms: int, options: argparse.Namespace) -> Reading:
    print(f"host, {_rooms(rooms)} …", flush=True)
    profile = options.into / f"host-{rooms}.pstats" if options.profile else None
    reading = await read_host(rooms, options.seconds, profile=profile)
    if profile is not None:
        pstats.Stats(str(profile)).sort_stats("tottime").print_stats(_PROFILE_LINES)
    return reading


async def _janus(rooms: int, options: argparse.Namespace) -> Reading:
    print(f"janus, {_rooms(rooms)} …", flush=True)
    return await read_janus(rooms, options.seconds)


def _cheapest(readings: Sequence[Reading]) -> Reading:
    """The run that others on the same cores disturbed least."""
    return min(readings, key=lambda reading: reading.microseconds)


def _rooms(number: int) -> str:
    return f"{number} room{'s' if number > 1 else ''}"


def _remarks(bare: Floor, readings: Sequence[Reading]) -> list[str]:
    """What a reader of the table must know to trust it, or not to."""
    found = [f"The floor is the best of {bare.rounds} rounds (median {bare.median:.1f} µs), {bare.profile}."]
    for reading in readings:
        name = f"{reading.target}, {_rooms(reading.rooms)}"
        if reading.wrong:
            found.append(f"{name}: {reading.wrong} sampled packets did not open or went astray.")
        if reading.unaccounted:
            found.append(f"{name}: its own count is {reading.unaccounted:+d} packets off what arrived.")
        if reading.dropped:
            found.append(f"{name}: dropped {', '.join(f'{n} by {why}' for why, n in reading.dropped.items())}.")
        if reading.profile != bare.profile:
            found.append(f"{name}: other keys than the floor, {reading.profile}.")
        if reading.waited > _WAITED * reading.seconds:
            found.append(f"{name}: waited {reading.waited:.1f} s for a core, others were at work on this machine.")
        if reading.load_cpu > 0.8 * reading.seconds:
            found.append(f"{name}: the load generator was near its limit.")
    return found


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _keep(report: Report, folder: Path) -> Path:
    path: Path = folder / f"{report.began.replace(':', '').partition('+')[0]}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    return path


if __name__ == "__main__":
    main()
