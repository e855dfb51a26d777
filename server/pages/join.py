"""The way in: a personal link becomes the session of a seat, by one POST and nothing else.

To look at a page changes nothing, so a program that opens links to preview them uses none of them up.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp_session import new_session

from server.access import AccessError
from server.pages.auth import INVITATION
from server.pages.contexts import CallPage
from server.pages.errors import RefusalError
from server.pages.forms import JoinForm, read
from server.pages.limits import WINDOW, network
from server.pages.render import WORDS, render
from server.pages.resources import ACCESS, CLOCK, FAILURES, PROXIED


async def call(request: web.Request) -> web.Response:
    """``GET /j`` and ``GET /c/<invitation>``: the same page for every link, known or not, without the database."""
    return render(request, CallPage(words=request.app[WORDS].catalogues))


async def join(request: web.Request) -> web.Response:
    """``POST /api/join``: the session of the seat that the link is for.

    An unknown id and a wrong secret are the same to whoever asks. Who fails too often from one place, or at one
    invitation, waits a minute; the right secret is never kept out by what others try elsewhere.
    """
    app, form = request.app, await read(request, JoinForm)
    failures, place, seat = app[FAILURES], f"from {network(request, proxied=app[PROXIED])}", f"to {form.id}"
    if failures.reached(place):
        raise RefusalError(429, "rate", retry_after=WINDOW)
    now = app[CLOCK].now()
    try:
        grant = await app[ACCESS].redeem(form.id, form.secret, now)
    except AccessError as error:
        if error.code != "bad-link":
            raise RefusalError(403, error.code) from error
        often = failures.reached(seat)
        failures.failed(place)
        failures.failed(seat)
        if often:
            raise RefusalError(429, "rate", retry_after=WINDOW) from error
        raise RefusalError(404, "bad-link") from error
    session = await new_session(request)
    session[INVITATION] = grant.invitation_id
    session.max_age = max(1, (grant.expires - now) // 1000)
    return web.json_response({"path": f"/c/{grant.invitation_id}"})
