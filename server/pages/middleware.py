"""What happens around every request: it is counted, refused in words when it must be, checked for where it came from.

The counterpart of `views`, which raise RefusalError and know nothing of pages and codes. No address, path, query, name
or secret goes into the log: only method, pattern, status and time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from server.log import logger
from server.pages.contexts import ErrorPage
from server.pages.errors import REFUSALS, RefusalError, code_of
from server.pages.render import language_of, render, say

log = logger(__name__)

SAFE_METHODS: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})

_API: Final = "/api/"
_SOCKET: Final = "/ws"


def pattern(request: web.Request) -> str:
    """Method and route of a request: what may be logged and counted."""
    method = request.method if request.method in hdrs.METH_ALL else "other"
    resource = request.match_info.route.resource
    return f"{method} {resource.canonical if resource is not None else 'none'}"


def observed(observe: Callable[[str, int, float], None]) -> Middleware:
    """Log every request, and tell `observe` its pattern, status and seconds."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        start = time.monotonic()
        status = 499  # the browser went away
        try:
            response = await handler(request)
            status = response.status
            return response
        except web.HTTPException as answer:
            status = answer.status
            raise
        finally:
            seconds, route = time.monotonic() - start, pattern(request)
            observe(route, status, seconds)
            log.info("A request was served.", route=route, status=status, milliseconds=seconds * 1000)

    return middleware


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever is raised into a page or, for programs, into ``{"code": …}``."""
    try:
        return await handler(request)
    except RefusalError as refusal:
        response = refused(request, refusal.status, refusal.code)
        if refusal.retry_after is not None:
            response.headers[hdrs.RETRY_AFTER] = str(refusal.retry_after)
        return response
    except web.HTTPException as answer:
        if answer.status < 400 or answer.content_type == "application/json":
            raise
        response = refused(request, answer.status, code_of(answer.status))
        if hdrs.ALLOW in answer.headers:
            response.headers[hdrs.ALLOW] = answer.headers[hdrs.ALLOW]
        return response
    except ConnectionError:
        raise  # nobody is there to be told
    except Exception as error:  # the connection: whatever a view failed of, it must not tell
        log.error("A request failed.", route=pattern(request), error=error)
        return refused(request, 500, "internal")


def same_origin(origins: frozenset[str]) -> Middleware:
    """Refuse whatever changes something and does not come from our own pages (`Origin`, `Sec-Fetch-Site`)."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in SAFE_METHODS:
            site = request.headers.get("Sec-Fetch-Site", "same-origin")
            if request.headers.get(hdrs.ORIGIN) not in origins or site != "same-origin":
                raise RefusalError(403, "foreign-origin")
        return await handler(request)

    return middleware


def refused(request: web.Request, status: int, code: str) -> web.Response:
    """The response that says so, in the form that whoever asked understands."""
    if request.path.startswith(_API) or request.path.endswith(_SOCKET):
        return web.json_response({"code": code}, status=status)
    words = REFUSALS[code]
    language = language_of(request)
    page = ErrorPage(status, code, say(request, language, words.title), say(request, language, words.advice))
    return render(request, page, status=status)
