"""Whether this server lives, and whether it can host a call right now: for proxies, containers and people on duty."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

Probe = Callable[[], Awaitable[None]]
"""Returns when the part answers; raises, or takes longer than `PATIENCE`, when it does not."""

PATIENCE: Final = 2.0
"""Seconds."""

PROBES: Final = web.AppKey("probes", Mapping[str, Probe])


async def live(_request: web.Request) -> web.Response:
    """``GET /health/live``: the process answers."""
    return web.Response(text="live\n")


async def ready(request: web.Request) -> web.Response:
    """``GET /health/ready``: 200 when every part answers, else 503; one line for each part."""
    probes = request.app[PROBES]
    results = await asyncio.gather(*(_answers(probe) for probe in probes.values()))
    lines = "".join(
        f"{name}: {'ready' if result else 'not ready'}\n" for name, result in zip(probes, results, strict=True)
    )
    return web.Response(text=lines, status=200 if all(results) else 503)


async def _answers(probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await probe()
    except Exception:  # whatever it failed of, it does not answer
        return False
    return True
