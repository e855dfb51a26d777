"""A house for each test, closed afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.rooms.house import House


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    yield made
    await made.close()
