"""The table of everything that can be asked for over HTTP, but for the socket of a call."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from server.pages import health, home, join, metrics, scripts
from server.pages.contexts import FrontPage
from server.pages.headers import STATIC
from server.pages.render import render


async def front(request: web.Request) -> web.Response:
    """``GET /``: what this is, plain; nothing private."""
    return render(request, FrontPage())


def routes(static: Path) -> list[web.AbstractRouteDef]:
    """Every route of the pages. `static` is the folder of styles, scripts and fonts."""
    return [
        web.get("/", front),
        web.get("/j", join.call),
        web.get("/c/{invitation:[A-Za-z0-9_-]{11}}", join.call),
        web.post("/api/join", join.join),
        web.get("/setup", home.setup_page),
        web.post("/api/setup", home.setup),
        web.post("/api/sign-out", home.sign_out),
        web.get("/home", home.home),
        web.post("/api/calls", home.new_call),
        web.post("/api/calls/{room}/links", home.new_links),
        web.get("/scripts", scripts.scripts),
        web.get("/scripts/{script:own-[a-z0-9]+}", scripts.script),
        web.post("/api/scripts", scripts.copy),
        web.post("/api/scripts/check", scripts.check),
        web.post("/api/scripts/{script:own-[a-z0-9]+}", scripts.save),
        web.post("/api/scripts/{script:own-[a-z0-9]+}/delete", scripts.delete),
        web.get("/health/live", health.live),
        web.get("/health/ready", health.ready),
        web.get("/metrics", metrics.metrics),
        web.static(STATIC, static),
    ]
