"""Three people who are none: they join a server by links, are let in, lead a dialogue, and send sound and picture.

Everything goes the way that browsers go: HTTP, the socket, ICE, DTLS and SRTP. It is for operators who want to know
whether an installation works: the server of this installation if it runs, else one that is started for the test.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeVar

import aiohttp
import msgspec

from server import keys
from server.access import Access
from server.app import TRY_OUT, SystemClock
from server.config import PREFIX, Settings, resource
from server.domain.seats import SEATS, Medium, Seat
from server.media.host import MediaEngine
from server.media.probe import Probe
from server.pages.booking import Book
from server.protocol import messages
from server.rooms.directory import Directory
from server.rooms.library import Library
from server.rooms.scripts import load_scripts
from server.store.store import open_store
from server.tasks import Tasks

PATIENCE: Final = 10.0
"""Seconds that any single answer may take."""

SLOTS: Final = 150
"""Pieces of 10 ms in which media is sent: a picture's packet in each, sound in every other."""

ENOUGH: Final = 0.9
"""The share of packets that must arrive."""

_PARTNERS: Final[tuple[messages.PartnerName, ...]] = ("partner-a", "partner-b")

M = TypeVar("M", bound=messages.FromServer)

_decoder: Final = msgspec.json.Decoder(messages.FromServer)


class SelftestError(Exception):
    """A step failed; the text says which and why, without any secret."""


async def selftest(settings: Settings, say: Callable[[str], None]) -> bool:
    """Run the test, `say` each result in a line, and return whether all is well."""
    async with AsyncExitStack() as stack:
        try:
            if await _answers(settings.origin()):
                say(f"Testing the server that runs at {settings.origin()}")
                links: Mapping[str, str] = await _book(settings)
            else:
                say(f"No server answers at {settings.origin()}, so one is started for this test.")
                links = await stack.enter_async_context(_own_server())
            people = [await stack.enter_async_context(_person(seat, links[seat.value])) for seat in SEATS]
            return await _call(people, say)
        except SelftestError as error:
            say(f"FAILED  {error}")
        except TimeoutError:
            say(f"FAILED  no answer within {PATIENCE:.0f} s")
        except aiohttp.ClientError as error:
            say(f"FAILED  the connection broke ({type(error).__name__})")
    return False


# --- the call --------------------------------------------------------------------------------------------------------


async def _call(people: list[_Person], say: Callable[[str], None]) -> bool:
    therapist = people[0]
    for person in people:
        await person.enter()
    say("ok      three links redeemed, three sockets open")
    for partner in _PARTNERS:
        await therapist.do(messages.Admit(id=f"admit-{partner}", seat=partner))
    for person in people:
        await person.see(lambda view: view.scene == "room" and len(view.people) == 2)
    say("ok      both partners let in")
    script = therapist.lead.scripts[0].script
    begin = messages.StartDialogue(id="start", revision=therapist.revision, script=script, sender="partner-a")
    await therapist.do(begin)
    way = therapist.lead.ways[0]
    await therapist.do(messages.Advance(id="advance", revision=therapist.revision, edge=way.edge))
    steps = {await person.step_at(therapist.revision) for person in people}
    if len(steps) != 1:
        raise SelftestError(f"the three pages show different steps: {', '.join(sorted(steps))}")
    say("ok      a dialogue begun and led one step on, the same on all three pages")
    for person in people:
        await person.connect_media()
    say("ok      three media connections encrypted")
    return await _media(people, say)


async def _media(people: list[_Person], say: Callable[[str], None]) -> bool:
    """Send from all at once, and look at each of the six ways between two seats."""
    sent = {Medium.CAMERA: SLOTS, Medium.MIC: SLOTS // 2}
    for slot in range(SLOTS):
        for person in people:
            person.probe.send_media(Medium.CAMERA, 1000)
            if slot % 2 == 0:
                person.probe.send_media(Medium.MIC, 120, marker=False)
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)  # for what is still on its way
    well = True
    for listener in people:
        for source in people:
            if source is listener:
                continue
            heard = {medium: listener.probe.heard[source.seat, medium].packets for medium in sent}
            enough = all(heard[medium] >= ENOUGH * count for medium, count in sent.items())
            well = well and enough
            say(
                f"{'ok    ' if enough else 'FAILED'}  {source.seat} → {listener.seat}: "
                f"sound {heard[Medium.MIC]} of {sent[Medium.MIC]} packets, "
                f"picture {heard[Medium.CAMERA]} of {sent[Medium.CAMERA]}"
            )
    return well


