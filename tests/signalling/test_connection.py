from __future__ import annotations

import asyncio
import logging
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.access import Grant
from server.domain.seats import Seat
from server.protocol import messages
from server.protocol.messages import MAX_MESSAGE, MAX_OFFER, VERSION, Bye, Done, Pong, Refused, SdpAnswer, View
from server.signalling.connection import BAD_MESSAGES, MESSAGES_AT_ONCE, Connection
from tests.fakes import RecordingOutbox
from tests.rooms.house import ROOM, A, House, settle

GRANT = Grant(ROOM, A, "invitation", 10**15)


class Talk:
    """A connection of partner A, with `list.append` as its socket, so to say."""

    def __init__(self, house: House, grant: Grant = GRANT) -> None:
        self.now = 1000.0
        self.outbox = RecordingOutbox()
        self.connection = Connection(grant, house.directory, self.outbox, house.clock, lambda: self.now)

    async def say(self, **fields: Any) -> list[messages.FromServer]:
        return await self.frame(msgspec.json.encode(fields))

    async def frame(self, frame: bytes | None) -> list[messages.FromServer]:
        await self.connection.receive(frame)
        await settle()
        return self.outbox.take()

    async def hello(self) -> list[messages.FromServer]:
        return await self.say(type="hello", version=VERSION, page="page-1")


@pytest.fixture
async def talk(house: House) -> Talk:
    await house.build()
    return Talk(house)


async def test_hello_is_replied_to_with_the_view(talk: Talk) -> None:
    (view,) = await talk.hello()

    assert isinstance(view, View)
    assert (view.seat, view.scene) == ("partner-a", "door")


async def test_a_command_is_done(talk: Talk) -> None:
    await talk.hello()

    replies = await talk.say(type="enter", id="c1")

    assert [type(reply) for reply in replies] == [View, Done]


async def test_a_ping_comes_back_with_both_clocks(talk: Talk, house: House) -> None:
    await talk.hello()

    assert await talk.say(type="ping", sent=1.5) == [Pong(sent=1.5, now=house.clock.now())]


async def test_an_offer_is_answered_and_too_many_are_refused(talk: Talk) -> None:
    await talk.hello()

    for number in range(6):
        offer = {"type": "sdp-offer", "id": f"o{number}", "sdp": "v=0"}
        assert await talk.say(**offer) == [SdpAnswer(id=f"o{number}", sdp="answer to v=0")]
    assert await talk.say(type="sdp-offer", id="o6", sdp="v=0") == [Refused(code="too-many-offers", id="o6")]
    talk.now += 0.5
    assert await talk.say(type="sdp-offer", id="o7", sdp="v=0") == [SdpAnswer(id="o7", sdp="answer to v=0")]


async def test_anything_before_hello_is_refused(talk: Talk, house: House) -> None:
    assert await talk.say(type="enter", id="c1") == [Refused(code="hello-first")]
    assert not talk.connection.greeted
    assert house.directory.rooms == 0


async def test_a_second_hello_is_no_message(talk: Talk) -> None:
    await talk.hello()

    assert await talk.hello() == [Refused(code="bad-message")]


@pytest.mark.parametrize("version", [0, 2])
async def test_a_page_of_another_version_is_to_load_itself_again(talk: Talk, version: int) -> None:
    assert await talk.say(type="hello", version=version, page="p") == [Bye(code="version", retry=False)]
    assert talk.outbox.closed == (4400, "version")


async def test_hello_in_time(talk: Talk) -> None:
    talk.connection.hello_is_late()
    assert talk.outbox.take() == [Bye(code="hello-first", retry=True)]
    assert talk.outbox.closed == (4400, "hello-first")
    assert await talk.hello() == []


async def test_who_has_said_hello_is_never_late(talk: Talk) -> None:
    await talk.hello()

    talk.connection.hello_is_late()

    assert talk.outbox.closed is None


BAD = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe",
    b'{"type":"enter"}',
    b'{"type":"enter","id":1}',
    b'{"type":"enter","id":"a b"}',
    b'{"type":"enter","id":"c1","seat":"therapist"}',
    b'{"type":"dance","id":"c1"}',
    b'{"type":"admit","id":"c1","seat":"therapist"}',
    b'{"type":"advance","id":"c1","revision":-1}',
    b'{"type":"ping","sent":NaN}',
    b"[" * 5000,
]


