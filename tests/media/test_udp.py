"""The UDP link."""

from __future__ import annotations

import socket

import pytest

from server.media.udp import Link, SocketAddress, UdpLink
from tests.media.conftest import until


class Desk:
    """Takes what links deliver."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, SocketAddress]] = []
        self.batches = 0

    def receive(self, data: bytes, address: SocketAddress, link: Link) -> None:
        self.taken.append((data, address))

    def flush(self) -> None:
        self.batches += 1


async def test_datagrams_come_whole_and_in_batches() -> None:
    desk = Desk()
    link = UdpLink("127.0.0.1", 0, desk.receive, desk.flush)
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.bind(("127.0.0.1", 0))
    for number in range(100):
        other.sendto(bytes((number,)) * number, ("127.0.0.1", link.port))

    await until(lambda: len(desk.taken) == 100)

    assert [data for data, _ in desk.taken] == [bytes((number,)) * number for number in range(100)]
    assert {address for _, address in desk.taken} == {other.getsockname()}
    assert desk.batches < 50
    assert link.send(b"back", other.getsockname())
    assert other.recv(100) == b"back"
    other.close()
    link.close()
    link.close()


async def test_a_send_that_fails_is_counted_and_raises_nothing() -> None:
    desk = Desk()
    link = UdpLink("127.0.0.1", 0, desk.receive, desk.flush)

    assert not link.send(bytes(70_000), ("127.0.0.1", link.port))
    assert not link.send(b"x", ("127.0.0.1", 0))
    link.close()
    assert not link.send(b"x", ("127.0.0.1", 9))
    assert link.lost == 3


async def test_a_taken_port_is_said_at_once() -> None:
    desk = Desk()
    link = UdpLink("127.0.0.1", 0, desk.receive, desk.flush)

    with pytest.raises(OSError, match="in use"):
        UdpLink("127.0.0.1", link.port, desk.receive, desk.flush)
    link.close()


async def test_ipv6_is_a_link_of_its_own() -> None:
    if not socket.has_dualstack_ipv6():
        return
    desk = Desk()
    link = UdpLink("::1", 0, desk.receive, desk.flush)
    UdpLink("127.0.0.1", link.port, desk.receive, desk.flush).close()
    link.close()
