"""A person in front of a real Firefox. Its counterpart `firefox.mjs` holds the browser; `people.py` has Chromium's."""

from __future__ import annotations

import json
import selectors
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from server.domain.seats import Seat
from tests.e2e.people import PATIENCE
from tests.e2e.running import ROOT

_SLOW_START = 60.0


class FirefoxPerson:
    """One seat's page. Waits for states, like `Person`, and speaks of them with the same words."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        browser = shutil.which("firefox-esr") or shutil.which("firefox")
        assert browser, "there is no Firefox: run make install, or install firefox-esr"
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).parent / "firefox.mjs"), browser],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> FirefoxPerson:
        self._reply(_SLOW_START)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()  # it closes the browser and ends
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(10)
        process.stdout.close()

    def _do(self, act: str, **more: object) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": act, **more}) + "\n")
        self._process.stdin.flush()
        return self._reply(2 * PATIENCE / 1000)

    def _reply(self, seconds: float) -> Any:
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            assert selector.select(seconds), "Firefox does not reply"
        line = self._process.stdout.readline()
        assert line, "Firefox ended"
        reply = json.loads(line)
        assert "error" not in reply, reply
        return reply["result"]

    # --- doing -----------------------------------------------------------------------------------

    def enter(self, link: str) -> FirefoxPerson:
        """Open the link and come in."""
        self._do("open", url=link)
        return self.press("enter")

    def press(self, action: str) -> FirefoxPerson:
        self._do("press", selector=f'button[data-action="{action}"]')
        return self

    def reload(self) -> FirefoxPerson:
        self._do("reload")
        return self

    # --- looking ---------------------------------------------------------------------------------

    def look(self, script: str, arg: object = None) -> Any:
        """What a function of the page returns."""
        return self._do("look", script=script, arg=arg)

    def errors(self) -> list[str]:
        found: list[str] = self._do("errors")
        return found

    def _wait(self, holds: Callable[[], object], what: str) -> FirefoxPerson:
        end = time.monotonic() + PATIENCE / 1000
        while not holds():
            assert time.monotonic() < end, f"Firefox as {self.seat}: {what}"
            time.sleep(0.2)
        return self

    def wait_for_scene(self, scene: str) -> FirefoxPerson:
        script = "scene => Boolean(document.querySelector(`[data-scene='${scene}']`)?.checkVisibility())"
        return self._wait(lambda: self.look(script, scene), f"does not come to the scene {scene}")

    def indicator(self) -> dict[str, str]:
        """The data of the indicator."""
        found: dict[str, str] = self.look("() => ({...document.querySelector('[data-indicator]')?.dataset})")
        return found

    def wait_for_revision(self, revision: int) -> FirefoxPerson:
        return self._wait(lambda: self.indicator().get("revision") == str(revision), f"does not show {revision}")

    def stats(self) -> dict[str, dict[str, float]]:
        """What `window.thirdchair.stats()` says of each tile; empty while the page is loading."""
        found: dict[str, dict[str, float]] = self.look("async () => (await window.thirdchair?.stats()) ?? {}")
        return found

    def wait_for_picture(self, seat: Seat, *, more_than: int = 0, wider_than: int = 2) -> FirefoxPerson:
        """The tile of `seat` decodes frames beyond `more_than`, and shows them."""
        shown = "seat => document.querySelector(`[data-tile='${seat}'] video`)?.videoWidth ?? 0"

        def seen() -> bool:
            decoded = self.stats().get(seat.value, {}).get("framesDecoded", 0)
            return decoded > more_than and self.look(shown, seat.value) > wider_than

        return self._wait(seen, f"does not see {seat}")

    def wait_for_sound(self, seat: Seat, *, more_than: int = 0) -> FirefoxPerson:
        return self._wait(
            lambda: self.stats().get(seat.value, {}).get("audioPackets", 0) > more_than, f"does not hear {seat}"
        )
