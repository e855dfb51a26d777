"""One light peer: what it sends, and the one or two connections that it sends and listens by.

The host has one connection a person, Janus one to publish and one to subscribe.
"""

from __future__ import annotations

from collections.abc import Callable

from server.media.secure import Certificate
from tests.bench.score import Sender
from tests.bench.wire import Wire

MIC_MID, CAMERA_MID = "0", "1"
"""The sections that a peer sends in, with either host."""

_CERTIFICATE: list[Certificate] = []


def certificate() -> Certificate:
    """One certificate for all light peers: what they do before the load begins is not measured."""
    if not _CERTIFICATE:
        _CERTIFICATE.append(Certificate())
    return _CERTIFICATE[0]


class Member:
    """A peer of a room. Whoever connects it calls `bind` first."""

    publishing: Wire
    listening: Wire

    def __init__(self, number: int, room: int, sampled: Callable[[Member, bytes, float], None]) -> None:
        """`number` is its own among all peers of all rooms; `sampled` gets one in fifty of the packets it hears."""
        self.number = number
        self.room = room
        self.sender = Sender(number, MIC_MID, CAMERA_MID)
        self._sampled = sampled

    def bind(self, address: str, *, wires: int) -> None:
        """Take one port or two at this address."""
        self.publishing = self.listening = self._wire(address)
        if wires == 2:
            self.listening = self._wire(address)

    def _wire(self, address: str) -> Wire:
        return Wire(address, certificate(), self._take)

    def _take(self, plain: bytes, arrived: float) -> None:
        self._sampled(self, plain, arrived)

    def prepare(self, slots: int) -> list[tuple[bytes, ...]]:
        """The encrypted datagrams of the next slots."""
        return self.sender.prepare(slots, self.publishing.protect)

    def send(self, datagram: bytes) -> None:
        """Send one datagram to the host."""
        self.publishing.send(datagram)

    def read(self) -> None:
        """Take what has arrived."""
        self.publishing.read()
        if self.listening is not self.publishing:
            self.listening.read()

    def check(self) -> None:
        """Let the host know that the peer still wants its packets."""
        self.publishing.check()
        if self.listening is not self.publishing:
            self.listening.check()

    async def close(self) -> None:
        await self.publishing.close()
        if self.listening is not self.publishing:
            await self.listening.close()
