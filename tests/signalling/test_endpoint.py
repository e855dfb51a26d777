from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp_session
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer

from server.access import Access
from server.domain.seats import SEATS, Seat
from server.protocol.messages import VERSION, Done
from server.rooms.page import Page
from server.signalling.endpoint import SOCKETS_PER_SEAT, Endpoint, routes
from tests.fakes import START, MemoryInvitations
from tests.rooms.house import ROOM, A, B, House, T, until

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web.NotAppKeyWarning")  # aiohttp_session's own

ENDPOINT = web.AppKey("endpoint", Endpoint)
PUBLIC = "https://care.example"
Client = TestClient[web.Request, web.Application]


class Site:
    """A server with nothing but sockets and a door that gives sessions."""

    def __init__(self, house: House, **options: Any) -> None:
        self.house = house
        self.invitations = MemoryInvitations()
        self.access = Access(self.invitations, b"p" * 32)
        self.endpoint = Endpoint(house.directory, self.access, house.clock, house.tasks, {PUBLIC}, **options)
        self.ids: dict[Seat, str] = {}
        app = web.Application()
        aiohttp_session.setup(app, aiohttp_session.SimpleCookieStorage())
        app[ENDPOINT] = self.endpoint
        app.add_routes(routes(lambda running: running[ENDPOINT]))
        app.router.add_get("/door/{id}", self._door)
        self.server = TestServer(app)
        self.clients: list[Client] = []

    @staticmethod
    async def _door(request: web.Request) -> web.Response:
        (await aiohttp_session.get_session(request))["invitation"] = request.match_info["id"]
        return web.Response()

    async def open(self) -> None:
        await self.house.build()
        for seat in SEATS:
            invitation, _ = await self.access.mint(ROOM, seat, START, START + 10**9)
            self.ids[seat] = invitation.id
        await self.server.start_server()

    async def client(self, session_of: Seat | None) -> Client:
        client: Client = TestClient(self.server)
        self.clients.append(client)
        if session_of is not None:
            await client.get(f"/door/{self.ids[session_of]}")
        return client

    async def join(self, seat: Seat, client: Client | None = None) -> Person:
        client = client or await self.client(seat)
        person = Person(await client.ws_connect(f"/c/{self.ids[seat]}/ws", headers={"Origin": PUBLIC}))
        await person.say("hello", version=VERSION, page=f"{seat}-{os.urandom(4).hex()}")
        await person.until("view")
        return person

    async def close(self) -> None:
        for client in self.clients:
            await client.close()
        await self.server.close()


class Person:
    """A page; every frame that it ever got is in `frames`."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []
        self._count = 0

    async def say(self, kind: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind, **fields}))

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Read up to the first frame of this kind, with these fields."""
        async with asyncio.timeout(5):
            while True:
                frame: dict[str, Any] = await self.socket.receive_json()
                self.frames.append(frame)
                if frame["type"] == kind and fields.items() <= frame.items():
                    return frame

    async def do(self, kind: str, **fields: Any) -> str:
        """`done`, or the code of the refusal."""
        self._count += 1
        await self.say(kind, id=f"c{self._count}", **fields)
        async with asyncio.timeout(5):
            while True:
                frame = await self.socket.receive_json()
                self.frames.append(frame)
                if frame["type"] in ("done", "refused") and frame["id"] == f"c{self._count}":
                    return str(frame.get("code", "done"))

    async def rest(self) -> list[dict[str, Any]]:
        """Whatever else has been sent: everything up to the pong."""
        before = len(self.frames)
        await self.say("ping", sent=len(self.frames) + 0.5)
        await self.until("pong", sent=before + 0.5)
        return self.frames[before:-1]

    @property
    def view(self) -> dict[str, Any]:
        return [frame for frame in self.frames if frame["type"] == "view"][-1]

    async def end(self) -> tuple[dict[str, Any] | None, int | None]:
        """The last message and the close code."""
        last = None
        async with asyncio.timeout(8):
            while True:
                message = await self.socket.receive()
                if message.type is not WSMsgType.TEXT:
                    return last, self.socket.close_code
                last = json.loads(message.data)


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    made = Site(house)
    await made.open()
    yield made
    await house.directory.close()
    await made.close()


async def status(client: Client, path: str, *origins: str) -> int:
    """What the upgrade is answered with."""
    try:
        async with client.ws_connect(path, headers=[("Origin", origin) for origin in origins]) as opened:
            await opened.close()
    except WSServerHandshakeError as error:
        return error.status
    return 101


