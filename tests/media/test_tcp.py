"""ICE-TCP: connections that carry media, and connections that would rather do harm."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Iterator

import pytest
import uvloop

from server.domain.seats import SEATS, Medium
from server.media import ice
from server.media.ice import Credentials
from server.media.probe import Probe
from server.media.tcp import MAX_UNPROVEN, OTHER_OCTETS, VIDEO_OCTETS, TcpLink, TcpListener, _source
from server.media.udp import Link, Owner, SocketAddress
from tests.media.conftest import EVERY_ROUTE, ROOM, Call, until
from tests.media.test_udp import Desk

THERAPIST, A, B = SEATS


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


class End:
    """One end of a connection, and the link at the other."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.ended = 0
        with socket.create_server(("127.0.0.1", 0)) as listener:
            near = socket.create_connection(listener.getsockname())
            self.far, _ = listener.accept()
        self.link = TcpLink(near, ("127.0.0.1", 7), self.desk.receive, self.desk.flush, self._end)

    def _end(self, link: TcpLink) -> None:
        self.ended += 1

    async def read(self, octets: int) -> bytes:
        self.far.setblocking(False)
        data = b""
        while len(data) < octets:
            data += await asyncio.get_running_loop().sock_recv(self.far, 1 << 16)
        return data


@pytest.fixture
async def end() -> Iterator[End]:  # type: ignore[misc]
    made = End()
    yield made
    made.link.close()
    made.far.close()


# --- framing -------------------------------------------------------------------------------------


async def test_datagrams_come_whole_however_the_octets_are_cut(end: End) -> None:
    sent = [bytes((number,)) * (number * 7 + 1) for number in range(200)]
    octets = b"".join(map(framed, sent))
    for at in range(0, len(octets), 333):
        end.far.sendall(octets[at : at + 333])
        await asyncio.sleep(0)
    await until(lambda: len(end.desk.taken) == 200)

    assert [data for data, _ in end.desk.taken] == sent
    assert end.desk.taken[0][1] == ("127.0.0.1", 7)
    assert end.link.send(b"back", ())
    assert await end.read(6) == framed(b"back")


@pytest.mark.parametrize("length", [0, 1501, 65535])
async def test_a_length_that_no_datagram_has_ends_the_connection(end: End, length: int) -> None:
    end.far.sendall(framed(b"good") + length.to_bytes(2, "big") + bytes(100) + framed(b"late"))
    await until(lambda: end.ended)

    assert [data for data, _ in end.desk.taken] == [b"good"]
    assert not end.link.send(b"x", ())
    end.link.close()
    assert end.ended == 1


async def test_whoever_goes_is_gone(end: End) -> None:
    end.far.close()
    await until(lambda: end.ended)

    assert not end.link.open


# --- a peer that does not read -------------------------------------------------------------------


async def test_the_queue_is_bounded_and_pictures_give_way_to_sound(end: End) -> None:
    sound = bytes(120)
    for _ in range(5_000):
        end.link.send(bytes(1_200), (), True)
    assert end.link.lost > 1_000
    assert end.link._video_octets <= VIDEO_OCTETS
    taken = sum(end.link.send(sound, ()) for _ in range(1_000))
    assert 200 < taken < 1_000
    assert end.link.waiting <= VIDEO_OCTETS + OTHER_OCTETS + 1_300


async def test_sound_overtakes_and_no_picture_is_queued_before_all_is_gone(end: End) -> None:
    while end.link.send(b"v" * 1_200, (), True):
        pass
    assert end.link.send(b"a" * 120, ())
    end.far.setblocking(False)
    data = b""
    while framed(b"a" * 120) not in data:
        data += await asyncio.get_running_loop().sock_recv(end.far, 20_000)
        assert not end.link.waiting or not end.link.send(b"v", (), True)
    after = len(data) - data.index(framed(b"a" * 120)) - 122
    waited = VIDEO_OCTETS
    while after < waited - 1_300:  # the pictures that it overtook
        after += len(await asyncio.get_running_loop().sock_recv(end.far, 1 << 16))
    await until(lambda: not end.link.waiting)
    assert end.link.send(b"v", (), True)


