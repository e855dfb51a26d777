"""The real server as a process of its own, started as an operator starts it."""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 30.0
"""Seconds for a start on a busy machine; a bound against hanging, not a demand."""


def free_port() -> int:
    """A number that nobody has, be it for UDP or TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one, socket.socket(type=socket.SOCK_DGRAM) as other:
            one.bind(("0.0.0.0", 0))
            port: int = one.getsockname()[1]
            try:
                other.bind(("0.0.0.0", port))
            except OSError:
                continue
            return port


@dataclass
class Server:
    """`python -m server run --demo --json` on ports of its own; `links` are those of the first start."""

    data: Path
    port: int = field(default_factory=free_port)
    media_port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    first: dict[str, object] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def links(self) -> dict[str, str]:
        demo = self.first["demo"]
        assert isinstance(demo, dict)
        return demo

    @property
    def log(self) -> str:
        return (self.data.parent / f"{self.data.name}.log").read_text("utf-8")

    def start(self, *, demo: bool = True) -> dict[str, object]:
        """Start, wait for the line of JSON, and return it."""
        environment = {
            **os.environ,
            "THIRDCHAIR_DATA": str(self.data),
            "THIRDCHAIR_HOST": "127.0.0.1",
            "THIRDCHAIR_PORT": str(self.port),
            "THIRDCHAIR_MEDIA_PORT": str(self.media_port),
            **self.environment,
        }
        with (self.data.parent / f"{self.data.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server", "run", "--json", *(["--demo"] if demo else [])],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        told = json.loads(self._first_line())
        assert isinstance(told, dict)
        self.first = self.first or told
        return told

    def _first_line(self) -> bytes:
        assert self.process is not None
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(READY_WITHIN):
                raise TimeoutError(f"the server said nothing within {READY_WITHIN} s:\n{self.log[-3000:]}")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server did not start:\n{self.log[-3000:]}")
        return line

    def kill(self) -> None:
        """Crash it: SIGKILL."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self._close_output()

    def stop(self) -> float:
        """Ask it to stop (SIGTERM); the seconds it took."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._close_output()
        return time.monotonic() - begun

    def _close_output(self) -> None:
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            self.stop()
