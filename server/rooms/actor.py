"""The one who runs a room: one task, one inbox; the only writer of the room's log.

Each input becomes an event. An event is tried on the room, written to the log, and only then is the new room kept, its
effects carried out and its sender told. What may happen is decided in `domain.room`; here is how it takes its course.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, assert_never

from server.domain import events
from server.domain.catalogue import Catalogue
from server.domain.effects import CancelTimer, CloseSeat, Effect, SetRoutes, SetTimer, ShowViews
from server.domain.errors import DomainError
from server.domain.room import Room
from server.domain.seats import SEATS, Seat
from server.log import logger
from server.ports import Clock, ConflictError, LoggedEvent, MediaHost, Outbox, RoomLog
from server.rooms import translate
from server.rooms.commands import DoneCommands, key
from server.rooms.media_line import MediaLine
from server.rooms.page import Page
from server.rooms.voices import Utterances
from server.tasks import Tasks

INBOX: Final = 256
"""Inputs from pages that may wait; whoever brings more waits too."""

IDLE_AFTER: Final = 600.0
"""Seconds without anybody connected after which a room is forgotten until somebody comes."""

SAVE_AGAIN_AFTER: Final = 2.0
"""Seconds after which a disconnection that could not be stored is tried again."""

log = logger(__name__)


class RoomClosedError(Exception):
    """This actor takes no more inputs; the directory opens the room anew."""


class NotSavedError(Exception):
    """The log did not take an event: nothing has happened."""


class Cancellable(Protocol):
    def cancel(self) -> None: ...


CallLater = Callable[[float, Callable[[], object]], Cancellable]
"""`loop.call_later`, or what stands in for it: seconds, and what to call."""


# --- inputs --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Arrival:
    page: Page


@dataclass(frozen=True, slots=True)
class _Departure:
    page: Page


@dataclass(frozen=True, slots=True)
class _Absence:
    """A seat's disconnection is still to be stored."""

    seat: Seat


@dataclass(frozen=True, slots=True)
class _Order:
    page: Page
    command: translate.AnyCommand


@dataclass(frozen=True, slots=True)
class _Offer:
    page: Page
    offer_id: str
    sdp: str


@dataclass(frozen=True, slots=True, eq=False)
class _Alarm:
    """A timer of the room has run down; one that was set again since is another alarm."""

    timer: str


@dataclass(frozen=True, slots=True)
class _Revocation:
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class _Voice:
    seat: Seat
    speaking: bool


@dataclass(frozen=True, slots=True)
class _Scripts:
    """What may be begun here from now on."""

    scripts: Catalogue


@dataclass(frozen=True, slots=True)
class _Idle:
    pass


@dataclass(frozen=True, slots=True)
class _Close:
    pass


_Input = _Arrival | _Departure | _Absence | _Order | _Offer | _Alarm | _Revocation | _Voice | _Scripts | _Idle | _Close