# --- who may open a socket -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (PUBLIC, 101),
        ("http://{host}", 101),
        ("https://{host}", 101),
        ("null", 403),
        ("", 403),
        ("https://care.example.", 403),
        ("https://care.example:443", 403),
        ("https://care.example/", 403),
        ("https://care.example.evil.example", 403),
        ("https://evil-care.example", 403),
        ("https://sub.care.example", 403),
        ("https://CARE.example", 403),
        ("http://care.example", 403),
        ("https://care.example@evil.example", 403),
        ("https://xn--cre-hoa.example", 403),
        ("http://localhost", 403),
        ("http://127.0.0.1:1", 403),
        ("https://evil.example", 403),
    ],
)
async def test_only_own_origins_open_a_socket(site: Site, origin: str, expected: int) -> None:
    client = await site.client(A)

    origin = origin.format(host=f"127.0.0.1:{site.server.port}")
    assert await status(client, f"/c/{site.ids[A]}/ws", origin) == expected


async def test_no_origin_and_two_origins_are_foreign(site: Site) -> None:
    client = await site.client(A)

    assert await status(client, f"/c/{site.ids[A]}/ws") == 403
    assert await status(client, f"/c/{site.ids[A]}/ws", PUBLIC, PUBLIC) == 403


async def test_a_rebound_name_is_not_this_machine(site: Site) -> None:
    client = await site.client(A)
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}

    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect(f"/c/{site.ids[A]}/ws", headers=headers)
    assert caught.value.status == 403


async def test_without_a_session_for_this_seat_nobody_gets_a_socket(site: Site) -> None:
    nobody, maya = await site.client(None), await site.client(A)

    assert await status(nobody, f"/c/{site.ids[A]}/ws", PUBLIC) == 401
    assert await status(maya, f"/c/{site.ids[B]}/ws", PUBLIC) == 401
    assert await status(maya, "/c/AAAAAAAAAAA/ws", PUBLIC) == 401
    assert await status(maya, f"/c/{site.ids[A]}/ws", PUBLIC) == 101


async def test_a_revoked_or_expired_link_gives_no_socket(site: Site, house: House) -> None:
    maya, jonas = await site.client(A), await site.client(B)

    await site.invitations.revoke(site.ids[A])
    assert await status(maya, f"/c/{site.ids[A]}/ws", PUBLIC) == 401
    assert await status(jonas, f"/c/{site.ids[B]}/ws", PUBLIC) == 101
    house.clock.advance(10**9)
    assert await status(jonas, f"/c/{site.ids[B]}/ws", PUBLIC) == 401


async def test_a_seat_has_so_many_sockets_and_no_more(site: Site) -> None:
    client = await site.client(A)
    path = f"/c/{site.ids[A]}/ws"
    opened = [await client.ws_connect(path, headers={"Origin": PUBLIC}) for _ in range(SOCKETS_PER_SEAT)]
    assert site.endpoint.sockets == SOCKETS_PER_SEAT

    assert await status(client, path, PUBLIC) == 429
    jonas = await site.client(B)
    assert await status(jonas, f"/c/{site.ids[B]}/ws", PUBLIC) == 101

    for each in opened:
        await each.close()
    await until(lambda: site.endpoint.sockets == 0)
    assert await status(client, path, PUBLIC) == 101


async def test_a_plain_request_is_no_upgrade(site: Site) -> None:
    client = await site.client(A)

    response = await client.get(f"/c/{site.ids[A]}/ws", headers={"Origin": PUBLIC})

    assert response.status == 400
    assert site.endpoint.sockets == 0


# --- what is said --------------------------------------------------------------------------------


async def test_a_whole_dialogue_begins_over_real_sockets(site: Site) -> None:
    therapist, maya, jonas = [await site.join(seat) for seat in SEATS]
    for person in (therapist, maya, jonas):
        assert await person.do("enter") == "done"
    for seat in (A, B):
        assert await therapist.do("admit", seat=seat) == "done"
    await therapist.rest()
    started = await therapist.do(
        "start-dialogue", revision=therapist.view["revision"], script="three-step", sender="partner-a"
    )

    assert started == "done"
    for person in (therapist, maya, jonas):
        await person.rest()
        assert person.view["indicator"]["sender"] == "partner-a"
    assert maya.view["revision"] == jonas.view["revision"] == therapist.view["revision"]


