"""A server and three people around it, for each story."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from server.domain.seats import SEATS, Seat
from tests.e2e.calls import Call
from tests.e2e.cameras import write_camera
from tests.e2e.people import CAMERA, Person, launch
from tests.e2e.running import Server

BrowserOf = Callable[[Seat, int, int], Browser]
SeatPeople = Callable[..., Call]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(180))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "var") as running:
        yield running


@pytest.fixture(scope="session")
def browser_of(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserOf]:
    """A browser per seat with a camera of the given size; the same ones serve the whole run."""
    folder = tmp_path_factory.mktemp("cameras")
    with ExitStack() as stack:

        @cache
        def launched(seat: Seat, width: int, height: int) -> Browser:
            camera = write_camera(folder / f"{seat}-{width}.y4m", seat, width, height)
            browser = launch(playwright, *CAMERA, f"--use-file-for-fake-video-capture={camera}")
            stack.callback(browser.close)
            return browser

        yield launched


@pytest.fixture
def seat_people(browser_of: BrowserOf, server: Server) -> Iterator[SeatPeople]:
    """Seats three people, each in a browser of its own."""
    with ExitStack() as stack:

        def seated(width: int = 640, height: int = 360, **options: object) -> Call:
            people = {}
            for seat in SEATS:
                people[seat] = Person.sit_down(browser_of(seat, width, height), seat, **options)
                stack.callback(people[seat].context.close)
            return Call(server, people)

        yield seated


@pytest.fixture
def call(seat_people: SeatPeople) -> Call:
    """Three people, still outside."""
    return seat_people()
