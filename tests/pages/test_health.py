from __future__ import annotations

import asyncio

import pytest

from server.pages import health
from tests.pages.site import Open


async def fine() -> None:
    await asyncio.sleep(0)


async def broken() -> None:
    raise OSError("private")


async def stuck() -> None:
    await asyncio.Event().wait()


async def test_a_server_that_answers_lives(open_pages: Open) -> None:
    site = await open_pages(probes={"store": broken})

    async with site.client.get("/health/live") as response:
        assert (response.status, await response.text()) == (200, "live\n")


async def test_it_is_ready_when_every_part_answers(open_pages: Open) -> None:
    site = await open_pages(probes={"store": fine, "media": fine})

    async with site.client.get("/health/ready") as response:
        assert (response.status, await response.text()) == (200, "store: ready\nmedia: ready\n")


@pytest.mark.parametrize("probe", [broken, stuck])
async def test_it_is_not_ready_when_one_part_does_not(
    open_pages: Open, probe: health.Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.01)
    site = await open_pages(probes={"store": probe, "media": fine})

    async with site.client.get("/health/ready") as response:
        assert (response.status, await response.text()) == (503, "store: not ready\nmedia: ready\n")
