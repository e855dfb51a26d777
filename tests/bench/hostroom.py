"""Brings light peers into rooms of the media host, by the desk that `hosting.py` keeps on a Unix socket."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence

import msgspec

from server.domain.seats import SEATS, Medium, Seat
from tests.bench import offers
from tests.bench.control import Answer, Connect
from tests.bench.member import Member
from tests.bench.score import Sender

_ADDRESS = "127.0.0.1"


class HostCaller:
    """A conversation with the host's desk."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._turnstile = asyncio.Lock()

    @classmethod
    async def open(cls, path: str) -> HostCaller:
        return cls(*await asyncio.open_unix_connection(path, limit=2**20))

    async def fill(self, room: int, members: Sequence[Member]) -> None:
        seated = zip(SEATS, members, strict=True)
        await asyncio.gather(*(self._connect(f"bench-{room}", seat, member) for seat, member in seated))

    async def _connect(self, room: str, seat: Seat, member: Member) -> None:
        member.bind(_ADDRESS, wires=1)
        wire = member.publishing
        described = offers.describe(
            sections_of(member.sender), wire.own, wire.certificate.fingerprint, wire.address, setup="actpass"
        )
        async with self._turnstile:
            self._writer.write(msgspec.json.encode(Connect(room, seat.value, described)) + b"\n")
            answer = msgspec.json.decode(await self._reader.readline(), type=Answer)
        await wire.connect(offers.remote(answer.sdp))

    async def version(self) -> str:
        return ""  # it is this repository

    async def close(self) -> None:
        self._writer.close()


def sections_of(sender: Sender) -> list[offers.Section]:
    """Mic, camera and an idle screen to send; then three to receive for each of the two others."""
    screen = offers.Section("2", True, secrets.randbits(31) | 1, secrets.randbits(31) | 1)
    listening = [
        offers.Section(str(3 + 3 * other + index), medium is not Medium.MIC)
        for other in range(len(SEATS) - 1)
        for index, medium in enumerate(Medium)
    ]
    return [sender.mic.section, sender.camera.section, screen, *listening]
