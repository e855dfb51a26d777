"""The way to one page: a bounded queue with one writer, so that nobody who sends ever waits for a slow network.

A page that does not read is cut off; what it missed it gets whole when it comes back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final, Protocol

from server.protocol.codec import encode
from server.protocol.messages import FromServer

MAX_MESSAGES: Final = 256
MAX_BYTES: Final = 1024 * 1024
"""What may wait for a page before it counts as not reading."""

CLOSE_WITHIN: Final = 3.0
"""Seconds for what is still queued and the closing handshake; then the connection is cut."""

SLOW: Final = (4408, "slow")


class Socket(Protocol):
    """What the outbox needs of a WebSocket."""

    async def send_str(self, data: str) -> None:
        """Send one text frame; waits while the network does not take it. Raises ConnectionError."""

    async def close(self, *, code: int, message: bytes) -> object: ...


class SocketOutbox:
    """Implements `ports.Outbox`. `run` is the writer; whoever makes an outbox runs it in a task of its own."""

    def __init__(
        self,
        socket: Socket,
        *,
        max_messages: int = MAX_MESSAGES,
        max_bytes: int = MAX_BYTES,
        close_within: float = CLOSE_WITHIN,
    ) -> None:
        self._socket = socket
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._close_within = close_within
        self._queue: deque[str] = deque()
        self._bytes = 0
        self._ending: tuple[int, str] | None = None
        self._more = asyncio.Event()
        self._limit: asyncio.Timeout | None = None

    @property
    def ending(self) -> tuple[int, str] | None:
        """The close code and reason, once the end has been decided."""
        return self._ending

    def send(self, message: FromServer) -> None:
        """Queue one message; nothing is sent after the end. Too much unread is the end (4408)."""
        if self._ending is not None:
            return
        text = encode(message)
        size = len(text.encode())
        if len(self._queue) >= self._max_messages or self._bytes + size > self._max_bytes:
            self._queue.clear()
            self._bytes = 0
            self.close(*SLOW)
            return
        self._queue.append(text)
        self._bytes += size
        self._more.set()

    def close(self, code: int, reason: str) -> None:
        """Close the socket after what is queued, or cut it after `close_within` seconds; idempotent."""
        if self._ending is None:
            self._ending = (code, reason)
            self._more.set()
            self._set_deadline()

    async def run(self) -> bool:
        """Write what is queued until the end, and close; False when the connection is lost or must be cut."""
        try:
            async with asyncio.timeout(None) as self._limit:
                self._set_deadline()
                await self._write()
        except (TimeoutError, ConnectionError):
            return False
        finally:
            self._limit = None
        return True

    def _set_deadline(self) -> None:
        if self._limit is not None and self._ending is not None:
            self._limit.reschedule(asyncio.get_running_loop().time() + self._close_within)

    async def _write(self) -> None:
        while True:
            while self._queue:
                text = self._queue.popleft()
                self._bytes -= len(text.encode())
                await self._socket.send_str(text)
            if self._ending is not None:
                code, reason = self._ending
                await self._socket.close(code=code, message=reason.encode())
                return
            self._more.clear()
            await self._more.wait()
