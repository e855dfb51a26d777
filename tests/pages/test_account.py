from __future__ import annotations

import pytest

from tests.pages.site import Site


@pytest.mark.parametrize("path", ["/home", "/scripts", "/scripts/own-1"])
async def test_a_stranger_sees_no_page_of_the_practice(site: Site, path: str) -> None:
    async with site.client.get(path) as response:
        assert response.status == 401


async def test_the_page_is_that_of_whoever_is_signed_in(site: Site) -> None:
    await site.therapist("Dr. Berg")
    async with site.client.get("/home") as response:
        assert "Dr. Berg" in await response.text()
