"""One page's conversation with its room: what each message means, and when it is over.

It knows frames and an outbox, no socket; the counterpart of `endpoint`, which has the socket, and of `rooms.page`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from server.access import Grant
from server.log import logger
from server.ports import Clock, Outbox
from server.protocol.codec import BadMessageError, decode
from server.protocol.messages import VERSION, Bye, FromPage, Hello, Ping, Pong, Refused, SdpOffer
from server.rooms.actor import RoomActor
from server.rooms.directory import Directory
from server.rooms.page import Page
from server.signalling.buckets import Bucket
from server.signalling.endings import (
    ENDINGS,
    HelloMissingError,
    TooManyBadMessagesError,
    TooManyMessagesError,
    VersionError,
    ending_of,
)

MESSAGES_PER_SECOND: Final = 20
MESSAGES_AT_ONCE: Final = 60
OFFERS_PER_SECOND: Final = 2
OFFERS_AT_ONCE: Final = 6
BAD_MESSAGES: Final = 5
"""So many end the connection."""

log = logger(__name__)


class Connection:
    """Made for one socket that may come in by `grant`. `monotonic` is in seconds."""

    def __init__(
        self,
        grant: Grant,
        directory: Directory,
        outbox: Outbox,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grant = grant
        self._directory = directory
        self._outbox = outbox
        self._clock = clock
        self._messages = Bucket(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE, monotonic)
        self._offers = Bucket(OFFERS_PER_SECOND, OFFERS_AT_ONCE, monotonic)
        self._bad = 0
        self._seat: tuple[RoomActor, Page] | None = None
        self._over = False

    @property
    def greeted(self) -> bool:
        """Whether the page has said hello."""
        return self._seat is not None

    @property
    def over(self) -> bool:
        """Whether the end has been said; what still comes is not read."""
        return self._over

    async def receive(self, frame: bytes | None) -> None:
        """Handle one frame of text, or None for one that is no text. Never raises for what a page sent."""
        if self._over:
            return
        try:
            if not self._messages.take():
                raise TooManyMessagesError
            try:
                if frame is None:
                    raise BadMessageError("bad-message")
                await self._take(decode(frame))
            except BadMessageError as error:
                self._refuse(error)
        except Exception as error:
            self.end(error)

    def end(self, error: Exception) -> None:
        """Say why it is over, and close."""
        ending = ending_of(error)
        if type(error) not in ENDINGS:
            log.error("A connection failed.", room=self._grant.room_id, seat=self._grant.seat, error=error)
        self._over = True
        self._outbox.send(Bye(code=ending.code, retry=ending.retry))
        self._outbox.close(ending.close_code, ending.code)

    def hello_is_late(self) -> None:
        """The time for the first message is over."""
        if not self.greeted and not self._over:
            self.end(HelloMissingError())

    def lost(self) -> None:
        """The socket is gone."""
        self._over = True
        if self._seat is not None:
            actor, page = self._seat
            actor.disconnect(page)

    async def _take(self, message: FromPage) -> None:
        if self._seat is None:
            await self._greet(message)
            return
        actor, page = self._seat
        match message:
            case Hello():
                raise BadMessageError("bad-message")
            case Ping(sent=sent):
                self._outbox.send(Pong(sent=sent, now=self._clock.now()))
            case SdpOffer(id=offer_id, sdp=sdp):
                if self._offers.take():
                    await actor.offer(page, offer_id, sdp)
                else:
                    self._outbox.send(Refused(code="too-many-offers", id=offer_id))
            case command:
                await actor.command(page, command)

    async def _greet(self, message: FromPage) -> None:
        if not isinstance(message, Hello):
            raise BadMessageError("hello-first")
        if message.version != VERSION:
            raise VersionError
        grant = self._grant
        self._seat = await self._directory.connect(grant.room_id, grant.seat, self._outbox, message.page)

    def _refuse(self, error: BadMessageError) -> None:
        self._outbox.send(Refused(code=error.code))
        self._bad += 1
        if self._bad >= BAD_MESSAGES:
            raise TooManyBadMessagesError
