from __future__ import annotations

import re
from pathlib import Path

import pytest
from aiohttp import web

from server.pages.views import routes
from tests.pages.site import ORIGIN, OURS, Open, Site

POLICY = (
    "default-src 'none'; script-src 'nonce-R' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types app"
)
EXPECTED = {
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(self), microphone=(self), speaker-selection=(self), fullscreen=(self), "
    "screen-wake-lock=(self), publickey-credentials-get=(self), display-capture=(), geolocation=(), usb=(), "
    "payment=(), browsing-topics=()",
    "Server": "thirdchair",
}


async def fail(request: web.Request) -> web.Response:
    raise RuntimeError("private")


async def socket(request: web.Request) -> web.WebSocketResponse:
    response = web.WebSocketResponse()
    await response.prepare(request)
    await response.close()
    return response


@pytest.fixture
async def site(open_pages: Open) -> Site:
    return await open_pages(routes=[web.get("/fail", fail)])


PATHS = [
    ("GET", "/", 200),
    ("HEAD", "/", 200),
    ("GET", "/j", 200),
    ("GET", "/c/AAAAAAAAAAA", 200),
    ("GET", "/setup", 200),
    ("GET", "/home", 401),
    ("GET", "/static/page.js", 200),
    ("GET", "/static/none.js", 404),
    ("GET", "/static/", 403),
    ("GET", "/static/../../pyproject.toml", 404),
    ("GET", "/nowhere", 404),
    ("DELETE", "/", 405),
    ("GET", "/fail", 500),
    ("POST", "/api/join", 400),
    ("POST", "/api/setup", 400),
    ("POST", "/api/calls", 401),
    ("POST", "/api/calls/x/links", 401),
    ("POST", "/api/sign-out", 200),
    ("GET", "/scripts", 401),
    ("GET", "/scripts/own-abc", 401),
    ("POST", "/api/scripts", 401),
    ("POST", "/api/scripts/check", 401),
    ("POST", "/api/scripts/own-abc", 401),
    ("POST", "/api/scripts/own-abc/delete", 401),
    ("GET", "/health/live", 200),
    ("GET", "/health/ready", 200),
    ("GET", "/metrics", 200),
]


def test_every_route_is_looked_at(tmp_path: Path) -> None:
    app = web.Application()
    app.add_routes(routes(tmp_path))

    for resource in app.router.resources():
        pattern = re.sub(r"\{\w+\}", "[^/]+", resource.canonical)
        assert any(re.match(rf"{pattern}(/|\Z)", path) for _, path, _ in PATHS), resource.canonical


@pytest.mark.parametrize(("method", "path", "status"), PATHS)
async def test_every_response_bears_the_headers(site: Site, method: str, path: str, status: int) -> None:
    async with site.client.request(method, path, headers=OURS) as response:
        headers = response.headers
        assert response.status == status
        assert {name: headers.get(name) for name in EXPECTED} == EXPECTED
        assert re.sub(r"nonce-[\w-]{22}'", "nonce-R'", headers["Content-Security-Policy"]) == POLICY
        assert headers["Cache-Control"] == ("no-cache" if path == "/static/page.js" else "no-store")
        assert "Strict-Transport-Security" not in headers
        assert all(len(headers.getall(name)) == 1 for name in headers)


async def test_each_response_has_its_own_nonce_and_the_page_carries_it(site: Site) -> None:
    nonces = set()
    for _ in range(2):
        async with site.client.get("/j") as response:
            found = re.search(r"nonce-([\w-]+)'", response.headers["Content-Security-Policy"])
            assert found is not None
            assert f"nonce={found[1]}>" in await response.text()
            nonces.add(found[1])

    assert len(nonces) == 2


@pytest.mark.parametrize(("https", "address"), [(False, "ws://therapy.test"), (True, "wss://therapy.test")])
async def test_our_own_socket_may_be_opened_and_no_other(open_pages: Open, https: bool, address: str) -> None:
    site = await open_pages(https=https)

    async with site.client.get("/j", headers={"Host": "therapy.test"}) as response:
        assert f"connect-src 'self' {address};" in response.headers["Content-Security-Policy"]
    async with site.client.get("/j", headers={"Host": "evil.test; script-src *"}) as response:
        assert "connect-src 'self';" in response.headers["Content-Security-Policy"]
        assert "evil" not in response.headers["Content-Security-Policy"]


async def test_on_https_nobody_comes_back_without_it(open_pages: Open) -> None:
    site = await open_pages(https=True)

    async with site.client.get("/nowhere") as response:
        assert response.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


async def test_the_upgrade_to_a_socket_bears_them_too(open_pages: Open) -> None:
    site = await open_pages(routes=[web.get("/c/AAAAAAAAAAA/ws", socket)])
    headers = {
        "Origin": ORIGIN,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }

    async with site.client.get("/c/AAAAAAAAAAA/ws", headers=headers) as response:
        assert response.status == 101
        assert {name: response.headers.get(name) for name in EXPECTED} == EXPECTED


async def test_a_file_is_asked_for_again_by_its_tag(site: Site) -> None:
    async with site.client.get("/static/page.js") as response:
        tag = response.headers["ETag"]
        assert response.headers["Content-Type"].startswith(("text/javascript", "application/javascript"))
    async with site.client.get("/static/page.js", headers={"If-None-Match": tag}) as response:
        assert response.status == 304
        assert response.headers["Cache-Control"] == "no-cache"
