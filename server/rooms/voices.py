"""From moments to utterances: who began to speak and who ended, made into spans worth a line in the log."""

from __future__ import annotations

from typing import Final

from server.domain.seats import Seat

SHORTEST: Final = 700
"""Milliseconds: a cough, a chair or a single "mm" is no utterance."""


class Utterances:
    """What the seats of one room are saying now. Times are ms since the epoch."""

    def __init__(self) -> None:
        self._since: dict[Seat, int] = {}

    def heard(self, seat: Seat, now: int, *, speaking: bool) -> int | None:
        """When the utterance that ends now began; None if none ends, or it is too short to count."""
        if speaking:
            self._since.setdefault(seat, now)
            return None
        since = self._since.pop(seat, None)
        return since if since is not None and now - since >= SHORTEST else None
