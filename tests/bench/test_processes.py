"""Processes that the benchmark starts."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from tests.bench.control import Ready
from tests.bench.processes import BenchError, cpu_seconds, resident, run, running, waited_seconds

ECHO = [sys.executable, "-c", "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"]


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_processor_time_is_that_of_the_kernels_books() -> None:
    own = time.process_time()
    read = cpu_seconds(os.getpid())
    after = time.process_time()

    assert own <= read <= after
    fields = Path(f"/proc/{os.getpid()}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    booked = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    assert booked == pytest.approx(read, abs=0.2)


def test_memory_and_waiting_are_known_of_any_process() -> None:
    assert resident(os.getpid()) > 2**20
    assert waited_seconds(os.getpid()) >= 0.0


async def test_a_child_replies_and_ends_with_its_block() -> None:
    async with running("an echo", ECHO) as child:
        assert await child.ask(Ready("a", "b"), Ready, 10.0) == Ready("a", "b")
        pid = child.pid

    assert not is_there(pid)


async def test_a_child_that_dies_is_named() -> None:
    async with running("a stillborn", [sys.executable, "-c", ""]) as child:
        with pytest.raises(BenchError, match="a stillborn ended by itself"):
            await child.hear(Ready, 10.0)


async def test_a_child_that_says_nothing_is_not_waited_for_long() -> None:
    async with running("a mute", ECHO) as child:
        with pytest.raises(BenchError, match="did not reply within"):
            await child.hear(Ready, 0.05)


async def test_a_foreign_process_is_terminated() -> None:
    async with running("a sleeper", ["sleep", "60"], foreign=True) as child:
        pid = child.pid

    assert not is_there(pid)


async def test_a_command_that_fails_tells_why() -> None:
    assert await run("echo", "well") == "well"
    with pytest.raises(BenchError, match="failed: no luck"):
        await run("sh", "-c", "echo no luck; exit 3")
    with pytest.raises(BenchError, match="is not installed"):
        await run("there-is-no-such-command")
