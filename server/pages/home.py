"""The therapist's own pages: setting the account up by a link that works once, and the book of calls."""

from __future__ import annotations

import secrets
from typing import Final

from aiohttp import web
from aiohttp_session import get_session, new_session

from server.domain.events import SeatNamed
from server.domain.seats import Seat
from server.pages.account import signed_in
from server.pages.auth import THERAPIST
from server.pages.booking import Booked
from server.pages.contexts import HomePage, SetupPage
from server.pages.errors import RefusalError
from server.pages.forms import CallForm, SetupForm, clean_name, read
from server.pages.limits import WINDOW, network
from server.pages.render import WORDS, language_of, render
from server.pages.resources import ACCESS, BOOK, CLOCK, FAILURES, PRACTICE, PROXIED
from server.ports import Therapist

SESSION_DAYS: Final = 30
"""As long as there is no other way to sign in, the session of an account is its only key."""


async def setup_page(request: web.Request) -> web.Response:
    """``GET /setup``: the form; its script reads the secret from the fragment."""
    return render(request, SetupPage(words=request.app[WORDS].only(language_of(request))))


async def setup(request: web.Request) -> web.Response:
    """``POST /api/setup``: a new account, and its session on this device. The link is used up."""
    app, form = request.app, await read(request, SetupForm)
    therapist = Therapist(secrets.token_urlsafe(12), clean_name(form.name), app[WORDS].choose(form.language))
    failures, place = app[FAILURES], f"from {network(request, proxied=app[PROXIED])}"
    if failures.reached(place):
        raise RefusalError(429, "rate", retry_after=WINDOW)
    practice, secret_hash = app[PRACTICE], app[ACCESS].hash_secret(form.secret)
    if not await practice.redeem_setup_link(secret_hash, app[CLOCK].now()):
        failures.failed(place)
        raise RefusalError(404, "bad-link")
    await practice.add_therapist(therapist)
    session = await new_session(request)
    session[THERAPIST] = therapist.id
    session.max_age = SESSION_DAYS * 24 * 3600
    return web.json_response({"path": "/home"})


async def sign_out(request: web.Request) -> web.Response:
    """``POST /api/sign-out``: the session ends, here and in the store."""
    (await get_session(request)).invalidate()
    return web.json_response({"path": "/"})


async def home(request: web.Request) -> web.Response:
    """``GET /home``: who I am, and my calls."""
    therapist = await signed_in(request)
    page = HomePage(
        words=request.app[WORDS].only(therapist.language),
        name=therapist.name,
        own_language=therapist.language,
        calls=await request.app[BOOK].lines(therapist.id),
    )
    return render(request, page, language=therapist.language)


async def new_call(request: web.Request) -> web.Response:
    """``POST /api/calls``: a room for the therapist and two partners, and the three links."""
    therapist = await signed_in(request)
    form = await read(request, CallForm)
    seats = (
        SeatNamed(Seat.THERAPIST, therapist.name, therapist.language),
        SeatNamed(Seat.PARTNER_A, clean_name(form.partner_a.name), form.partner_a.language),
        SeatNamed(Seat.PARTNER_B, clean_name(form.partner_b.name), form.partner_b.language),
    )
    return _booked(await request.app[BOOK].book(therapist.id, seats), status=201)


async def new_links(request: web.Request) -> web.Response:
    """``POST /api/calls/<room>/links``: new links for one of my calls; the former ones are void."""
    therapist = await signed_in(request)
    call = await request.app[PRACTICE].call(request.match_info["room"])
    if call is None or call.therapist_id != therapist.id:
        raise RefusalError(404, "not-found")
    return _booked(await request.app[BOOK].renew(call), status=200)


def _booked(booked: Booked, *, status: int) -> web.Response:
    return web.json_response(
        {
            "room": booked.call.room_id,
            "title": booked.call.title,
            "created": booked.call.created,
            "expires": booked.expires,
            "links": {seat.value: link for seat, link in booked.links.items()},
        },
        status=status,
    )
