"""One table from what goes wrong on a socket to what its page is told.

What a room refuses is told by the room itself; this is about the connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from server.rooms.actor import RoomClosedError
from server.rooms.directory import BrokenRoomError, UnknownRoomError


class HelloMissingError(Exception):
    """No hello within the time."""


class VersionError(Exception):
    """The page speaks another version of the wire."""


class TooManyMessagesError(Exception):
    """More messages than a person can cause."""


class TooManyBadMessagesError(Exception):
    """The other side does not speak this protocol."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The `bye` and the close code of a connection."""

    code: str
    close_code: int
    retry: bool


ENDINGS: Final[dict[type[Exception], Ending]] = {
    HelloMissingError: Ending("hello-first", 4400, retry=True),
    VersionError: Ending("version", 4400, retry=False),
    TooManyBadMessagesError: Ending("bad-message", 4400, retry=False),
    TooManyMessagesError: Ending("rate", 4429, retry=True),
    UnknownRoomError: Ending("revoked", 4401, retry=False),
    BrokenRoomError: Ending("internal", 4503, retry=True),
    RoomClosedError: Ending("drain", 4503, retry=True),
}

UNEXPECTED: Final = Ending("internal", 4503, retry=True)
"""Whatever else was raised; it is logged."""


def ending_of(error: Exception) -> Ending:
    return ENDINGS.get(type(error), UNEXPECTED)
