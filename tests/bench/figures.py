"""The arithmetic of the benchmark: what was read during a run, what follows from it, and the table.

Nothing here measures anything or starts a process; `measuring.py` brings the readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

LISTENERS = 2
"""Whoever sends in a room of three is heard by the two others."""


class Delay(Struct, frozen=True):
    """From the sender's send to the listener's read, over a sample of packets. In milliseconds."""

    median: float
    p99: float
    worst: float
    samples: int


class Reading(Struct, frozen=True):
    """What was read about one run: a target with so many rooms under load."""

    target: str
    rooms: int
    seconds: float
    """How long the load lasted."""
    cpu: float
    """The target's processor time during it, of all threads, user and system, in seconds."""
    waited: float
    """How long it wanted a core meanwhile and had none, in seconds: somebody else's work."""
    load_cpu: float
    """The same of the load generator."""
    sent: int
    """Packets of media that the peers sent in all, from the first on."""
    received: int
    """Packets of media that came back to the peers in all."""
    forwarded: int
    """Packets of media that the peers received during the load."""
    counted: int | None
    """The same, as the target itself counts it; None when it cannot tell."""
    dropped: dict[str, int]
    """Datagrams that the target dropped since its start, by reason, if it tells."""
    wrong: int
    """Sampled packets that did not open, or reached somebody of another room."""
    idle_octets: int
    """Resident memory before the first room."""
    loaded_octets: int
    """Resident memory after the load, with all rooms still there."""
    delay: Delay | None
    late: float
    """How far the load generator was behind its own pattern at the worst, in milliseconds."""
    profile: str
    """The SRTP protection profile in use."""
    version: str
    """Of the target, where it tells one."""

    @property
    def core_share(self) -> float:
        """The part of one core that a room takes; 0.01 is one per cent."""
        return self.cpu / self.seconds / self.rooms

    @property
    def microseconds(self) -> float:
        """Processor time per packet sent by the target."""
        return self.cpu * 1e6 / self.packets if self.packets else 0.0

    @property
    def packets(self) -> int:
        """Packets of media that the target sent during the load: by its own count, else by what arrived."""
        return self.forwarded if self.counted is None else self.counted

    @property
    def room_octets(self) -> float:
        """Resident memory that a room adds."""
        return (self.loaded_octets - self.idle_octets) / self.rooms

    @property
    def lost(self) -> int:
        """Packets that ought to have reached a listener and did not."""
        return self.sent * LISTENERS - self.received

    @property
    def unaccounted(self) -> int:
        """How far the target's own count is from what the listeners received."""
        return 0 if self.counted is None else self.counted - self.forwarded


class Floor(Struct, frozen=True):
    """The bare work per packet sent, in microseconds of processor time: the best and the median of some rounds."""

    best: float
    median: float
    rounds: int
    profile: str


class Report(Struct, frozen=True):
    """All that one run of the benchmark found. It is what stands in the JSON file."""

    began: str
    """UTC, ISO 8601."""
    command: str
    cores: int
    processor: str
    load_average: float
    """Of the last minute, before the benchmark began: somebody else's work on the same cores shows here."""
    versions: dict[str, str]
    profiled: bool
    """The host ran under a profiler, so its figures cannot be compared."""
    floor: Floor
    readings: list[Reading]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Ratios:
    """How the host compares at one number of rooms; None where there is nothing to compare with."""

    rooms: int
    to_floor: float
    to_janus: float | None
    janus_core_share: float | None
    """The host's share of a core against Janus's."""


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` of them do not exceed. Raises ValueError for none."""
    if not values:
        raise ValueError("there is no quantile of nothing")
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def delay(seconds: Sequence[float]) -> Delay | None:
    """The summary of sampled delays; None when there are none."""
    if not seconds:
        return None
    return Delay(
        quantile(seconds, 0.5) * 1000, quantile(seconds, 0.99) * 1000, max(seconds) * 1000, samples=len(seconds)
    )


def ratios(floor: Floor, readings: Sequence[Reading]) -> list[Ratios]:
    """Every reading of the host, compared."""
    others = {reading.rooms: reading for reading in readings if reading.target == "janus"}
    found = []
    for reading in readings:
        if reading.target != "host":
            continue
        janus = others.get(reading.rooms)
        found.append(
            Ratios(
                reading.rooms,
                reading.microseconds / floor.best,
                reading.microseconds / janus.microseconds if janus and janus.microseconds else None,
                reading.core_share / janus.core_share if janus and janus.core_share else None,
            )
        )
    return found


_HEAD = (
    "rooms", "target", "CPU a room", "µs a packet", "÷ floor", "÷ Janus", "memory a room", "idle", "packets", "lost",
    "delay p50 / p99", "load",
)  # fmt: skip


def table(report: Report) -> str:
    """The report as lines of text."""
    compared = {ratio.rooms: ratio for ratio in ratios(report.floor, report.readings)}
    rows: list[Sequence[str]] = [_HEAD]
    floor = report.floor
    rows.append(("", "floor", "", f"{floor.best:.1f}", "1.00", "", "", "", "", "", "", ""))
    for reading in sorted(report.readings, key=lambda reading: (reading.rooms, reading.target)):
        rows.append(_row(reading, floor, compared.get(reading.rooms)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _row(reading: Reading, floor: Floor, compared: Ratios | None) -> Sequence[str]:
    to_janus = compared.to_janus if compared is not None and reading.target == "host" else None
    took = reading.delay
    return (
        str(reading.rooms),
        reading.target,
        f"{reading.core_share * 100:.2f} %",
        f"{reading.microseconds:.1f}",
        f"{reading.microseconds / floor.best:.2f}",
        "" if to_janus is None else f"{to_janus:.2f}",
        f"{reading.room_octets / 2**20:.1f} MB",
        f"{reading.idle_octets / 2**20:.0f} MB",
        str(reading.packets),
        str(reading.lost),
        "" if took is None else f"{took.median:.2f} / {took.p99:.2f} ms",
        f"{reading.load_cpu / reading.seconds * 100:.0f} %",
    )
