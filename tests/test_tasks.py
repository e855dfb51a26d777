from __future__ import annotations

import asyncio
import logging

import pytest

from server.tasks import Tasks


async def wait_for_ever() -> None:
    await asyncio.Event().wait()


def records(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, object]]]:
    return [
        (record.getMessage(), record.__dict__["fields"]) for record in caplog.records if record.name == "server.tasks"
    ]


async def test_a_task_runs_under_its_name_and_gives_its_result() -> None:
    tasks = Tasks()

    async def seven() -> int:
        return 7

    task = tasks.start("counting", seven())

    assert task.get_name() == "counting"
    assert len(tasks) == 1
    assert await task == 7
    assert len(tasks) == 0


async def test_a_failure_is_logged_once_and_leaves_the_siblings_alone(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()
    sibling = tasks.start("sibling", wait_for_ever())
    error = ValueError("private")

    async def fail() -> None:
        raise error

    with pytest.raises(ValueError, match="private"):
        await tasks.start("failing", fail())

    assert records(caplog) == [("A task failed.", {"task": "failing", "error": error})]
    assert not sibling.done()
    await tasks.close(1)


async def test_closing_cancels_and_waits_for_the_cleaning_up() -> None:
    tasks = Tasks()
    started, cleaned = asyncio.Event(), False

    async def clean() -> None:
        nonlocal cleaned
        started.set()
        try:
            await wait_for_ever()
        finally:
            await asyncio.sleep(0)
            cleaned = True

    task = tasks.start("cleaning", clean())
    await started.wait()
    await tasks.close(1)

    assert cleaned
    assert task.cancelled()
    assert len(tasks) == 0


async def test_cancelling_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()
    tasks.spawn("waiting", wait_for_ever())

    await tasks.close(1)

    assert records(caplog) == []


async def test_a_task_that_will_not_end_is_named_and_left(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()
    started, release = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        started.set()
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    task = tasks.start("stubborn", stubborn())
    await started.wait()
    with caplog.at_level(logging.WARNING):
        await tasks.close(0.01)

    assert records(caplog) == [("A task did not end in time.", {"task": "stubborn", "seconds": 0.01})]
    release.set()
    await task


async def test_a_task_may_close_its_own_owner() -> None:
    tasks = Tasks()
    other = tasks.start("other", wait_for_ever())

    async def close() -> str:
        await tasks.close(1)
        return "closed"

    assert await tasks.start("closing", close()) == "closed"
    assert other.cancelled()


async def test_closing_with_nothing_running_is_done_at_once() -> None:
    await Tasks().close(1)


async def test_nothing_starts_after_closing() -> None:
    tasks = Tasks()
    await tasks.close(1)

    with pytest.raises(RuntimeError, match="late: its owner has closed"):
        tasks.spawn("late", wait_for_ever())
