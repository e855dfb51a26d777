"""The security headers of every response, be it a page, a file, an error or the upgrade to a socket.

Only what this server itself serves is loaded; scripts run by a nonce made for each response; nothing is embedded
anywhere; no address leaves by a Referer; nothing private is cached.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

STATIC: Final = "/static"

_NONCE: Final = web.RequestKey("nonce", str)

_ALWAYS: Final = {
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), speaker-selection=(self), fullscreen=(self), screen-wake-lock=(self), "
        "publickey-credentials-get=(self), display-capture=(), geolocation=(), usb=(), payment=(), browsing-topics=()"
    ),
    "Server": "thirdchair",
}


def nonce(request: web.Request) -> str:
    """The nonce that scripts in the response to `request` carry."""
    if _NONCE not in request:
        request[_NONCE] = secrets.token_urlsafe(16)
    return request[_NONCE]


def security_headers(
    origins: frozenset[str], *, https: bool
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """The signal handler for `on_response_prepare`. `origins` are the server's own, as browsers name them."""
    sockets = {
        urlsplit(origin).netloc: ("wss://" if https else "ws://") + urlsplit(origin).netloc for origin in origins
    }

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_ALWAYS)
        # older Safari does not count sockets among 'self'
        socket = sockets.get(request.host, "")
        response.headers["Content-Security-Policy"] = _policy(nonce(request), socket)
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        # a file may be kept but is asked for each time, by its ETag; all else is about somebody
        files = request.path.startswith(f"{STATIC}/") and response.status < 400
        response.headers["Cache-Control"] = "no-cache" if files else "no-store"

    return add


def _policy(script_nonce: str, socket: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{script_nonce}' 'strict-dynamic'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {socket}".rstrip(),
            "media-src 'self' blob:",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types app",
        )
    )
