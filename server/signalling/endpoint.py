"""The WebSocket of a seat: who may open it, how large its frames may be, and how it ends.

What is said on it is `connection`'s; how it is written is `outbox`'s.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from typing import Final

from aiohttp import WSMsgType, web
from aiohttp_session import get_session

from server.access import Access, AccessError, Grant
from server.log import logger
from server.ports import Clock
from server.rooms.directory import Directory
from server.signalling.connection import Connection
from server.signalling.outbox import CLOSE_WITHIN, SocketOutbox
from server.tasks import Tasks

HELLO_WITHIN: Final = 5.0
"""Seconds for a page to say hello."""

HEARTBEAT: Final = 3.0
"""Seconds between pings; a page that is gone is noticed after one and a half times that."""

MAX_FRAME: Final = 64 * 1024
SOCKETS_PER_SEAT: Final = 4
"""One that speaks, and a few that have not noticed yet that they are dead."""

SOCKETS: Final = 4000

LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})

log = logger(__name__)


class Endpoint:
    """All open sockets of this process. `origins` are those of the own pages, such as ``https://example.org``."""

    def __init__(
        self,
        directory: Directory,
        access: Access,
        clock: Clock,
        tasks: Tasks,
        origins: Collection[str],
        *,
        hello_within: float = HELLO_WITHIN,
        heartbeat: float = HEARTBEAT,
        close_within: float = CLOSE_WITHIN,
    ) -> None:
        self._directory = directory
        self._access = access
        self._clock = clock
        self._tasks = tasks
        self._origins = frozenset(origins)
        self._hello_within = hello_within
        self._heartbeat = heartbeat
        self._close_within = close_within
        self._open: Counter[str] = Counter()

    @property
    def sockets(self) -> int:
        """How many are open."""
        return self._open.total()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket from the upgrade to its end."""
        grant = await self._grant(request)
        if grant is None:  # said before anything else: a page asks by plain GET, without an Origin, why it was refused
            return _refused(401, "no-session")
        if not self._own_origin(request):
            return _refused(403, "foreign-origin")
        if self._open[grant.invitation_id] >= SOCKETS_PER_SEAT or self.sockets >= SOCKETS:
            return _refused(429, "rate")
        self._open[grant.invitation_id] += 1
        try:
            return await self._serve(request, grant)
        finally:
            self._open[grant.invitation_id] -= 1
            self._open += Counter()  # forgets those that have none

    # --- before the upgrade ----------------------------------------------------------------------

    def _own_origin(self, request: web.Request) -> bool:
        """Only own pages may open a socket: the cookie comes along whoever asks (cross-site hijacking).

        On this machine itself a page may come by any of its names. A rebound foreign name is not among them.
        """
        origin = request.headers.getall("Origin", [])
        if len(origin) != 1:
            return False
        host = request.host
        local = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return origin[0] in self._origins or (
            local in LOCAL_HOSTS and origin[0] in (f"http://{host}", f"https://{host}")
        )

    async def _grant(self, request: web.Request) -> Grant | None:
        session = await get_session(request)
        invitation_id = request.match_info["id"]
        if session.get("invitation") != invitation_id:
            return None
        try:
            return await self._access.grant(invitation_id, self._clock.now())
        except AccessError:
            return None

    # --- from the upgrade on ---------------------------------------------------------------------

    async def _serve(self, request: web.Request, grant: Grant) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            max_msg_size=MAX_FRAME,
            compress=False,
            heartbeat=self._heartbeat,
            autoping=True,
            timeout=2.0,
            decode_text=False,
            writer_limit=16 * 1024,
        )
        await socket.prepare(request)
        outbox = SocketOutbox(socket, close_within=self._close_within)
        connection = Connection(grant, self._directory, outbox, self._clock)
        writer = self._tasks.start("outbox", self._write(outbox, request))
        late = asyncio.get_running_loop().call_later(self._hello_within, connection.hello_is_late)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await connection.receive(message.data)
                elif message.type is WSMsgType.BINARY:
                    await connection.receive(None)
        finally:
            late.cancel()
            connection.lost()
            outbox.close(1000, "")
        await asyncio.wait([writer])
        return socket

    @staticmethod
    async def _write(outbox: SocketOutbox, request: web.Request) -> None:
        """Write until the end; then nothing stays in memory for a page that does not read."""
        clean = False
        try:
            clean = await outbox.run()
        finally:
            transport = request.transport
            if transport is not None and (not clean or transport.get_write_buffer_size()):
                transport.abort()


def _refused(status: int, code: str) -> web.Response:
    return web.json_response({"code": code}, status=status, headers={"Cache-Control": "no-store"})


def routes(find: Callable[[web.Application], Endpoint]) -> list[web.RouteDef]:
    """The route of the sockets. `find` tells the endpoint of a running application, which is made when it starts."""

    async def socket(request: web.Request) -> web.StreamResponse:
        return await find(request.app).handle(request)

    return [web.get("/c/{id}/ws", socket)]
