from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.protocol.codec import encode
from server.protocol.messages import Done, Refused
from server.signalling.outbox import SocketOutbox
from server.tasks import Tasks


class FakeSocket:
    """Keeps what it is given; takes nothing while `gate` is clear; `lost` makes it fail."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.closed: tuple[int, bytes] | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.lost = False

    async def send_str(self, data: str) -> None:
        await self.gate.wait()
        if self.lost:
            raise ConnectionResetError
        self.sent.append(data)

    async def close(self, *, code: int, message: bytes) -> None:
        await self.gate.wait()
        self.closed = (code, message)


@pytest.fixture
def socket() -> FakeSocket:
    return FakeSocket()


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    made = Tasks()
    yield made
    await made.close(1)


def ended(outbox: SocketOutbox) -> tuple[int, str] | None:
    return outbox.ending


def done(number: int) -> Done:
    return Done(id=f"c{number}")


async def test_messages_go_out_in_order_as_json(socket: FakeSocket, tasks: Tasks) -> None:
    outbox = SocketOutbox(socket)
    running = tasks.start("outbox", outbox.run())

    for number in range(3):
        outbox.send(done(number))
    outbox.close(4403, "left")

    assert await running
    assert socket.sent == [encode(done(number)) for number in range(3)]
    assert socket.closed == (4403, b"left")


async def test_the_end_is_decided_once_and_nothing_goes_out_after_it(socket: FakeSocket, tasks: Tasks) -> None:
    outbox = SocketOutbox(socket)
    outbox.send(done(1))
    outbox.close(4409, "superseded")
    outbox.close(4503, "drain")
    outbox.send(done(2))

    assert await tasks.start("outbox", outbox.run())
    assert socket.sent == [encode(done(1))]
    assert socket.closed == (4409, b"superseded")


async def test_a_page_that_does_not_read_is_cut_off_by_count(socket: FakeSocket, tasks: Tasks) -> None:
    socket.gate.clear()
    outbox = SocketOutbox(socket, max_messages=3, close_within=0.02)
    running = tasks.start("outbox", outbox.run())

    for number in range(3):
        outbox.send(done(number))
    assert ended(outbox) is None
    outbox.send(done(3))
    outbox.send(done(4))

    assert ended(outbox) == (4408, "slow")
    assert not await running
    assert socket.sent == []


async def test_a_page_that_does_not_read_is_cut_off_by_size(socket: FakeSocket) -> None:
    outbox = SocketOutbox(socket, max_bytes=100)

    outbox.send(Refused(code="ü" * 20))
    assert ended(outbox) is None
    outbox.send(Refused(code="ü" * 20))

    assert ended(outbox) == (4408, "slow")


async def test_what_was_written_does_not_count(socket: FakeSocket, tasks: Tasks) -> None:
    outbox = SocketOutbox(socket, max_messages=2, max_bytes=100)
    running = tasks.start("outbox", outbox.run())

    for number in range(20):
        outbox.send(done(number))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    assert ended(outbox) is None
    outbox.close(1000, "")
    assert await running
    assert len(socket.sent) == 20


async def test_a_slow_page_that_begins_to_read_again_is_told_why(socket: FakeSocket, tasks: Tasks) -> None:
    socket.gate.clear()
    outbox = SocketOutbox(socket, max_messages=2)
    running = tasks.start("outbox", outbox.run())
    for number in range(9):
        outbox.send(done(number))

    socket.gate.set()

    assert await running
    assert socket.closed == (4408, b"slow")
    assert len(socket.sent) <= 1


async def test_a_lost_connection_ends_the_writer_quietly(socket: FakeSocket, tasks: Tasks) -> None:
    socket.lost = True
    outbox = SocketOutbox(socket)
    outbox.send(done(1))

    assert not await tasks.start("outbox", outbox.run())
    outbox.send(done(2))
    outbox.close(1000, "")


async def test_a_goodbye_decided_before_the_writer_runs_has_its_deadline_too(socket: FakeSocket, tasks: Tasks) -> None:
    socket.gate.clear()
    outbox = SocketOutbox(socket, close_within=0.02)
    outbox.close(4503, "drain")

    assert not await tasks.start("outbox", outbox.run())