class RoomActor:
    """One open room. Made and started by `directory.Directory`."""

    def __init__(
        self,
        room_id: str,
        room: Room,
        entries: Sequence[LoggedEvent],
        *,
        log: RoomLog,
        media: MediaHost,
        clock: Clock,
        tasks: Tasks,
        call_later: CallLater,
    ) -> None:
        self.id = room_id
        self.finished = asyncio.Event()
        self._room = room
        self._index = len(entries)
        self._done = DoneCommands(entries)
        self._utterances = Utterances()
        self._log = log
        self._media = MediaLine(room_id, media, tasks)
        self._clock = clock
        self._call_later = call_later
        self._pages: dict[Seat, Page] = {}
        self._timers: dict[str, tuple[_Alarm, Cancellable]] = {}
        self._idle: Cancellable | None = None
        self._closing = False
        self._inbox: asyncio.Queue[_Input] = asyncio.Queue()
        self._places = asyncio.Semaphore(INBOX)

    @property
    def room(self) -> Room:
        """The room as it is stored."""
        return self._room

    @property
    def closing(self) -> bool:
        return self._closing

    @property
    def connected(self) -> int:
        """How many seats have a page."""
        return len(self._pages)

    # --- what others bring -----------------------------------------------------------------------

    async def connect(self, seat: Seat, outbox: Outbox, page: str) -> Page:
        """A page has opened at a seat; it is sent its view. Any other page at this seat has lost it.

        What is returned is the page's token for everything else. Raises RoomClosedError.
        """
        arrived = Page(seat, page, outbox)
        await self._put(_Arrival(arrived))
        return arrived

    def disconnect(self, page: Page) -> None:
        """The page's socket is gone. Its media is not touched: it does not hang on the socket."""
        self._inbox.put_nowait(_Departure(page))

    async def command(self, page: Page, command: translate.AnyCommand) -> None:
        """Something a person does; the page is told `done` or `refused`. Raises RoomClosedError."""
        await self._put(_Order(page, command))

    async def offer(self, page: Page, offer_id: str, sdp: str) -> None:
        """A page's SDP offer; the page is told the answer or `refused`. Raises RoomClosedError."""
        await self._put(_Offer(page, offer_id, sdp))

    def voice(self, seat: Seat, *, speaking: bool) -> None:
        """The media host heard somebody begin or end to speak."""
        if not self._closing:
            self._inbox.put_nowait(_Voice(seat, speaking))

    def revoke(self, seats: Iterable[Seat] = SEATS) -> None:
        """The links of these seats are no longer valid: whoever is there by them goes."""
        self._inbox.put_nowait(_Revocation(tuple(seats)))

    def offer_scripts(self, scripts: Catalogue) -> None:
        """Offer these dialogues from now on; one that runs goes on as it began."""
        self._inbox.put_nowait(_Scripts(scripts))

    def close(self) -> None:
        """Say goodbye to all pages for now and stop; `finished` tells when."""
        self._inbox.put_nowait(_Close())

    def abandon(self) -> None:
        """Say goodbye at once, though the task may hang somewhere; it is for whoever owns the task to cancel it."""
        self._closing = True
        self._part_with_all()

    async def _put(self, item: _Input) -> None:
        """Wait for a place in the inbox. What the room itself puts there needs none, and is never many."""
        await self._places.acquire()
        if self._closing:
            self._places.release()
            raise RoomClosedError
        self._inbox.put_nowait(item)

    # --- the task --------------------------------------------------------------------------------

    async def run(self, effects: tuple[Effect, ...]) -> None:
        """Carry out what opening the room asked for, and then handle inputs until the room closes."""
        try:
            self._watch_idle()
            self._carry_out(effects)
            while not self._closing:
                item = await self._inbox.get()
                if isinstance(item, _Arrival | _Order | _Offer):
                    self._places.release()
                await self._handle(item)
        finally:
            self._closing = True
            self._part_with_all()
            await self._media.close()
            self.finished.set()

    async def _handle(self, item: _Input) -> None:
        try:
            match item:
                case _Arrival(page):
                    await self._arrive(page)
                case _Departure(page):
                    await self._depart(page)
                case _Absence(seat):
                    await self._miss(seat)
                case _Order(page, command):
                    await self._obey(page, command)
                case _Offer(page, offer_id, sdp):
                    self._take_offer(page, offer_id, sdp)
                case _Alarm():
                    await self._alarm(item)
                case _Voice(seat, speaking):
                    await self._hear(seat, speaking=speaking)
                case _Revocation(seats):
                    self._revoke(seats)
                case _Scripts(scripts):
                    self._room = self._room.offering(scripts)
                    self._carry_out((ShowViews(),))
                case _Idle():
                    self._closing = self._closing or not self._pages
                case _Close():
                    self._closing = True
                case _:
                    assert_never(item)
        except ConflictError:
            log.warning("Another server writes the log of this room; it is closed here.", room=self.id)
            self._closing = True
        except Exception as error:
            log.error("A room failed to handle an input.", room=self.id, kind=type(item).__name__, error=error)

    # --- people come and go ----------------------------------------------------------------------

    async def _arrive(self, page: Page) -> None:
        seat = page.seat
        if self._room.ended:
            self._show(page)
            page.end("ended", 4403, retry=False)
            return
        effects: tuple[Effect, ...] = (ShowViews(),)
        if not self._room.occupants[seat].connected:
            try:
                effects = await self._happen(events.SeatConnected(self._clock.now(), seat))
            except NotSavedError:
                page.end("not-saved", 4503, retry=True)
                return
        if (former := self._pages.get(seat)) is not None:
            former.replace(page)
        self._pages[seat] = page
        self._watch_idle()
        self._carry_out(effects)

    async def _depart(self, page: Page) -> None:
        if self._pages.get(page.seat) is page:
            page.ended = True
            del self._pages[page.seat]
            self._watch_idle()
            await self._miss(page.seat)

    async def _miss(self, seat: Seat) -> None:
        """Store that a seat is empty; the partners' safety hangs on it, so it is tried until it is stored."""
        if seat in self._pages or self._room.ended or not self._room.occupants[seat].connected:
            return
        try:
            effects = await self._happen(events.SeatDisconnected(self._clock.now(), seat))
        except NotSavedError:
            _ = self._call_later(SAVE_AGAIN_AFTER, lambda: self._inbox.put_nowait(_Absence(seat)))
        else:
            self._carry_out(effects)

    async def _hear(self, seat: Seat, *, speaking: bool) -> None:
        """Log an utterance that has ended. One that is refused or cannot be stored is no loss to anybody."""
        now = self._clock.now()
        since = self._utterances.heard(seat, now, speaking=speaking)
        if since is None:
            return
        try:
            self._carry_out(await self._happen(events.VoiceHeard(now, seat, since)))
        except (DomainError, NotSavedError):
            return

    def _revoke(self, seats: tuple[Seat, ...]) -> None:
        for seat in seats:
            self._close_seat(seat, "revoked", 4401)

    # --- people do something ---------------------------------------------------------------------

    async def _obey(self, page: Page, command: translate.AnyCommand) -> None:
        if self._pages.get(page.seat) is not page or page.ended:
            return
        if (page.seat, command.id) in self._done:
            page.done(command.id)
            return
        try:
            event = translate.to_event(command, seat=page.seat, at=self._clock.now(), room=self._room)
            effects = await self._happen(event, key(page.seat, command.id))
        except DomainError as refusal:
            page.refuse(command.id, refusal.code)
        except NotSavedError:
            page.refuse(command.id, "not-saved")
        except ConflictError:
            raise
        except Exception:
            page.refuse(command.id, "internal")
            raise
        else:
            self._done.add(page.seat, command.id)
            self._carry_out(effects, then=lambda: page.done(command.id))

    def _take_offer(self, page: Page, offer_id: str, sdp: str) -> None:
        if self._pages.get(page.seat) is page and not page.ended:
            self._media.offer(page, offer_id, sdp)

    # --- events and effects ----------------------------------------------------------------------

    async def _happen(self, event: events.AnyEvent, command: str | None = None) -> tuple[Effect, ...]:
        """Let an event happen, as far as the log; what is then to be done is returned.

        Raises DomainError when the room refuses it, NotSavedError, ConflictError; then nothing has happened.
        """
        after, effects = self._room.handle(event)
        try:
            await self._log.append(self.id, [LoggedEvent(self._index + 1, event, command)])
        except ConflictError:
            raise
        except Exception as error:
            log.error("An event could not be stored.", room=self.id, event=type(event).__name__, error=error)
            raise NotSavedError from error
        self._room = after
        self._index += 1
        return effects

    def _carry_out(self, effects: tuple[Effect, ...], then: Callable[[], None] | None = None) -> None:
        """Carry effects out, without an await between them. `then` comes before any seat is closed.

        Routes that cannot be set would let somebody be heard who must not be: the room then closes, its media with it,
        and opens anew from the log.
        """
        seats_to_close: list[CloseSeat] = []
        for effect in effects:
            match effect:
                case SetRoutes(routes):
                    try:
                        self._media.set_routes(routes)
                    except Exception as error:
                        log.error("Routes could not be set; the room is closed.", room=self.id, error=error)
                        self._closing = True
                        return
                case SetTimer(timer, after):
                    self._set_timer(timer, after / 1000)
                case CancelTimer(timer):
                    self._cancel_timer(timer)
                case ShowViews():
                    for page in self._pages.values():
                        self._show(page)
                case CloseSeat():
                    seats_to_close.append(effect)
                case _:
                    assert_never(effect)
        if then is not None:
            then()
        for closed in seats_to_close:
            self._close_seat(closed.seat, closed.reason, 4403)

    def _show(self, page: Page) -> None:
        try:
            page.show(translate.to_message(self._room.view(page.seat)))
        except Exception as error:  # the other pages, and what else is to be done, must not suffer
            log.error("A view could not be made.", room=self.id, seat=page.seat, error=error)

    def _close_seat(self, seat: Seat, code: str, close_code: int) -> None:
        """End a seat's media and page. The page stays in the books until its socket is gone."""
        self._media.disconnect(seat)
        if (page := self._pages.get(seat)) is not None:
            page.end(code, close_code, retry=False)

    def _part_with_all(self) -> None:
        """Everybody here, and everybody who waits in the inbox to come in, is told to come back."""
        for name in tuple(self._timers):
            self._cancel_timer(name)
        if self._idle is not None:
            self._idle.cancel()
        while not self._inbox.empty():
            item = self._inbox.get_nowait()
            if isinstance(item, _Arrival | _Order | _Offer):
                self._places.release()
                item.page.end("drain", 4503, retry=True)
        for page in self._pages.values():
            page.end("drain", 4503, retry=True)

    # --- timers ----------------------------------------------------------------------------------

    def _set_timer(self, timer: str, seconds: float) -> None:
        self._cancel_timer(timer)
        alarm = _Alarm(timer)
        self._timers[timer] = (alarm, self._call_later(seconds, lambda: self._inbox.put_nowait(alarm)))

    def _cancel_timer(self, timer: str) -> None:
        if (waiting := self._timers.pop(timer, None)) is not None:
            waiting[1].cancel()

    async def _alarm(self, alarm: _Alarm) -> None:
        waiting = self._timers.get(alarm.timer)
        if waiting is None or waiting[0] is not alarm:
            return
        del self._timers[alarm.timer]
        try:
            effects = await self._happen(events.TimerFired(self._clock.now(), alarm.timer))
        except DomainError:
            return  # what it was set for is over
        except NotSavedError:
            self._set_timer(alarm.timer, SAVE_AGAIN_AFTER)
        else:
            self._carry_out(effects)

    def _watch_idle(self) -> None:
        """Count the time without anybody from now, or not at all."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = None if self._pages else self._call_later(IDLE_AFTER, lambda: self._inbox.put_nowait(_Idle()))
