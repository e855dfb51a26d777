"""What every test gets: an event loop in debug mode (pyproject.toml), and no task left behind."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

logging.getLogger("asyncio").setLevel(logging.ERROR)  # a busy machine's slow callbacks are no test's business
settings.register_profile("shared machine", deadline=None)  # how long one example takes is the bench's to say
settings.load_profile("shared machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.function):
            item.fixturenames.insert(0, no_task_is_left.__name__)


@pytest.fixture
async def no_task_is_left() -> AsyncIterator[None]:
    """Fails an asynchronous test whose tasks outlive it; they get a moment to end."""
    before = asyncio.all_tasks()
    yield
    left = {task for task in asyncio.all_tasks() - before - {asyncio.current_task()} if not task.done()}
    if left:
        _, left = await asyncio.wait(left, timeout=0.2)
    assert not left, f"tasks left behind: {', '.join(sorted(task.get_name() for task in left))}"