async def test_a_write_on_a_connection_that_broke_raises_nothing(end: End) -> None:
    end.far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    end.far.close()  # a reset
    for _ in range(50):
        end.link.send(bytes(1_000), (), True)
    await until(lambda: end.ended)
    assert not end.link.send(b"x", ())


# --- the listener --------------------------------------------------------------------------------


class Somebody:
    def take(self, data: bytes, link: Link, address: SocketAddress, now: float) -> bool:
        return True


class Door:
    """Lets in whose first frame is the word."""

    def __init__(self) -> None:
        self.now = 0.0
        self.taken = 0
        self.listener = TcpListener("127.0.0.1", 0, self.receive, lambda: None, lambda: self.now)
        self.callers: list[socket.socket] = []

    def receive(self, data: bytes, address: SocketAddress, link: Link) -> None:
        self.taken += 1
        if data == b"word":
            owner: Owner = Somebody()
            link.owners[address] = owner

    def call(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.listener.port))
        self.callers.append(made)
        return made


@pytest.fixture
async def door() -> Iterator[Door]:  # type: ignore[misc]
    made = Door()
    yield made
    made.listener.close()
    for caller in made.callers:
        caller.close()


def over(caller: socket.socket) -> bool:
    caller.setblocking(False)
    try:
        return caller.recv(10) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


async def test_a_first_frame_that_proves_nothing_ends_the_connection(door: Door) -> None:
    stranger, guest = door.call(), door.call()
    stranger.sendall(framed(b"hello") * 10)
    guest.sendall(framed(b"word") + framed(b"more"))

    await until(lambda: over(stranger))
    await until(lambda: door.taken == 3)

    assert len(door.listener.links) == 1
    assert not over(guest)


async def test_silence_and_one_octet_after_the_other_last_five_seconds(door: Door) -> None:
    silent, slow = door.call(), door.call()
    for octet in framed(bytes(40))[:20]:
        slow.sendall(bytes((octet,)))
        await asyncio.sleep(0)
    await until(lambda: len(door.listener.links) == 2)
    door.listener.sweep(4.9)
    assert len(door.listener.links) == 2

    door.listener.sweep(5.0)

    assert not door.listener.links
    await until(lambda: over(silent) and over(slow))
    assert door.taken == 0


async def test_a_connection_that_is_nobody_s_any_more_is_closed(door: Door) -> None:
    guest = door.call()
    guest.sendall(framed(b"word"))
    await until(lambda: door.taken)
    door.listener.sweep(100.0)
    next(iter(door.listener.links)).owners.clear()
    door.listener.sweep(104.0)
    assert door.listener.links

    door.listener.sweep(105.0)

    assert not door.listener.links


async def test_one_address_gets_eight_doors_to_knock_at_and_guests_do_not_count(door: Door) -> None:
    for _ in range(1_000):
        door.call()
        await asyncio.sleep(0)
    await until(lambda: door.listener.refused == 1_000 - MAX_UNPROVEN)
    assert len(door.listener.links) == MAX_UNPROVEN

    for caller in door.callers[:MAX_UNPROVEN]:
        caller.sendall(framed(b"word"))
    await until(lambda: door.taken == MAX_UNPROVEN)
    door.call().sendall(framed(b"word"))
    await until(lambda: len(door.listener.links) == MAX_UNPROVEN + 1)


async def test_without_file_descriptors_it_waits_instead_of_spinning(door: Door) -> None:
    class Exhausted:
        def __init__(self, real: socket.socket) -> None:
            self.real, self.asked = real, 0

        def accept(self) -> object:
            self.asked += 1
            raise OSError(errno.EMFILE, "Too many open files")

        def fileno(self) -> int:
            return self.real.fileno()

        def close(self) -> None:
            self.real.close()

    poor = Exhausted(door.listener._socket)
    door.listener._socket = poor  # type: ignore[assignment]
    door.call()
    await until(lambda: poor.asked)
    await asyncio.sleep(0.02)

    assert poor.asked == 1
    assert door.listener._pause is not None


def test_an_ipv6_host_is_its_network() -> None:
    assert _source("2001:db8:1:2::5") == _source("2001:db8:1:2:ffff::9") != _source("2001:db8:1:3::5")
    assert _source("192.0.2.1") == "192.0.2.1"


