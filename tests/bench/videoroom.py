"""Brings light peers into VideoRooms of Janus, by its WebSocket API: three publish, and each hears the two others.

Janus answers a publisher's offer, and offers to subscribers; one subscription has the streams of both others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp
import msgspec

from server.tasks import Tasks
from tests.bench import offers
from tests.bench.member import Member
from tests.bench.namespace import ADDRESS

_REPLY_SECONDS = 15.0
_PROTOCOL = "janus-protocol"

Message = dict[str, Any]
"""One message of Janus's API; it has no schema of its own."""


class JanusError(Exception):
    """Janus refused a request."""


class JanusCaller:
    """One session at Janus."""

    def __init__(self, client: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._client = client
        self._socket = socket
        self._session = 0
        self._version = ""
        self._number = 0
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._tasks = Tasks()
        self._tasks.spawn("janus-events", self._listen())

    @classmethod
    async def open(cls, address: str) -> JanusCaller:
        client = aiohttp.ClientSession()
        try:
            caller = cls(client, await client.ws_connect(address, protocols=[_PROTOCOL]))
        except aiohttp.ClientError:
            await client.close()
            raise
        caller._version = str((await caller._ask(janus="info"))["version_string"])
        caller._session = (await caller._ask(janus="create"))["data"]["id"]
        return caller

    async def version(self) -> str:
        return self._version

    async def close(self) -> None:
        await self._tasks.close(1.0)
        await self._socket.close()
        await self._client.close()

    # --- rooms -----------------------------------------------------------------------------------

    async def fill(self, room: int, members: Sequence[Member]) -> None:
        number = room + 1
        desk = await self._attach()
        await self._request(
            desk, request="create", room=number, publishers=len(members), audiocodec="opus", videocodec="vp8"
        )
        feeds = await asyncio.gather(*(self._publish(number, member) for member in members))
        others = ([feed for feed in feeds if feed != own] for own in feeds)
        await asyncio.gather(*(self._subscribe(number, *pair) for pair in zip(members, others, strict=True)))

    async def _publish(self, room: int, member: Member) -> int:
        member.bind(ADDRESS, wires=2)
        handle = await self._attach()
        joined = await self._request(handle, request="join", ptype="publisher", room=room)
        wire = member.publishing
        sections = [member.sender.mic.section, member.sender.camera.section]
        # the peer is the DTLS client here as with the media host, so Janus chooses among the same profiles
        offer = offers.describe(sections, wire.own, wire.certificate.fingerprint, wire.address, setup="active")
        published = await self._request(handle, {"type": "offer", "sdp": offer}, request="publish")
        await wire.connect(offers.remote(published["jsep"]["sdp"]))
        return int(joined["plugindata"]["data"]["id"])

    async def _subscribe(self, room: int, member: Member, feeds: Sequence[int]) -> None:
        handle = await self._attach()
        streams = [{"feed": feed} for feed in feeds]
        attached = await self._request(handle, request="join", ptype="subscriber", room=room, streams=streams)
        offer = attached["jsep"]["sdp"]
        wire = member.listening
        answer = offers.describe(
            offers.sections(offer), wire.own, wire.certificate.fingerprint, wire.address, setup="active"
        )
        await self._request(handle, {"type": "answer", "sdp": answer}, request="start")
        await wire.connect(offers.remote(offer))

    async def _attach(self) -> int:
        return int((await self._ask(janus="attach", plugin="janus.plugin.videoroom"))["data"]["id"])

    async def _request(self, handle: int, jsep: Message | None = None, **body: object) -> Message:
        """What the plugin says to a request. Raises JanusError when it refuses."""
        extra = {"jsep": jsep} if jsep is not None else {}
        reply = await self._ask(janus="message", handle_id=handle, body=body, **extra)
        data = reply["plugindata"]["data"]
        if "error" in data:
            raise JanusError(f"{body['request']}: {data['error']}")
        return reply

    # --- messages --------------------------------------------------------------------------------

    async def _ask(self, **message: object) -> Message:
        """The reply to a message; an acknowledgement alone is none."""
        self._number += 1
        transaction = str(self._number)
        session = {"session_id": self._session} if self._session else {}
        self._waiting[transaction] = asyncio.get_running_loop().create_future()
        await self._socket.send_bytes(msgspec.json.encode(message | session | {"transaction": transaction}))
        try:
            async with asyncio.timeout(_REPLY_SECONDS):
                reply = await self._waiting[transaction]
        finally:
            del self._waiting[transaction]
        if reply["janus"] == "error":
            raise JanusError(f"{message['janus']}: {reply['error']['reason']}")
        return reply

    async def _listen(self) -> None:
        async for frame in self._socket:
            message: Message = msgspec.json.decode(frame.data)
            waiting = self._waiting.get(message.get("transaction", ""))
            if waiting is not None and not waiting.done() and message["janus"] != "ack":
                waiting.set_result(message)
