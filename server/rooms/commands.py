"""Which commands a room has done already, so that one sent again after a break is done once.

It is rebuilt from the log, where each command's id stands with the event that it caused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from server.domain.seats import SEATS, Seat
from server.ports import LoggedEvent

KEPT: Final = 256
"""Commands remembered per seat; a page sends again only what is not acknowledged, which is far less."""


def key(seat: Seat, command_id: str) -> str:
    """The form in which a command's id stands in the log: ids of two seats never meet."""
    return f"{seat}:{command_id}"


class DoneCommands:
    """The last `KEPT` commands of each seat."""

    def __init__(self, entries: Iterable[LoggedEvent]) -> None:
        self._order: dict[Seat, deque[str]] = {seat: deque() for seat in SEATS}
        self._known: set[str] = set()
        for entry in entries:
            if entry.command is not None:
                seat, _, command_id = entry.command.partition(":")
                self.add(Seat(seat), command_id)

    def __contains__(self, command: tuple[Seat, str]) -> bool:
        return key(*command) in self._known

    def add(self, seat: Seat, command_id: str) -> None:
        order = self._order[seat]
        order.append(key(seat, command_id))
        self._known.add(order[-1])
        if len(order) > KEPT:
            self._known.discard(order.popleft())
