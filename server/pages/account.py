"""Whose page this is: the therapist of the session that came with a request."""

from __future__ import annotations

from aiohttp import web
from aiohttp_session import get_session

from server.pages.auth import THERAPIST
from server.pages.errors import RefusalError
from server.pages.resources import PRACTICE
from server.ports import Therapist


async def signed_in(request: web.Request) -> Therapist:
    """Whose session this is. Raises RefusalError (`unauthorized`)."""
    session = await get_session(request)
    therapist = await request.app[PRACTICE].therapist(str(session.get(THERAPIST, "")))
    if therapist is None:
        raise RefusalError(401, "unauthorized")
    return therapist
