"""What one room asks of the media host, in order for each seat, and without making the room wait.

Offers and goodbyes of a seat stand in one line, so that an offer in work never outlives the goodbye behind it; another
seat's line moves on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Final

from server.domain.seats import Routes, Seat
from server.log import logger
from server.ports import MediaHost, OfferRefusedError
from server.rooms.page import Page
from server.tasks import Tasks

CONNECT_WITHIN: Final = 5.0
CLOSE_WITHIN: Final = 2.0
"""Deadlines of the media host, in seconds."""

log = logger(__name__)


class MediaLine:
    def __init__(self, room_id: str, media: MediaHost, tasks: Tasks, *, connect_within: float = CONNECT_WITHIN) -> None:
        self._room_id = room_id
        self._media = media
        self._tasks = tasks
        self._connect_within = connect_within
        self._last: dict[Seat, asyncio.Task[None]] = {}

    def set_routes(self, routes: Routes) -> None:
        """In force when this returns."""
        self._media.set_routes(self._room_id, routes)

    def offer(self, page: Page, offer_id: str, sdp: str) -> None:
        """Bring a page's offer to the host, and the host's answer or refusal to the page."""
        self._queue(page.seat, "media offer", self._connect(page, offer_id, sdp))

    def disconnect(self, seat: Seat) -> None:
        self._queue(seat, "media goodbye", self._disconnect(seat))

    async def close(self) -> None:
        """End the room's media, whatever is in work."""
        for task in self._last.values():
            task.cancel()
        if self._last:
            await asyncio.wait(self._last.values(), timeout=CLOSE_WITHIN)
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._media.close_room(self._room_id)
        except Exception as error:
            log.error("The media of a room could not be closed.", room=self._room_id, error=error)

    def _queue(self, seat: Seat, name: str, job: Coroutine[object, object, None]) -> None:
        self._last[seat] = self._tasks.start(name, self._after(self._last.get(seat), job))

    @staticmethod
    async def _after(former: asyncio.Task[None] | None, job: Coroutine[object, object, None]) -> None:
        try:
            if former is not None and not former.done():
                await asyncio.wait([former])
        except asyncio.CancelledError:
            job.close()
            raise
        await job

    async def _connect(self, page: Page, offer_id: str, sdp: str) -> None:
        if page.ended:
            return
        try:
            async with asyncio.timeout(self._connect_within):
                answer = await self._media.connect(self._room_id, page.seat, sdp)
        except OfferRefusedError as refusal:
            page.refuse(offer_id, refusal.code)
        except Exception as error:
            log.error("The media host failed to take an offer.", room=self._room_id, seat=page.seat, error=error)
            page.refuse(offer_id, "internal")
        else:
            page.take_answer(offer_id, answer)

    async def _disconnect(self, seat: Seat) -> None:
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._media.disconnect(self._room_id, seat)
        except Exception as error:
            log.error("The media of a seat could not be closed.", room=self._room_id, seat=seat, error=error)
