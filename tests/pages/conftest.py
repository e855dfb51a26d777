from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.pages.site import Open, Site, open_site


@pytest.fixture
async def open_pages(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens sites as the test wants them, and closes them after it."""
    sites: list[Site] = []

    async def opened(**options: Any) -> Site:
        folder = tmp_path / str(len(sites))
        folder.mkdir()
        sites.append(await open_site(folder, **options))
        return sites[-1]

    yield opened
    for site in sites:
        await site.client.close()


@pytest.fixture
async def site(open_pages: Open) -> Site:
    return await open_pages()
