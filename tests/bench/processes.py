"""Processes that the benchmark starts: lines of JSON in and out, their processor time and memory, and their end.

A child ends when its standard input does, so none outlives a benchmark that was killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

ROOT = Path(__file__).resolve().parents[2]
_END_SECONDS = 5.0
_PAGE = os.sysconf("SC_PAGE_SIZE")

S = TypeVar("S", bound=msgspec.Struct)


class BenchError(Exception):
    """A part of the benchmark could not run; the text says which and why."""


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, user and system, of all its threads.

    It is what /proc/<pid>/stat sums up, read by the process's own clock, which has no steps of ten milliseconds.
    """
    # the clock of another process has the complement of its id, and the kind 2 (clock_getcpuclockid(3))
    return time.clock_gettime(~pid << 3 | 2)


def waited_seconds(pid: int) -> float:
    """How long a process's threads wanted a core so far and had none, in sum; 0 where the kernel does not tell."""
    waited = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # a thread that has just ended
            waited += int((task / "schedstat").read_text(encoding="ascii").split()[1])
    return waited / 1e9


def resident(pid: int) -> int:
    """Octets of memory that a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this repository."""
    return [sys.executable, "-m", module, *arguments]


class Child:
    """A running child that replies to each line with one line."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        self._process = process
        self.name = name

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, request: msgspec.Struct, reply: type[S], seconds: float) -> S:
        """Send a request and wait for its reply. Raises BenchError when none comes, or one that cannot be read."""
        if self._process.stdin is None:
            raise BenchError(f"{self.name} takes no requests")
        self._process.stdin.write(msgspec.json.encode(request) + b"\n")
        return await self.hear(reply, seconds)

    async def hear(self, reply: type[S], seconds: float) -> S:
        """Wait for a line that the child sends by itself. Raises BenchError as `ask` does."""
        if self._process.stdout is None:
            raise BenchError(f"{self.name} says nothing")
        try:
            async with asyncio.timeout(seconds):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise BenchError(f"{self.name} did not reply within {seconds:g} seconds") from None
        if not line:
            raise BenchError(f"{self.name} ended by itself")
        try:
            return msgspec.json.decode(line, type=reply)
        except msgspec.DecodeError as error:
            raise BenchError(f"{self.name} said something else than expected: {error}") from None


@asynccontextmanager
async def running(name: str, command: Sequence[str], *, foreign: bool = False) -> AsyncIterator[Child]:
    """Run a command as long as the block lasts; it ends by the end of its input, else is terminated, else killed.

    What is `foreign` to this protocol says nothing, and is terminated at once.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL if foreign else asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL if foreign else None,
        limit=2**20,
    )
    try:
        yield Child(process, name)
    finally:
        await _end(process, (process.terminate, process.kill) if foreign else (None, process.terminate, process.kill))


async def _end(process: asyncio.subprocess.Process, stops: Sequence[Callable[[], None] | None]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    for stop in stops:
        with suppress(ProcessLookupError):
            if stop is not None:
                stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(_END_SECONDS):
                await process.wait()
            return


async def run(*command: str, seconds: float = 10.0) -> str:
    """What a short command prints. Raises BenchError when it fails, takes too long, or is not there."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
    except FileNotFoundError:
        raise BenchError(f"{command[0]} is not installed") from None
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise BenchError(f"{' '.join(command)} took too long") from None
    text = output.decode("utf-8", "replace").strip()
    if process.returncode:
        raise BenchError(f"{' '.join(command)} failed: {text}")
    return text
