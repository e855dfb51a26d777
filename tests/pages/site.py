"""The pages alone, on fakes: what the tests of their modules start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server.access import Access
from server.config import resource
from server.domain.events import SeatNamed
from server.domain.seats import Seat
from server.pages import auth, render, resources, views
from server.pages.booking import Book
from server.pages.forms import MAX_BODY
from server.pages.headers import security_headers
from server.pages.health import PROBES, Probe
from server.pages.limits import FailureLimit
from server.pages.metrics import METRICS, Metrics
from server.pages.middleware import errors, observed, same_origin
from server.pages.scripting import Desk
from server.pages.words import Words
from tests.fakes import (
    START,
    FakeClock,
    MemoryEditions,
    MemoryInvitations,
    MemoryOwnScripts,
    MemoryPractice,
    MemorySessions,
)
from tests.playbook import shipped_editions

ORIGIN = "http://therapy.test"
HOUR = 3_600_000

OURS: Final = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}

WORDS = Words(
    {
        "en": {"There is no page at this address.": "There is no page at this address."},
        "de": {"There is no page at this address.": "Unter dieser Adresse gibt es keine Seite."},
    }
)

TEMPLATES = {
    "front.html": "<h1>front</h1>",
    "call.html": "<script nonce={{ nonce }}>{{ words | tojson }}</script> {{ version }}",
    "setup.html": "<form lang={{ language }}>{{ words | list }}</form>",
    "home.html": "{{ name }} {% for it in calls %}[{{ it.title }}: {{ it.invitations }}]{% endfor %}{{ words | list }}",
    "scripts.html": "{% for it in own %}[{{ it.name }}: {{ it.fault }}]{% endfor %} {{ shipped | length }}",
    "script.html": "<script nonce={{ nonce }}>{{ {'id': id, 'text': text, 'edition': edition} | tojson }}</script>",
    "error.html": "<html lang={{ language }}>{{ code }}: {{ title }} {{ advice }}",
}


@dataclass
class Site:
    """A browser in front of the pages. `rooms` are those that were made, `closed` those whose sockets were closed."""

    client: TestClient[web.Request, web.Application]
    access: Access
    clock: FakeClock
    sessions: MemorySessions
    practice: MemoryPractice
    invitations: MemoryInvitations
    metrics: Metrics
    own: MemoryOwnScripts
    editions: MemoryEditions
    rooms: dict[str, Sequence[SeatNamed]] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    async def link(self, seat: Seat = Seat.PARTNER_A, *, start: int = START, end: int = START + HOUR) -> dict[str, str]:
        """The two parts of a new personal link."""
        _, fragment = await self.access.mint("room", seat, start, end)
        _, invitation, secret = fragment.split(".")
        return {"id": invitation, "secret": secret}

    async def post(self, path: str, body: object, headers: Mapping[str, str] = OURS) -> tuple[int, dict[str, object]]:
        """Status and JSON of a POST from our own page."""
        async with self.client.post(path, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def therapist(self, name: str = "Dr. Lind", language: str = "en") -> None:
        """Sign in as a new therapist."""
        await self.practice.add_setup_link(self.access.hash_secret(name), self.clock.now() + HOUR)
        status, _ = await self.post("/api/setup", {"secret": name, "name": name, "language": language})
        assert status == 200


async def open_site(
    folder: Path,
    *,
    https: bool = False,
    routes: Sequence[web.AbstractRouteDef] = (),
    probes: dict[str, Probe] | None = None,
    words: Words = WORDS,
    proxied: bool = False,
) -> Site:
    """Serve the pages with templates and files made in `folder`; the client has to be closed."""
    templates, static = folder / "templates", folder / "static"
    templates.mkdir()
    static.mkdir()
    (static / "page.js").write_text("export {};\n")
    for name, text in TEMPLATES.items():
        (templates / name).write_text(text)
    clock, sessions, invitations, practice = FakeClock(), MemorySessions(), MemoryInvitations(), MemoryPractice()
    access, metrics, origins = Access(invitations, b"p" * 32), Metrics(), frozenset({ORIGIN})
    site_rooms: dict[str, Sequence[SeatNamed]] = {}
    closed: list[str] = []
    changed: list[str] = []
    own, editions = MemoryOwnScripts(), MemoryEditions()

    async def change(therapist_id: str) -> None:
        changed.append(therapist_id)

    async def create(room_id: str, seats: Sequence[SeatNamed]) -> None:
        site_rooms[room_id] = seats

    app = web.Application(
        client_max_size=MAX_BODY, middlewares=[observed(metrics.request), errors, same_origin(origins)]
    )
    auth.setup(app, auth.SealedSessions(b"k" * 32, https=https))
    app.on_response_prepare.append(security_headers(origins, https=https))
    app[resources.CLOCK] = clock
    app[resources.SESSIONS] = sessions
    app[resources.ACCESS] = access
    app[resources.PRACTICE] = practice
    app[resources.FAILURES] = FailureLimit(clock)
    app[resources.PROXIED] = proxied
    app[resources.BOOK] = Book(
        practice=practice,
        invitations=invitations,
        access=access,
        create_room=create,
        close_room=closed.append,
        clock=clock,
        origin=ORIGIN,
    )
    app[resources.DESK] = Desk(
        shipped=list(shipped_editions().values()),
        example=resource("config/example.toml").read_text("utf-8"),
        own=own,
        editions=editions,
        clock=clock,
        changed=change,
    )
    app[METRICS] = metrics
    app[PROBES] = probes or {}
    render.setup(app, templates, words)
    app.add_routes([*views.routes(static), *routes])
    client = TestClient(TestServer(app))
    await client.start_server()
    return Site(
        client,
        access,
        clock,
        sessions,
        practice,
        invitations,
        metrics,
        own,
        editions,
        site_rooms,
        closed,
        changed,
    )


Open = Callable[..., Awaitable[Site]]
