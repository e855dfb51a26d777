"""Another place on this machine: a network namespace from which a browser reaches the host over a link that can be
spoilt. Nothing inside reaches anything but this machine. Making it takes root; tests say so when they skip.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

_numbers = count(1)

needs_namespaces = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "tc"))),
    reason="making a network takes root, ip, nft and tc",
)


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


class Elsewhere:
    """One namespace, its link, and the address of this machine on it."""

    def __init__(self) -> None:
        number = next(_numbers)
        # addresses reserved for documentation (RFC 5737), so no real network can be meant
        self.name = f"thirdchair-{os.getpid()}-{number}"
        self.near, self.far = f"tc{os.getpid()}n{number}", f"tc{os.getpid()}f{number}"
        self.address = f"198.51.100.{number * 4 + 1}"
        self.other = f"198.51.100.{number * 4 + 2}"

    def make(self) -> None:
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", self.name)
        run("ip", "address", "add", f"{self.address}/30", "dev", self.near)
        run("ip", "link", "set", self.near, "up")
        self.inside("ip", "address", "add", f"{self.other}/30", "dev", self.far)
        self.inside("ip", "link", "set", "lo", "up")
        self.inside("ip", "link", "set", self.far, "up")
        self.inside("ip", "route", "add", "default", "via", self.address)

    def remove(self) -> None:
        subprocess.run(["ip", "netns", "delete", self.name], capture_output=True, timeout=20)
        subprocess.run(["ip", "link", "delete", self.near], capture_output=True, timeout=20)

    def inside(self, *command: str) -> None:
        run("ip", "netns", "exec", self.name, *command)

    def drop_udp(self) -> None:
        """No UDP comes out any more."""
        self.inside("nft", "add table inet spoilt")
        self.inside("nft", "add chain inet spoilt out { type filter hook output priority 0; }")
        self.inside("nft", "add rule inet spoilt out meta l4proto udp drop")

    def narrow(self, rate: str) -> None:
        """What goes towards this place comes at this rate at the most (`300kbit`), with a router's queue in front."""
        run("tc", "qdisc", "replace", "dev", self.near, "root", "tbf", "rate", rate, "burst", "5kb", "latency", "200ms")

    def widen(self) -> None:
        run("tc", "qdisc", "delete", "dev", self.near, "root")

    def chromium(self, folder: Path) -> str:
        """A program that is Chromium in this place."""
        script = folder / f"{self.name}-chromium"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} /usr/bin/chromium "$@"\n', encoding="ascii")
        script.chmod(0o755)
        return str(script)


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    try:
        made.make()
        yield made
    finally:
        made.remove()