async def test_a_waiting_partner_receives_nothing_about_the_other(site: Site) -> None:
    therapist, maya = await site.join(T), await site.join(A)
    assert await therapist.do("enter") == "done"
    assert await maya.do("enter") == "done"
    await maya.rest()

    jonas = await site.join(B)
    assert await jonas.do("enter") == "done"
    assert await therapist.do("admit", seat="partner-b") == "done"
    assert await jonas.do("set-devices", mic=False, camera=False) == "done"
    await jonas.say("sdp-offer", id="o1", sdp="v=0")
    await jonas.until("sdp-answer", id="o1")
    await therapist.rest()
    assert await therapist.do("pause", revision=therapist.view["revision"]) == "done"
    await jonas.socket.close()
    jonas = await site.join(B)
    assert await jonas.do("leave") == "done"
    await therapist.rest()

    assert await maya.rest() == []
    assert "Jonas" not in json.dumps(maya.frames)
    assert "partner-b" not in json.dumps(maya.frames)


async def test_after_a_break_the_whole_view_is_there_again(site: Site) -> None:
    therapist, maya, jonas = [await site.join(seat) for seat in SEATS]
    for person in (therapist, maya, jonas):
        await person.do("enter")
    for seat in (A, B):
        await therapist.do("admit", seat=seat)
    await therapist.rest()
    await therapist.do("start-dialogue", revision=therapist.view["revision"], script="three-step", sender="partner-b")
    await maya.rest()
    before = maya.view

    maya.socket._response.connection.transport.abort()  # type: ignore[union-attr]
    await jonas.until("view")
    back = await site.join(A)

    assert len(back.frames) == 1
    assert back.view == before


async def test_a_second_page_supersedes_the_first(site: Site) -> None:
    first = await site.join(A)

    second = await site.join(A)

    assert await first.end() == ({"type": "bye", "code": "superseded", "retry": False}, 4409)
    assert await second.do("enter") == "done"


async def test_what_the_room_refuses_is_told_and_the_socket_lives(site: Site) -> None:
    maya = await site.join(A)

    assert await maya.do("admit", seat="partner-b") == "not-allowed"
    assert await maya.do("enter") == "done"


# --- what should not be said ---------------------------------------------------------------------


async def test_five_bad_messages_end_it_and_nobody_else_notices(site: Site) -> None:
    maya, jonas = await site.join(A), await site.join(B)

    for frame in ("{", "[]", '{"type":"enter"}', "{" * 8000):
        await maya.socket.send_str(frame)
    await maya.socket.send_bytes(b"\x00\xff")

    assert await maya.end() == ({"type": "bye", "code": "bad-message", "retry": False}, 4400)
    assert await jonas.do("enter") == "done"


async def test_an_oversized_frame_ends_it_and_nobody_else_notices(site: Site) -> None:
    maya, jonas = await site.join(A), await site.join(B)

    await maya.socket.send_str('{"type":"enter","id":"' + "x" * 70_000 + '"}')

    assert (await maya.end())[1] == 1009
    assert await jonas.do("enter") == "done"
    await until(lambda: site.endpoint.sockets == 1)


async def test_a_flood_is_cut_off_and_its_page_may_come_back(site: Site) -> None:
    maya, jonas = await site.join(A), await site.join(B)

    for number in range(100):
        await maya.say("ping", sent=number)

    assert await maya.end() == ({"type": "bye", "code": "rate", "retry": True}, 4429)
    assert await jonas.do("enter") == "done"
    assert await (await site.join(A)).do("enter") == "done"


async def test_a_page_of_another_version_is_told_so(site: Site) -> None:
    client = await site.client(A)
    person = Person(await client.ws_connect(f"/c/{site.ids[A]}/ws", headers={"Origin": PUBLIC}))

    await person.say("hello", version=VERSION + 1, page="p")

    assert await person.end() == ({"type": "bye", "code": "version", "retry": False}, 4400)


async def test_who_says_nothing_is_closed_in_time(house: House) -> None:
    site = Site(house, hello_within=0.05)
    await site.open()
    client = await site.client(A)
    person = Person(await client.ws_connect(f"/c/{site.ids[A]}/ws", headers={"Origin": PUBLIC}))

    assert await person.end() == ({"type": "bye", "code": "hello-first", "retry": True}, 4400)
    assert house.directory.rooms == 0
    await site.close()


# --- sockets that behave badly -------------------------------------------------------------------


