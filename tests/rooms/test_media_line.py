from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from server.domain.seats import Seat
from server.protocol import messages
from server.rooms.media_line import MediaLine
from server.rooms.page import Page
from server.tasks import Tasks
from tests.fakes import FakeMedia, RecordingOutbox
from tests.rooms.house import settle, until

A, B = Seat.PARTNER_A, Seat.PARTNER_B


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    made = Tasks()
    yield made
    await made.close(1)


@pytest.fixture
def media() -> FakeMedia:
    return FakeMedia()


@pytest.fixture
def line(media: FakeMedia, tasks: Tasks) -> MediaLine:
    return MediaLine("room", media, tasks)


def page(seat: Seat = A) -> tuple[Page, RecordingOutbox]:
    outbox = RecordingOutbox()
    return Page(seat, "page", outbox), outbox


async def test_what_is_asked_for_a_seat_is_done_in_order(line: MediaLine, media: FakeMedia) -> None:
    media.gate = asyncio.Event()
    maya, outbox = page()

    line.offer(maya, "o1", "one")
    line.disconnect(A)
    line.offer(maya, "o2", "two")
    await settle()
    assert media.calls == [("connect", "room", A)]

    media.gate.set()
    await settle()
    assert media.calls == [("connect", "room", A), ("disconnect", "room", A), ("connect", "room", A)]
    assert [message.id for message in outbox.of(messages.SdpAnswer)] == ["o1", "o2"]


async def test_seats_do_not_wait_for_one_another(line: MediaLine, media: FakeMedia) -> None:
    media.gate = asyncio.Event()
    line.offer(page(A)[0], "o1", "one")

    line.disconnect(B)
    await settle()

    assert ("disconnect", "room", B) in media.calls


async def test_a_refusal_has_the_hosts_code(line: MediaLine, media: FakeMedia) -> None:
    media.refuse = "bad-offer"
    maya, outbox = page()

    line.offer(maya, "o1", "one")
    await settle()

    assert outbox.sent == [messages.Refused(code="bad-offer", id="o1")]


async def test_a_fault_of_the_host_is_logged_once_and_told(
    line: MediaLine, media: FakeMedia, caplog: pytest.LogCaptureFixture
) -> None:
    media.failing = ZeroDivisionError("v=0 192.0.2.7")
    maya, outbox = page()

    with caplog.at_level(logging.ERROR):
        line.offer(maya, "o1", "one")
        await settle()

    assert outbox.sent == [messages.Refused(code="internal", id="o1")]
    assert caplog.messages == ["The media host failed to take an offer."]


async def test_a_host_that_hangs_is_left(media: FakeMedia, tasks: Tasks) -> None:
    line = MediaLine("room", media, tasks, connect_within=0.01)
    media.gate = asyncio.Event()
    maya, outbox = page()

    line.offer(maya, "o1", "one")
    await until(lambda: bool(outbox.sent))

    assert outbox.sent == [messages.Refused(code="internal", id="o1")]


async def test_the_offer_of_a_page_that_has_ended_is_not_brought(line: MediaLine, media: FakeMedia) -> None:
    maya, _ = page()
    maya.end("left", 4403, retry=False)

    line.offer(maya, "o1", "one")
    await settle()

    assert media.calls == []


async def test_closing_ends_what_is_in_work_and_what_waits(line: MediaLine, media: FakeMedia) -> None:
    media.gate = asyncio.Event()
    maya, outbox = page()
    line.offer(maya, "o1", "one")
    line.offer(maya, "o2", "two")
    await settle()

    await line.close()

    assert media.calls == [("connect", "room", A), ("close", "room")]
    assert outbox.sent == []
