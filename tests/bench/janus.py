"""Debian's Janus as the other host: its configuration, and when it cannot be measured here.

Only the VideoRoom and the WebSocket transport are loaded; whatever the files below do not say is Janus's default.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.namespace import ADDRESS, inside
from tests.bench.processes import BenchError, Child, running

_PORT = 8188
WHERE = f"ws://127.0.0.1:{_PORT}"
_LIBRARIES = Path("/usr/lib")
_LOOKS, _LOOK_SECONDS = 200, 0.05

_JANUS = """
general: {{
    configs_folder = "{folder}"
    plugins_folder = "{folder}/plugins"
    transports_folder = "{folder}/transports"
    events_folder = "{folder}/none"
    loggers_folder = "{folder}/none"
    debug_level = 2
    session_timeout = 0
}}
media: {{ ipv6 = false }}
nat: {{
    ice_lite = true
    ice_enforce_list = "{address}"
}}
"""
_WEBSOCKETS = """
general: {{
    ws = true
    ws_port = {port}
    ws_ip = "127.0.0.1"
    json = "compact"
}}
admin: {{ admin_ws = false }}
"""


def obstacle() -> str | None:
    """Why Janus cannot be measured here, in one sentence, or None."""
    if shutil.which("janus") is None:
        return "Janus is not installed (Debian: apt-get install janus)."
    if os.geteuid() != 0:
        return "Janus runs in a network namespace of its own, and only root may make one."
    if shutil.which("ip") is None:
        return "Janus runs in a network namespace of its own, and there is no `ip` to make one (Debian: iproute2)."
    return None


def configure(folder: Path) -> None:
    """Write the configuration. Raises BenchError when the plugin or the transport is missing."""
    for kind, library in (("plugins", "libjanus_videoroom.so"), ("transports", "libjanus_websockets.so")):
        found = next(_LIBRARIES.glob(f"**/janus/{kind}/{library}"), None)
        if found is None:
            raise BenchError(f"Janus has no {library}")
        (folder / kind).mkdir()
        (folder / kind / library).symlink_to(found)
    (folder / "none").mkdir()
    (folder / "janus.jcfg").write_text(_JANUS.format(folder=folder, address=ADDRESS), encoding="utf-8")
    (folder / "janus.transport.websockets.jcfg").write_text(_WEBSOCKETS.format(port=_PORT), encoding="utf-8")


@asynccontextmanager
async def janus(name: str, folder: Path) -> AsyncIterator[Child]:
    """Janus in a namespace, once it takes connections. Raises BenchError when it never does."""
    configure(folder)
    command = inside(name, ["janus", "--configs-folder", str(folder), "--config", str(folder / "janus.jcfg")])
    async with running("Janus", command, foreign=True) as child:
        for _ in range(_LOOKS):
            if listens(child.pid):
                break
            await asyncio.sleep(_LOOK_SECONDS)
        else:
            raise BenchError("Janus does not take connections")
        yield child


def listens(pid: int) -> bool:
    """Whether something listens on the port in the process's own network, told by /proc (state 0A is LISTEN)."""
    try:
        rows = Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()
    except OSError:
        raise BenchError("Janus ended by itself") from None
    return any(row.split()[1] == f"0100007F:{_PORT:04X}" and row.split()[3] == "0A" for row in rows[1:])
