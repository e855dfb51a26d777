"""One port number for UDP and TCP on each address."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from server.media.sockets import Sockets
from tests.media.test_udp import Desk

RANGE = tuple(map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()))
"""Of the numbers that the kernel chooses from."""


def opened(port: int = 0, hosts: tuple[str, ...] = ("127.0.0.1",)) -> Sockets:
    desk = Desk()
    made = Sockets(desk.receive, desk.flush, time.monotonic)
    made.bind(hosts, port)
    return made


async def test_udp_and_tcp_have_the_same_number_on_each_address() -> None:
    sockets = opened(hosts=("0.0.0.0",))

    assert len(sockets.udp) == len(sockets.tcp) == len(sockets.tell(["0.0.0.0"]))
    assert {it.port for it in sockets.udp} == {it.port for it in sockets.tcp} == {sockets.port}
    assert sockets.tell([])[0] == sockets.tell(["0.0.0.0"])[0]
    assert sockets.tell(["203.0.113.5"]) == ("203.0.113.5",)
    sockets.close()
    sockets.close()


async def test_a_number_that_is_taken_by_tcp_is_said_and_nothing_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            opened(port)
    opened(port).close()


async def test_a_free_number_is_free_for_both() -> None:
    """Some hundred numbers are taken by TCP, of which the kernel knows nothing when it chooses one for UDP."""
    low, high = RANGE
    with ExitStack() as stack:
        for port in range(low, high, max(1, (high - low) // 400)):
            taken = stack.enter_context(socket.socket())
            with suppress(OSError):
                taken.bind(("127.0.0.1", port))
                taken.listen()
        for _ in range(100):
            opened().close()
