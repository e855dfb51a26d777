"""A network namespace for Janus and its load: a loopback and one address that nobody else has.

libnice, which Janus uses, offers no loopback addresses, so there is a pair of virtual links. Nothing inside can reach
anything outside. Making it takes root.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.bench.processes import run

ADDRESS = "192.0.2.1"
"""Reserved for documentation (RFC 5737), so no real network can be meant."""


@asynccontextmanager
async def namespace() -> AsyncIterator[str]:
    """The name of a namespace that lasts as long as the block. Raises BenchError when it cannot be made."""
    name = f"thirdchair-bench-{os.getpid()}"
    await run("ip", "netns", "add", name)
    try:
        await run("ip", "-n", name, "link", "set", "lo", "up")
        await run("ip", "-n", name, "link", "add", "media0", "type", "veth", "peer", "name", "media1")
        await run("ip", "-n", name, "address", "add", f"{ADDRESS}/24", "dev", "media0")
        for link in ("media0", "media1"):
            await run("ip", "-n", name, "link", "set", link, "up")
        yield name
    finally:
        await run("ip", "netns", "delete", name)


def inside(name: str, command: list[str]) -> list[str]:
    """The command that runs another one in a namespace; it becomes that one, so their process ids are the same."""
    return ["ip", "netns", "exec", name, *command]
