"""One open page at a seat, as its room knows it: an ear, and what it was told last.

The counterpart of `signalling.connection`, which speaks for the same page.
"""

from __future__ import annotations

from server.domain.seats import Seat
from server.ports import Outbox
from server.rooms import translate


class Page:
    """`name` is the random id that the page gave itself: the same after its socket broke, another after a reload."""

    def __init__(self, seat: Seat, name: str, outbox: Outbox) -> None:
        self.seat = seat
        self.name = name
        self.ended = False
        self._outbox = outbox
        self._shown: translate.Shown | None = None

    def show(self, view: translate.Shown) -> None:
        """Tell the page its view, unless it is what it was told last."""
        if not self.ended and view != self._shown:
            self._shown = view
            self._outbox.send(view)

    def done(self, command_id: str) -> None:
        self._outbox.send(translate.done(command_id))

    def refuse(self, command_id: str, code: str) -> None:
        self._outbox.send(translate.refused(code, command_id))

    def take_answer(self, offer_id: str, sdp: str) -> None:
        """Tell the page what the media host answered to its offer."""
        self._outbox.send(translate.sdp_answer(offer_id, sdp))

    def end(self, code: str, close_code: int, *, retry: bool) -> None:
        """Say goodbye and close the socket; idempotent. Nothing is sent afterwards."""
        if not self.ended:
            self.ended = True
            self._outbox.send(translate.bye(code, retry=retry))
            self._outbox.close(close_code, code)

    def replace(self, successor: Page) -> None:
        """Make way for another page at the seat; one that only has a new socket is not told that it lost the seat."""
        if successor.name == self.name:
            self.ended = True
            self._outbox.close(1000, "replaced")
        else:
            self.end("superseded", 4409, retry=False)
