from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server import selftest as module
from server.config import Settings, load
from server.domain.seats import SEATS, Seat
from server.selftest import SelftestError, _person, selftest

pytestmark = pytest.mark.slow


def settings(data: Path, port: str) -> Settings:
    return load(environ={"THIRDCHAIR_DATA": str(data), "THIRDCHAIR_PORT": port, "THIRDCHAIR_MEDIA_PORT": "0"})


@contextmanager
def running(data: Path) -> Iterator[dict[str, object]]:
    """A server of its own process; what it told at the start."""
    names = {"THIRDCHAIR_DATA": str(data), "THIRDCHAIR_PORT": "0", "THIRDCHAIR_MEDIA_PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "server", "run", "--json"],
        env={**os.environ, **names},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(10)


async def test_an_installation_that_does_not_run_is_tested_by_a_server_of_its_own(tmp_path: Path) -> None:
    said: list[str] = []

    assert await selftest(settings(tmp_path / "unused", "1"), said.append)

    assert said[0].startswith("No server answers at http://127.0.0.1:1")
    assert not (tmp_path / "unused").exists()
    ways = [line for line in said if "→" in line]
    assert len(ways) == 6
    assert all(line.startswith("ok ") for line in said[1:])
    assert {line.split(":")[0].removeprefix("ok").strip() for line in ways} == {
        f"{source} → {listener}" for source in SEATS for listener in SEATS if source != listener
    }


async def test_the_server_that_runs_is_the_one_that_is_tested(tmp_path: Path) -> None:
    said: list[str] = []
    with running(tmp_path) as told:
        url = str(told["url"])
        assert await selftest(settings(tmp_path, url.rpartition(":")[2]), said.append)

        assert said[0] == f"Testing the server that runs at {url}"
        with pytest.raises(SelftestError, match="the link of partner-a was refused with status 404"):
            async with _person(Seat.PARTNER_A, f"{url}/j#1.AAAAAAAAAAA.{'A' * 43}"):
                pass


async def test_a_way_that_loses_packets_fails_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENOUGH", 1.1)
    said: list[str] = []

    assert not await selftest(settings(tmp_path, "1"), said.append)

    assert sum(line.startswith("FAILED") for line in said) == 6
