"""The benchmark runs, in small: its parts find each other and count the same packets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.bench import floor, janus
from tests.bench.figures import Report
from tests.bench.measuring import read_janus
from tests.bench.processes import ROOT


def test_the_floor_forwards_and_takes_time() -> None:
    found = floor.measure(rounds=1)

    assert 0.0 < found.best == found.median


@pytest.mark.slow
def test_a_short_run_measures_prints_and_keeps(tmp_path: Path) -> None:
    arguments = ["--rooms", "1", "--seconds", "1", "--skip-janus", "--into", str(tmp_path)]
    output = subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    (kept,) = tmp_path.glob("*.json")
    report = msgspec.json.decode(kept.read_bytes(), type=Report)
    (reading,) = report.readings
    assert (reading.target, reading.rooms, reading.sent) == ("host", 1, 3 * 150 * 3)
    assert reading.counted == reading.forwarded == 900
    assert (reading.lost, reading.wrong) == (0, 0)
    assert reading.cpu > 0
    assert reading.room_octets > 0
    assert reading.delay is not None
    assert reading.profile == report.floor.profile
    assert f"{reading.microseconds:.1f}" in output
    assert str(kept) in output


@pytest.mark.slow
@pytest.mark.skipif(janus.obstacle() is not None, reason=str(janus.obstacle()))
async def test_janus_gets_the_same_load() -> None:
    reading = await read_janus(1, 1.0)

    assert (reading.target, reading.sent, reading.wrong) == ("janus", 3 * 150 * 3, 0)
    assert reading.lost < 50
    assert reading.cpu > 0
    assert reading.version.startswith("1.")