async def raw(site: Site, seat: Seat) -> socket.socket:
    """A socket after the upgrade, that reads nothing by itself and can hold very little."""
    client = await site.client(seat)
    cookies = client.session.cookie_jar.filter_cookies(client.make_url("/"))
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    loop = asyncio.get_running_loop()
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.setblocking(False)
    await loop.sock_connect(made, ("127.0.0.1", site.server.port))
    request = (
        f"GET /c/{site.ids[seat]}/ws HTTP/1.1\r\nHost: x\r\nOrigin: {PUBLIC}\r\nCookie: {cookie}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
    )
    await loop.sock_sendall(made, request.encode())
    assert (await loop.sock_recv(made, 2048)).startswith(b"HTTP/1.1 101")
    return made


def masked(text: str) -> bytes:
    """A text frame as a browser sends it, under the mask of zeros."""
    data = text.encode()
    assert len(data) < 126
    return bytes([0x81, 0x80 | len(data), 0, 0, 0, 0]) + data


async def greet(site: Site, made: socket.socket) -> None:
    hello = json.dumps({"type": "hello", "version": VERSION, "page": "p"})
    await asyncio.get_running_loop().sock_sendall(made, masked(hello))
    await until(lambda: site.house.directory.connected == 1)


async def page_of(site: Site, seat: Seat) -> Page:
    return (await site.house.directory.open(ROOM))._pages[seat]


async def test_a_page_that_does_not_read_is_cut_off_and_its_seat_is_free(house: House) -> None:
    site = Site(house, heartbeat=60.0, close_within=0.1)
    await site.open()
    made = await raw(site, A)
    await greet(site, made)
    page = await page_of(site, A)

    for number in range(2000):
        page._outbox.send(Done(id=f"{number}" + "x" * 8000))
        if number % 10 == 0:
            await asyncio.sleep(0)

    await until(lambda: site.endpoint.sockets == 0)
    assert page._outbox.ending == (4408, "slow")  # type: ignore[attr-defined]
    await until(lambda: house.directory.connected == 0)
    made.close()
    await house.directory.close()
    await site.close()


async def test_a_half_open_socket_is_noticed_by_its_silence(house: House) -> None:
    site = Site(house, heartbeat=0.1)
    await site.open()
    made = await raw(site, A)
    await greet(site, made)

    await until(lambda: house.directory.connected == 0)

    assert site.endpoint.sockets == 0
    made.close()
    await site.close()


@pytest.mark.parametrize(
    "garbage",
    [
        os.urandom(300),
        b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff" + b"x" * 100,  # a length of 8 EiB
        b"\x01\x85\x00\x00\x00\x00hello" * 20,  # fragments without an end
        b"\xf1\x85\x00\x00\x00\x00hello",  # reserved bits
        b"\x83\x80\x00\x00\x00\x00",  # a reserved opcode
        b"\x88\x82\x00\x00\x00\x00\x00\x01",  # close with a code that does not exist
        b"\x89\xfe\x00\xff\x00\x00\x00\x00" + b"p" * 255,  # a ping that is too long
        b"\x81\x82\x00\x00\x00\x00\xff\xfe",  # text that is no UTF-8
    ],
)
async def test_broken_frames_end_their_own_socket_at_most(house: House, garbage: bytes) -> None:
    site = Site(house, heartbeat=0.2)
    await site.open()
    jonas = await site.join(B)
    made = await raw(site, A)
    with contextlib.suppress(ConnectionError):
        await asyncio.get_running_loop().sock_sendall(made, garbage)

    assert await jonas.do("enter") == "done"
    made.close()
    await until(lambda: site.endpoint.sockets == 1)
    assert await (await site.join(A)).do("enter") == "done"
    await house.directory.close()
    await site.close()


async def test_when_the_server_goes_everybody_is_told_to_come_back(site: Site, house: House) -> None:
    people = [await site.join(seat) for seat in SEATS]

    closing = house.tasks.start("closing", house.directory.close())

    for person in people:
        assert await person.end() == ({"type": "bye", "code": "drain", "retry": True}, 4503)
    await closing
    late = await site.client(A)
    person = Person(await late.ws_connect(f"/c/{site.ids[A]}/ws", headers={"Origin": PUBLIC}))
    await person.say("hello", version=VERSION, page="p")
    assert await person.end() == ({"type": "bye", "code": "drain", "retry": True}, 4503)


async def test_revoking_the_links_closes_what_is_open(site: Site, house: House) -> None:
    maya = await site.join(A)

    house.directory.revoke(ROOM)

    assert await maya.end() == ({"type": "bye", "code": "revoked", "retry": False}, 4401)