# --- calls ---------------------------------------------------------------------------------------


async def by_tcp(call: Call) -> Probe:
    probe = Probe(A, tcp=True)
    call.probes.append(probe)
    await probe.connect(await call.engine.connect(ROOM, A, probe.offer()))
    return probe


async def test_a_call_works_by_tcp_beside_udp(call: Call) -> None:
    first, second, third = await call.join(THERAPIST), await by_tcp(call), await call.join(B)
    call.engine.set_routes(ROOM, EVERY_ROUTE)
    for probe in (first, second, third):
        for _ in range(50):
            probe.send_media(Medium.MIC, 100)
            probe.send_media(Medium.CAMERA, 1_100)

    await until(lambda: all(p.heard[k].packets >= 50 for p in call.probes for k in p.heard if k[1] != "screen"))
    assert "stranger" not in call.engine.stats().dropped
    await second.close()
    await until(lambda: call.engine.stats().peers == 2)
    call.clock.ahead += 7
    await until(lambda: not call.engine._sockets.tcp[0].links)


async def test_a_peer_by_tcp_that_goes_or_does_not_read_costs_the_others_nothing(call: Call) -> None:
    first, second, third = await call.join(THERAPIST), await by_tcp(call), await call.join(B)
    call.engine.set_routes(ROOM, EVERY_ROUTE)
    loop = asyncio.get_running_loop()
    loop.remove_reader(second._link._socket.fileno())  # it reads no more
    heard = third.heard[THERAPIST, Medium.MIC]
    for number in range(3_000):
        first.send_media(Medium.CAMERA, 1_100)
        if number % 2 == 0:
            first.send_media(Medium.MIC, 100)
        if number % 50 == 0:
            call.clock.ahead += 0.02  # within what one peer may send
            await asyncio.sleep(0.002)
    await until(lambda: heard.packets >= 1_450)
    links = list(call.engine._sockets.tcp[0].links)
    assert len(links) == 1
    assert links[0].waiting <= VIDEO_OCTETS + OTHER_OCTETS + 1_500
    second._link.close()
    for _ in range(100):
        first.send_media(Medium.MIC, 100)
    before = heard.packets
    await until(lambda: heard.packets >= before + 50)
    assert "bug" not in call.engine.stats().dropped


@pytest.mark.parametrize(
    "data",
    [
        framed(ice.check(Credentials("nobody", "x" * 32), "me", nominate=True)),
        framed(os.urandom(300)),
        framed(b"\x16\xfe\xff" + bytes(100)),
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" + bytes(500),
        bytes(1_000),
        b"\xff" * 1_000,
    ],
    ids=["check for nobody", "noise", "dtls", "http", "tls", "zeros", "ones"],
)
async def test_strangers_by_tcp_hear_nothing_and_are_closed(call: Call, data: bytes) -> None:
    stranger = socket.create_connection(("127.0.0.1", call.engine.port))
    stranger.sendall(data)

    def gone() -> bool:
        call.clock.ahead += 0.5
        return over(stranger)

    await until(gone)

    assert call.engine.stats().peers == 0
    stranger.close()


async def moved() -> tuple[int, int]:
    call = Call()
    await call.engine.start()
    first, second = await call.join(THERAPIST), await by_tcp(call)
    call.engine.set_routes(ROOM, EVERY_ROUTE)
    heard = second.heard[THERAPIST, Medium.MIC]
    first.send_media(Medium.MIC, 100)
    await until(lambda: heard.packets == 1)
    second._link.close()
    for _ in range(20):
        first.send_media(Medium.MIC, 100)
    await second.dial()
    second.check()
    await until(lambda: call.engine.stats().path_moves == 1)
    lost = heard.packets
    first.send_media(Medium.MIC, 100)
    await until(lambda: heard.packets == lost + 1)
    for probe in call.probes:
        await probe.close()
    await call.engine.stop()
    return lost, heard.packets


def test_a_broken_connection_is_replaced_by_another_on_the_product_s_loop() -> None:
    assert uvloop.run(moved()) == (1, 2)
