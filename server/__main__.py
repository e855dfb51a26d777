"""The command line: ``python -m server run``, ``setup-link`` and ``selftest``.

What stops a command is told in one sentence on standard error, and the exit code is 1. Standard output is for links.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import socket
import ssl
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Final

import uvloop
from aiohttp import web

from server import config, keys
from server.access import Access
from server.app import MEDIA, ORIGIN, StartError, SystemClock, first_link, init_app, try_out, warnings
from server.config import SettingError, Settings
from server.keys import KeyFileError
from server.log import logger
from server.log import setup as setup_log
from server.pages.booking import Booked
from server.pages.setup_link import HOURS, setup_link
from server.rooms.scripts import NoScriptsError
from server.selftest import selftest
from server.store.errors import StoreError
from server.store.store import open_store

SHUTDOWN: Final = 1.8
"""Seconds in which the server says goodbye and ends, whatever hangs."""

log = logger("server.main")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments` (of the process) and return the exit code."""
    options = _parser().parse_args(arguments)
    setup_log()
    try:
        settings = config.load(options.config)
        match options.command:
            case "run":
                with only_one(settings.data), listen(settings) as listener:
                    return uvloop.run(run(settings, listener, demo=options.demo, as_json=options.json))
            case "setup-link":
                print(uvloop.run(new_setup_link(settings)))
                return 0
            case "selftest":
                return 0 if asyncio.run(selftest(settings, print)) else 1
            case command:
                raise AssertionError(command)
    except (SettingError, KeyFileError, StoreError, NoScriptsError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m server", description="Hosts online couples therapy for three.")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings over those of config/default.toml")
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="start the server")
    running.add_argument("--demo", action="store_true", help="make a try-out call and print its three links")
    running.add_argument("--json", action="store_true", help="print the links as one line of JSON")
    commands.add_parser("setup-link", help="print a link that sets up a therapist's account")
    commands.add_parser(
        "selftest", help="three peers talk through the running server; each way between two is reported"
    )
    return parser


# --- run -------------------------------------------------------------------------------------------------------------


async def run(settings: Settings, listener: socket.socket, *, demo: bool, as_json: bool) -> int:
    """Serve until SIGTERM or SIGINT; then say goodbye and end within two seconds."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app = init_app(settings, port=listener.getsockname()[1])
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0, keepalive_timeout=30.0)
    try:
        await runner.setup()
        tls = _tls(settings)
        first, booked = await first_link(app), await try_out(app) if demo else None
        await web.SockSite(runner, listener, ssl_context=tls, backlog=512).start()
        for warning in warnings(settings, app[MEDIA].addresses):
            print(f"Warning: {warning}", file=sys.stderr)
        say = _as_json if as_json else _in_words
        print(say(app[ORIGIN], first, booked), flush=True)
        gc.collect()
        gc.freeze()  # what start-up made stays: the collector need not walk through it between packets
        log.info("The server is ready.", host=settings.host, port=listener.getsockname()[1])
        await stop.wait()
        log.info("The server stops.")
    finally:
        try:
            async with asyncio.timeout(SHUTDOWN):
                await runner.cleanup()
        except TimeoutError:
            log.warning("Something did not end in time.", seconds=SHUTDOWN)
    return 0


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder for this process. Raises StartError when another one has it."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (data / "lock").open("w") as file:
            flock(file, LOCK_EX | LOCK_NB)
            yield
    except BlockingIOError as error:
        raise StartError(
            f"Another server is running with the data folder {data}. Stop it, or choose another folder with "
            "THIRDCHAIR_DATA."
        ) from error
    except OSError as error:
        raise StartError(f"The data folder {data} cannot be used: {_reason(error)}.") from error


@contextmanager
def listen(settings: Settings) -> Iterator[socket.socket]:
    """The socket on which the pages are served. Raises StartError."""
    host, port = settings.host, settings.port
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address[:2], family=family, backlog=512)
    except OSError as error:
        raise StartError(
            f"The pages cannot be served on {host}, port {port}: {_reason(error)}. Stop what uses the port, or choose "
            "another one with THIRDCHAIR_PORT."
        ) from error
    with listener:
        yield listener


def _reason(error: OSError) -> str:
    """What the system says, without what asyncio and socket add to it."""
    if error.errno is None or isinstance(error, socket.gaierror):
        return str(error.strerror).lower()
    return os.strerror(error.errno).lower()


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise StartError(
            f"The certificate {settings.tls_certificate} and the key {settings.tls_key} cannot be used together: "
            "both must be PEM, and belong to one another."
        ) from error
    return context


# --- what is printed -------------------------------------------------------------------------------------------------


def _as_json(origin: str, first: str | None, booked: Booked | None) -> str:
    links = None if booked is None else {seat.value: link for seat, link in booked.links.items()}
    return json.dumps({"url": origin, "setup": first, "demo": links})


def _in_words(origin: str, first: str | None, booked: Booked | None) -> str:
    lines = ["", f"Thirdchair listens at {origin}"]
    if first is not None:
        lines += ["", f"Set up the first therapist's account (works once, within {HOURS} hours):", f"  {first}"]
    if booked is not None:
        lines += ["", "A call to try it with. Open each link in a tab or a browser of its own:"]
        who = ("Dr. Lind, the therapist", "Maya, a partner", "Jonas, the other partner, who reads German")
        for name, link in zip(who, booked.links.values(), strict=True):
            lines += [f"  {name}:", f"    {link}"]
        lines += [
            "",
            "Press the button in each tab. In Dr. Lind's, let both partners in and start a dialogue; space leads on,",
            "Z takes a step back.",
        ]
    elif first is None:
        lines += [f"Your calls are at {origin}/home. Another account: python -m server setup-link"]
    return "\n".join([*lines, "", "Ctrl-C stops the server.", ""])


# --- setup-link ------------------------------------------------------------------------------------------------------


async def new_setup_link(settings: Settings) -> str:
    """A link that sets up one more account; the server may run meanwhile."""
    pepper = keys.load(settings.data).pepper
    store = await open_store(settings.database_url)
    try:
        return await setup_link(store.practice, Access(store.invitations, pepper), SystemClock(), settings.origin())
    finally:
        await store.close()


if __name__ == "__main__":
    sys.exit(main())