class _Person:
    """One of the three: a socket that is open, and a media peer, as a call page has them."""

    def __init__(self, seat: Seat, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.seat = seat
        self.probe = Probe(seat, host="0.0.0.0")  # noqa: S104  it sends from whichever address reaches the host
        self._socket = socket
        self._view: messages.View | None = None

    @property
    def view(self) -> messages.View:
        """What the page shows now."""
        if self._view is None:
            raise SelftestError(f"{self.seat} was shown nothing")
        return self._view

    @property
    def lead(self) -> messages.Lead:
        """What only the therapist sees of it."""
        if self.view.lead is None:
            raise SelftestError(f"{self.seat} cannot lead")
        return self.view.lead

    @property
    def revision(self) -> int:
        """The revision of the dialogue that the page shows."""
        return self.view.revision or 0

    async def enter(self) -> None:
        """Say hello, and that one is ready."""
        await self._send(messages.Hello(version=messages.VERSION, page="selftest"))
        await self.see(lambda view: True)
        await self.do(messages.Enter(id="enter"))

    async def do(self, command: messages.AnyCommand) -> None:
        """Send a command, and wait until it is done; the view that follows from it has come by then."""
        await self._send(command)
        await self._receive(messages.Done, lambda done: done.id == command.id)

    async def see(self, wanted: Callable[[messages.View], bool]) -> None:
        """Wait for a view such as this, if it is not there already."""
        if self._view is None or not wanted(self._view):
            await self._receive(messages.View, wanted)

    async def step_at(self, revision: int) -> str:
        """The step that is shown at a revision of the dialogue."""
        await self.see(lambda view: view.revision == revision and view.indicator is not None)
        return self.view.indicator.step if self.view.indicator is not None else ""

    async def connect_media(self) -> None:
        """Offer, take the answer, and reach the host."""
        await self._send(messages.SdpOffer(id="offer", sdp=self.probe.offer()))
        answer = await self._receive(messages.SdpAnswer, lambda answer: answer.id == "offer")
        try:
            await self.probe.connect(answer.sdp, seconds=PATIENCE)
        except TimeoutError as error:
            raise SelftestError(f"{self.seat} does not reach the media port; is it open for UDP?") from error

    async def _send(self, message: messages.FromPage) -> None:
        await self._socket.send_str(msgspec.json.encode(message).decode())

    async def _receive(self, kind: type[M], wanted: Callable[[M], bool]) -> M:
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self._socket.receive()
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    raise SelftestError(f"the socket of {self.seat} closed with code {self._socket.close_code}")
                message = _decoder.decode(frame.data)
                match message:
                    case messages.View():
                        self._view = message
                    case messages.Refused(code=code):
                        raise SelftestError(f"{self.seat} was refused: {code}")
                    case messages.Bye(code=code):
                        raise SelftestError(f"{self.seat} was sent away: {code}")
                    case _:
                        pass
                if isinstance(message, kind) and wanted(message):
                    return message


@asynccontextmanager
async def _person(seat: Seat, link: str) -> AsyncIterator[_Person]:
    """Redeem a link and open the socket; both end with the block."""
    address, _, fragment = link.partition("#")
    _, invitation, secret = fragment.split(".")
    origin = address.removesuffix("/j")
    own, timeout = {"Origin": origin}, aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True), headers=own, timeout=timeout
    ) as session:
        async with session.post(f"{origin}/api/join", json={"id": invitation, "secret": secret}) as response:
            if response.status != 200:
                raise SelftestError(f"the link of {seat} was refused with status {response.status}")
        try:
            socket = await session.ws_connect(f"{origin}/c/{invitation}/ws")
        except aiohttp.WSServerHandshakeError as error:
            raise SelftestError(f"the socket of {seat} was refused with status {error.status}") from error
        person = _Person(seat, socket)
        try:
            yield person
        finally:
            await person.probe.close()
            await socket.close()


# --- the server ------------------------------------------------------------------------------------------------------


async def _answers(origin: str) -> bool:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
            session.get(f"{origin}/health/ready") as response,
        ):
            return response.headers.get("Server") == "thirdchair"
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _book(settings: Settings) -> dict[str, str]:
    """A try-out call in the database of the server that runs; it opens the room when the first one comes."""
    store, tasks, clock = await open_store(settings.database_url), Tasks(), SystemClock()
    media = MediaEngine((), 0, ())  # never started: a room is only written down here
    scripts = Library(load_scripts(resource("config/dialogues")), store.editions, store.scripts, store.practice)
    directory = Directory(store.log, media, clock, scripts, tasks)
    try:
        book = Book(
            practice=store.practice,
            invitations=store.invitations,
            access=Access(store.invitations, keys.load(settings.data).pepper),
            create_room=directory.create,
            close_room=directory.revoke,
            clock=clock,
            origin=settings.origin(),
        )
        booked = await book.book(None, TRY_OUT)
    finally:
        await store.close()
    return {seat.value: link for seat, link in booked.links.items()}


@asynccontextmanager
async def _own_server() -> AsyncIterator[dict[str, str]]:
    """A server of this version with nothing but defaults, on ports that the system chooses; the links of its call."""
    with tempfile.TemporaryDirectory(prefix="thirdchair-selftest-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        environment |= {f"{PREFIX}DATA": folder, f"{PREFIX}PORT": "0", f"{PREFIX}MEDIA_PORT": "0"}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", "run", "--demo", "--json"),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(3 * PATIENCE):
                line = await process.stdout.readline() if process.stdout is not None else b""
            if not line:
                raise SelftestError("the server did not start; python -m server run says why")
            demo: dict[str, str] = json.loads(line)["demo"]
            yield demo
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