@pytest.mark.parametrize("frame", [None, *BAD])
async def test_what_is_no_message_is_refused_and_changes_nothing(talk: Talk, house: House, frame: bytes | None) -> None:
    await talk.hello()
    before = house.events()

    assert await talk.frame(frame) == [Refused(code="bad-message")]
    assert house.events() == before


async def test_sizes(talk: Talk) -> None:
    await talk.hello()
    large = b'{"type":"enter","id":"c1"' + b" " * MAX_MESSAGE + b"}"
    assert await talk.frame(large) == [Refused(code="too-large")]

    sdp = "v" * (MAX_OFFER - 10)
    assert await talk.say(type="sdp-offer", id="o1", sdp=sdp) == [SdpAnswer(id="o1", sdp=f"answer to {sdp}")]
    assert await talk.say(type="sdp-offer", id="o2", sdp="v" * (MAX_OFFER + 1)) == [Refused(code="bad-message")]
    assert await talk.frame(b"x" * 60_000) == [Refused(code="too-large")]


async def test_the_fifth_bad_message_is_the_last(talk: Talk) -> None:
    await talk.hello()
    for _ in range(BAD_MESSAGES - 1):
        assert await talk.frame(b"{") == [Refused(code="bad-message")]

    assert await talk.frame(None) == [Refused(code="bad-message"), Bye(code="bad-message", retry=False)]
    assert talk.outbox.closed == (4400, "bad-message")
    assert await talk.say(type="enter", id="c1") == []


async def test_a_flood_is_cut_off_and_may_come_back(talk: Talk) -> None:
    await talk.hello()
    for number in range(MESSAGES_AT_ONCE - 1):
        await talk.connection.receive(msgspec.json.encode({"type": "ping", "sent": float(number)}))
    talk.outbox.take()

    assert await talk.say(type="ping", sent=0.0) == [Bye(code="rate", retry=True)]
    assert talk.outbox.closed == (4429, "rate")


async def test_twenty_messages_a_second_are_no_flood(talk: Talk) -> None:
    await talk.hello()

    for number in range(500):
        talk.now += 0.05
        await talk.connection.receive(msgspec.json.encode({"type": "ping", "sent": float(number)}))

    assert talk.outbox.closed is None
    assert len(talk.outbox.of(Pong)) == 500


async def test_a_lost_socket_is_a_disconnection(talk: Talk, house: House) -> None:
    await talk.hello()

    talk.connection.lost()
    await settle()

    assert house.events()[-1] == "SeatDisconnected"


async def test_a_socket_lost_before_hello_is_nothing(talk: Talk, house: House) -> None:
    talk.connection.lost()
    await settle()

    assert house.events() == ["RoomOpened"]


async def test_a_room_that_is_no_more_is_a_link_that_is_no_more(house: House) -> None:
    talk = Talk(house, Grant("nowhere", A, "invitation", 10**15))

    assert await talk.hello() == [Bye(code="revoked", retry=False)]
    assert talk.outbox.closed == (4401, "revoked")


async def test_a_house_that_closes_says_when_to_come_back(talk: Talk, house: House) -> None:
    await house.directory.close()

    assert await talk.hello() == [Bye(code="drain", retry=True)]
    assert talk.outbox.closed == (4503, "drain")


async def test_a_fault_is_logged_once_without_its_words(talk: Talk, house: House, caplog: Any) -> None:
    house.log.failing = OSError("Maya")

    with caplog.at_level(logging.ERROR, "server.signalling"):
        assert await talk.hello() == [Bye(code="internal", retry=True)]

    assert talk.outbox.closed == (4503, "internal")
    assert caplog.messages == ["A connection failed."]


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_frame_raises_before_or_after_hello(frame: bytes) -> None:
    async def talk_nonsense() -> None:
        house = House()
        await house.build()
        talk = Talk(house)
        await talk.frame(frame)
        await talk.hello()
        await talk.frame(frame)
        assert talk.outbox.closed is None
        await house.close()

    asyncio.run(talk_nonsense())


async def test_the_seat_is_the_grants_whatever_the_page_says(house: House) -> None:
    await house.full()
    talk = Talk(house, Grant(ROOM, Seat.PARTNER_B, "invitation", 10**15))
    await talk.hello()

    (refused,) = await talk.say(type="end-session", id="c1")

    assert refused == Refused(code="not-allowed", id="c1")
