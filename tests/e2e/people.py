"""A person in front of a real Chromium: opens the link, presses the buttons, looks at the tiles.

Only the contract that tests and operators rely on is used (docs: page elements, `window.thirdchair`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, WebSocket, expect

from server.domain.seats import Seat

CHROMIUM = "/usr/bin/chromium"
PATIENCE = 30_000
"""Milliseconds to wait for a state on a busy machine."""

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--mute-audio",
    # three browsers share one small machine: a page in the background is a person too
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


KEEP_TRACKS = """
    window.ownTracks = [];
    if (navigator.mediaDevices) {
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => {
            const stream = await ask(wanted);
            window.ownTracks.push(...stream.getTracks());
            return stream;
        };
    }
"""
"""Every track that the page took from a device, so that a test can see it end."""


def launch(playwright: Playwright, *flags: str) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=[*FLAGS, *flags])


@dataclass(eq=False)
class Person:
    """One seat's page. `received` holds every text frame of its sockets, `errors` what its console complained of."""

    seat: Seat
    context: BrowserContext
    page: Page
    received: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def sit_down(cls, browser: Browser, seat: Seat, **options: Any) -> Person:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 720}, "locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE)
        context.add_init_script(KEEP_TRACKS)
        return cls(seat, context, context.new_page())

    def __post_init__(self) -> None:
        self.page.on("websocket", self._listen)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def on_a_new_page(self) -> Person:
        """The same person, with the same cookies, on another page."""
        return Person(self.seat, self.context, self.context.new_page())

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: self.received.append(str(data)))
        socket.on("framesent", lambda data: self.sent.append(str(data)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    # --- doing -----------------------------------------------------------------------------------

    def open(self, link: str) -> Person:
        self.page.goto(link)
        return self

    def button(self, action: str, **data: str) -> Any:
        """The visible button of this action; `data` narrows it (`seat="partner-a"`, `edge="sent"`)."""
        narrowed = "".join(f'[data-{name}="{value}"]' for name, value in data.items())
        return self.page.locator(f'button[data-action="{action}"]{narrowed}').locator("visible=true").first

    def press(self, action: str, **data: str) -> Person:
        self.button(action, **data).click()
        return self

    def press_and_mean_it(self, action: str) -> Person:
        """Press a button that asks once, and once more by the keyboard (a double click counts as one)."""
        self.press(action)
        self.button(action, asks="").press("Enter")
        return self

    def enter(self, link: str) -> Person:
        """Open the link and come in."""
        return self.open(link).press("enter")

    # --- looking ---------------------------------------------------------------------------------

    def indicator(self) -> dict[str, str]:
        """The data of the indicator."""
        found: dict[str, str] = self.page.locator("[data-indicator]").first.evaluate("it => ({...it.dataset})")
        return found

    def wait_for_indicator(self, **data: str) -> Person:
        element = self.page.locator("[data-indicator]").first
        for name, value in data.items():
            expect(element).to_have_attribute(f"data-{name}", value, timeout=PATIENCE)
        return self

    def wait_for_revision(self, revision: int) -> Person:
        return self.wait_for_indicator(revision=str(revision))

    def stats(self) -> dict[str, dict[str, float]]:
        """What `window.thirdchair.stats()` says of each tile."""
        found: dict[str, dict[str, float]] = self.page.evaluate("() => window.thirdchair.stats()")
        return found

    def wait_for_picture(self, seat: Seat, *, more_than: int = 0, width: int | None = None) -> Person:
        """The tile of `seat` decodes frames (beyond `more_than`), if wanted at this width."""
        self.page.wait_for_function(
            """async ([seat, frames, width]) => {
                const tile = (await window.thirdchair.stats())[seat];
                const video = document.querySelector(`[data-tile="${seat}"] video`);
                return tile && tile.framesDecoded > frames && (!width || video.videoWidth === width);
            }""",
            arg=[seat.value, more_than, width],
            timeout=PATIENCE,
            polling=200,
        )
        return self

    def watch_gaps(self, seat: Seat) -> None:
        """From now on, note the longest time between two pictures in a tile."""
        self.page.evaluate(
            """seat => {
                const video = document.querySelector(`[data-tile="${seat}"] video`);
                const gaps = window.gaps ??= {};
                gaps[seat] = 0;
                let last = performance.now();
                const look = (now) => {
                    gaps[seat] = Math.max(gaps[seat], now - last);
                    last = now;
                    video.requestVideoFrameCallback(look);
                };
                video.requestVideoFrameCallback(look);
            }""",
            seat.value,
        )

    def longest_gap(self, seat: Seat) -> float:
        """Milliseconds, since `watch_gaps`."""
        longest: float = self.page.evaluate("seat => window.gaps[seat]", seat.value)
        return longest

    def wait_for_sound(self, seat: Seat, *, more_than: int = 0) -> Person:
        self.page.wait_for_function(
            """async ([seat, packets]) => {
                const tile = (await window.thirdchair.stats())[seat];
                return tile && tile.audioPackets > packets;
            }""",
            arg=[seat.value, more_than],
            timeout=PATIENCE,
            polling=200,
        )
        return self

    def colour_of(self, seat: Seat) -> tuple[int, int, int]:
        """The colour in the middle of a tile's picture."""
        red, green, blue = self.page.evaluate(
            """seat => {
                const video = document.querySelector(`[data-tile="${seat}"] video`);
                const canvas = new OffscreenCanvas(1, 1), draw = canvas.getContext('2d');
                draw.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
                return [...draw.getImageData(0, 0, 1, 1).data].slice(0, 3);
            }""",
            seat.value,
        )
        return int(red), int(green), int(blue)

    def wait_for_colour(self, seat: Seat, colour: tuple[int, int, int]) -> Person:
        """Wait until the middle of a tile has this colour, near enough for a video codec."""
        end = time.monotonic() + PATIENCE / 1000
        while sum(abs(one - two) for one, two in zip(self.colour_of(seat), colour, strict=True)) > 40:
            assert time.monotonic() < end, f"{self.seat} sees {self.colour_of(seat)} in the tile of {seat}"
            self.page.wait_for_timeout(100)
        return self

    def view(self) -> dict[str, Any]:
        """The last view that this page was sent."""
        return self.messages("view")[-1]

    def wait_for_view(self, holds: Callable[[dict[str, Any]], bool], *, patience: float = PATIENCE / 1000) -> Person:
        """Wait until a view that the page was sent satisfies `holds`."""
        end = time.monotonic() + patience
        while not (self.messages("view") and holds(self.view())):
            assert time.monotonic() < end, f"the last view was {self.view() if self.messages('view') else None}"
            self.page.wait_for_timeout(50)
        return self

    def wait_for_message(self, kind: str) -> Person:
        """Wait until the page was sent a message of this type."""
        end = time.monotonic() + PATIENCE / 1000
        while not self.messages(kind):
            assert time.monotonic() < end, f"no {kind} came"
            self.page.wait_for_timeout(50)
        return self

    def wait_for_scene(self, scene: str) -> Person:
        self.page.locator(f'[data-scene="{scene}"]').first.wait_for()
        return self

    def messages(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one type that the server sent to this page so far."""
        found = [json.loads(text) for text in self.received]
        return [message for message in found if message["type"] == kind]

    def photograph(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
