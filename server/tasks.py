"""The only place that starts tasks.

A bare ``asyncio.create_task`` may be collected while it runs, and its exception may be told late or never. Here every
task has a name, an owner that holds it, and an exception that is logged once, when it happens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from server.log import logger

T = TypeVar("T")

log = logger(__name__)


class Tasks:
    """The tasks of one owner, such as a room or a connection; they end with it.

    Unlike ``asyncio.TaskGroup`` it is no block to stay in, and the failure of one task leaves its siblings alone.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[object]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._running)

    def spawn(self, name: str, coroutine: Coroutine[object, object, object]) -> None:
        """Run `coroutine` beside everything else, under a fixed `name` that may stand in the log.

        What it raises is logged. Raises RuntimeError when the owner has closed.
        """
        _ = self.start(name, coroutine)

    def start(self, name: str, coroutine: Coroutine[object, object, T]) -> asyncio.Task[T]:
        """The same as :meth:`spawn`, for a caller who awaits the task, cancels it, or acts on its failure."""
        if self._closed:
            coroutine.close()
            raise RuntimeError(f"{name}: its owner has closed")
        task = asyncio.create_task(coroutine, name=name)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[object]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("A task failed.", task=task.get_name(), error=error)

    async def close(self, deadline: float) -> None:
        """Cancel every task but the caller's own, wait for them at most `deadline` seconds, and take no new ones.

        A task that still runs then is named in the log and left to itself: shutting down goes on.
        """
        self._closed = True
        others = self._running - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if not others:
            return
        _, late = await asyncio.wait(others, timeout=deadline)
        for task in late:
            log.warning("A task did not end in time.", task=task.get_name(), seconds=deadline)
