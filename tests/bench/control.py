"""What the processes of the benchmark say to each other: one JSON object a line."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import msgspec
from msgspec import Struct

from tests.bench.figures import Delay


class Ready(Struct, frozen=True):
    """The child has done what it does first, and takes requests."""

    profile: str = ""
    version: str = ""
    """Of the target, where it tells one."""


class Connect(Struct, frozen=True):
    """To the host's desk: a peer's offer."""

    room: str
    seat: str
    offer: str


class Answer(Struct, frozen=True):
    """The host's answer to an offer."""

    sdp: str


class Look(Struct, frozen=True):
    """To the host: what have you counted so far?"""


class Counts(Struct, frozen=True):
    """What the host counts: packets of media sent, and everything dropped by reason."""

    media: int
    dropped: dict[str, int]


class Prepare(Struct, frozen=True, tag="prepare"):
    """To the load generator: make and encrypt what is sent in so many seconds. The reply is `Ready`."""

    seconds: float


class Play(Struct, frozen=True, tag="play"):
    """To the load generator: send what is prepared. The reply is `Played`."""


ToLoad = Prepare | Play


class Played(Struct, frozen=True):
    """The load generator is through. The first three count from its start on, the others are of this time."""

    sent: int
    received: int
    wrong: int
    forwarded: int
    delay: Delay | None
    late: float
    """Milliseconds."""
    cpu: float
    """Seconds."""


def say(message: Struct) -> None:
    """Write one line to whoever started this process."""
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


async def lines() -> AsyncIterator[bytes]:
    """The lines of standard input until it ends."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line
