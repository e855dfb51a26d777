"""The composition root: the only place that knows every part, and joins them.

`init_app` is the table of contents. Each resource is a generator that opens it, hands it over under its key, and closes
it when the server stops; the later ones stand on the earlier.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from server import keys
from server.access import Access
from server.config import Settings, resource
from server.domain.events import SeatNamed
from server.domain.seats import Seat
from server.log import logger
from server.media.host import MediaEngine
from server.pages import auth, render, resources, views, words
from server.pages.booking import Book, Booked
from server.pages.forms import MAX_BODY
from server.pages.headers import security_headers
from server.pages.health import PROBES
from server.pages.limits import FailureLimit
from server.pages.metrics import METRICS, Metrics
from server.pages.middleware import errors, observed, same_origin
from server.pages.scripting import Desk
from server.pages.setup_link import setup_link
from server.rooms.directory import Directory
from server.rooms.library import Library
from server.rooms.scripts import load_scripts
from server.signalling import endpoint
from server.signalling.endpoint import Endpoint
from server.store.store import Store, open_store
from server.tasks import Tasks

SETTINGS: Final = web.AppKey("settings", Settings)
KEYS: Final = web.AppKey("keys", keys.Keys)
ORIGIN: Final = web.AppKey("origin", str)
ORIGINS: Final = web.AppKey("origins", frozenset[str])
TASKS: Final = web.AppKey("tasks", Tasks)
STORE: Final = web.AppKey("store", Store)
MEDIA: Final = web.AppKey("media", MediaEngine)
LIBRARY: Final = web.AppKey("library", Library)
DIRECTORY: Final = web.AppKey("directory", Directory)
SOCKETS: Final = web.AppKey("sockets", Endpoint)

PURGE_EVERY: Final = 3600
"""Seconds between two looks for sessions that have ended."""

TRY_OUT: Final = (
    SeatNamed(Seat.THERAPIST, "Dr. Lind", "en"),
    SeatNamed(Seat.PARTNER_A, "Maya", "en"),
    SeatNamed(Seat.PARTNER_B, "Jonas", "de"),
)

log = logger(__name__)


class StartError(Exception):
    """The server cannot start; the text is a sentence for the operator."""


def init_app(settings: Settings, *, port: int) -> web.Application:
    """The whole server, to be run on the TCP port `port`. Raises KeyFileError; its start raises what parts raise."""
    app, metrics = web.Application(client_max_size=MAX_BODY), Metrics()
    https = settings.origin(port).startswith("https:")
    app[SETTINGS] = settings
    app[ORIGIN] = settings.origin(port)
    names = app[ORIGINS] = origins(settings, port)
    app[KEYS] = keys.load(settings.data)
    app[METRICS] = metrics
    app[resources.CLOCK] = SystemClock()
    app[resources.FAILURES] = FailureLimit(app[resources.CLOCK])
    app[resources.PROXIED] = bool(settings.public_url) and not settings.tls

    app.middlewares.extend([observed(metrics.request), errors, same_origin(names)])
    app.on_response_prepare.append(security_headers(names, https=https))
    auth.setup(app, auth.SealedSessions(app[KEYS].session, https=https))
    render.setup(app, resource("web/templates"), words.load(resource("web/locales")))

    app.cleanup_ctx.extend([tasks, store, media, directory, sockets, book, desk, purge, probes])
    app.on_shutdown.append(say_goodbye)
    app.add_routes([*views.routes(resource("web/static")), *endpoint.routes(lambda app: app[SOCKETS])])
    return app


# --- resources, in the order in which they open ----------------------------------------------------------------------


async def tasks(app: web.Application) -> AsyncIterator[None]:
    """The tasks of rooms and of the server itself."""
    app[TASKS] = Tasks()
    yield
    await app[TASKS].close(1.0)


async def store(app: web.Application) -> AsyncIterator[None]:
    """The database, and who may come in."""
    opened = app[STORE] = await open_store(app[SETTINGS].database_url)
    app[resources.SESSIONS] = opened.sessions
    app[resources.PRACTICE] = opened.practice
    app[resources.ACCESS] = Access(opened.invitations, app[KEYS].pepper)
    yield
    await opened.close()


async def media(app: web.Application) -> AsyncIterator[None]:
    """The host of sound and picture."""
    settings = app[SETTINGS]
    bind, addresses = media_addresses(settings)
    engine = app[MEDIA] = MediaEngine(bind, settings.media_port, addresses)
    try:
        await engine.start()
    except OSError as error:
        await engine.stop()
        raise StartError(
            f"The port {settings.media_port} for sound and picture cannot be used on {', '.join(bind)}: "
            f"{error.strerror}. Stop what uses it, or choose another one with THIRDCHAIR_MEDIA_PORT."
        ) from error
    app[METRICS].media(engine.stats)
    yield
    await engine.stop()


async def directory(app: web.Application) -> AsyncIterator[None]:
    """The rooms, with every dialogue that this installation and its therapists have."""
    store = app[STORE]
    scripts = app[LIBRARY] = Library(
        load_scripts(resource("config/dialogues")), store.editions, store.scripts, store.practice
    )
    await scripts.keep_shipped()
    rooms = app[DIRECTORY] = Directory(store.log, app[MEDIA], app[resources.CLOCK], scripts, app[TASKS])
    app[METRICS].gauge("rooms", "Rooms that are open.", lambda: rooms.rooms)
    app[METRICS].gauge("seats_connected", "Seats with an open page.", lambda: rooms.connected)
    yield
    await rooms.close()


async def sockets(app: web.Application) -> AsyncIterator[None]:
    """The socket of every seat."""
    access, clock, names = app[resources.ACCESS], app[resources.CLOCK], app[ORIGINS]
    opened = app[SOCKETS] = Endpoint(app[DIRECTORY], access, clock, app[TASKS], names)
    app[METRICS].gauge("sockets", "Sockets that are open.", lambda: opened.sockets)
    yield


async def book(app: web.Application) -> AsyncIterator[None]:
    """The book of calls."""
    app[resources.BOOK] = Book(
        practice=app[STORE].practice,
        invitations=app[STORE].invitations,
        access=app[resources.ACCESS],
        create_room=app[DIRECTORY].create,
        close_room=app[DIRECTORY].revoke,
        clock=app[resources.CLOCK],
        origin=app[ORIGIN],
    )
    yield


async def desk(app: web.Application) -> AsyncIterator[None]:
    """The therapists' own dialogues."""
    opened, rooms = app[STORE], app[DIRECTORY]

    async def offer(therapist_id: str) -> None:
        await rooms.offer([call.room_id for call in await opened.practice.calls_of(therapist_id)])

    app[resources.DESK] = Desk(
        shipped=app[LIBRARY].shipped,
        example=resource("config/example.toml").read_text("utf-8"),
        own=opened.scripts,
        editions=opened.editions,
        clock=app[resources.CLOCK],
        changed=offer,
    )
    yield


async def purge(app: web.Application) -> AsyncIterator[None]:
    """Deletes sessions that have ended, now and every hour."""

    async def regularly() -> None:
        while True:
            count = await app[STORE].sessions.purge(app[resources.CLOCK].now())
            log.debug("Sessions that had ended were deleted.", count=count)
            await asyncio.sleep(PURGE_EVERY)

    app[TASKS].spawn("purge", regularly())
    yield


async def probes(app: web.Application) -> AsyncIterator[None]:
    """What ``/health/ready`` asks."""

    async def ask_store() -> None:
        _ = await app[STORE].practice.therapist_count()

    async def ask_media() -> None:
        if not app[MEDIA].port:
            raise StartError("the media host is not started")

    app[PROBES] = {"store": ask_store, "media": ask_media}
    yield


async def say_goodbye(app: web.Application) -> None:
    """Before sockets are cut, pages are told that the server goes and that they shall come back."""
    await app[DIRECTORY].close()


class SystemClock:
    """The wall clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


# --- what the operator is told ---------------------------------------------------------------------------------------


async def first_link(app: web.Application) -> str | None:
    """The link that sets up the first therapist's account; None when there is one already."""
    if await app[STORE].practice.therapist_count():
        return None
    return await setup_link(app[STORE].practice, app[resources.ACCESS], app[resources.CLOCK], app[ORIGIN])


async def try_out(app: web.Application) -> Booked:
    """A new call to try the product with."""
    return await app[resources.BOOK].book(None, TRY_OUT)


def warnings(settings: Settings, media: Sequence[str]) -> list[str]:
    """What an operator must know before inviting anybody; `media` are the addresses that browsers are told."""
    found = []
    if not settings.camera_allowed:
        found.append(
            "Browsers will refuse camera and microphone to everyone but this machine, since the pages are not served "
            "by https. Either put a proxy with a certificate in front (docker-compose.yml has Caddy, which gets one by "
            "itself) and name the address in THIRDCHAIR_PUBLIC_URL=https://…, or give your own certificate in "
            "THIRDCHAIR_TLS_CERTIFICATE and THIRDCHAIR_TLS_KEY."
        )
    elif not settings.local and not settings.public_url:
        found.append(
            "Links begin with localhost, which is this machine alone. Name the address that people open in "
            "THIRDCHAIR_PUBLIC_URL."
        )
    if not beyond_this_machine(settings) and all(ipaddress.ip_address(address).is_loopback for address in media):
        found.append(
            "This machine has no address but its loopback. Chromium gets sound and picture by it; Firefox does not, "
            "before the machine is in some network and the server has started again."
        )
    if beyond_this_machine(settings) and not any(ipaddress.ip_address(address).is_global for address in media):
        found.append(
            f"Sound and picture are offered at {', '.join(media)} only, which the internet does not reach. If people "
            "come from outside your network, name the public address in THIRDCHAIR_MEDIA_ADDRESSES and open the port "
            f"{settings.media_port} for UDP and TCP."
        )
    return found


# --- what follows from the settings ----------------------------------------------------------------------------------


def origins(settings: Settings, port: int) -> frozenset[str]:
    """The server's own origins. On this machine it has several names."""
    if settings.public_url or not settings.local:
        return frozenset({settings.origin(port)})
    names = (settings.host, "localhost", "127.0.0.1", "::1")
    return frozenset(replace(settings, host=name).origin(port) for name in names)


def beyond_this_machine(settings: Settings) -> bool:
    """Whether people at other machines are meant to come, be it through a proxy."""
    public = urlsplit(settings.public_url).hostname or ""
    return not settings.local or (public != "" and public != "localhost" and not public.startswith("127."))


def media_addresses(settings: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where the media host binds, and what it tells browsers; nothing told means the bound ones that others reach."""
    everywhere = ("0.0.0.0", "::")  # noqa: S104  media is for those who prove themselves, by ICE
    told = settings.media_addresses
    if told:
        if all(ipaddress.ip_address(address).is_loopback for address in told):
            return told, told
        return tuple(host for host in everywhere if any((":" in host) == (":" in address) for address in told)), told
    if not beyond_this_machine(settings):
        # a browser on this machine comes by its network's address, or by loopback where there is none
        return everywhere, everywhere
    try:
        host = ipaddress.ip_address(settings.host)
    except ValueError:
        return everywhere, ()
    return (everywhere, ()) if host.is_loopback or host.is_unspecified else ((str(host),), ())
