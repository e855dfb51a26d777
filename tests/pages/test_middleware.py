from __future__ import annotations

import json
import logging

import pytest
from aiohttp import web

from server.pages.errors import RefusalError
from tests.pages.site import ORIGIN, Open, Site

SECRET = "canary-4711"


async def fail(request: web.Request) -> web.Response:
    raise RuntimeError(SECRET)


async def busy(request: web.Request) -> web.Response:
    raise RefusalError(429, "rate", retry_after=60)


async def away(request: web.Request) -> web.Response:
    raise web.HTTPSeeOther("/")


async def own_words(request: web.Request) -> web.Response:
    raise web.HTTPUnauthorized(text=json.dumps({"code": "expired"}), content_type="application/json")


async def yes(request: web.Request) -> web.Response:
    return web.json_response({})


@pytest.fixture
async def site(open_pages: Open) -> Site:
    return await open_pages(
        routes=[
            web.get("/fail", fail),
            web.get("/api/fail", fail),
            web.get("/api/busy", busy),
            web.get("/away", away),
            web.get("/c/{id}/ws", own_words),
            web.route("*", "/api/any", yes),
        ]
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nowhere", 404, "not-found"),
        ("GET", "/api/join", 405, "wrong-method"),
        ("GET", "/api/fail", 500, "internal"),
        ("GET", "/api/busy", 429, "rate"),
        ("GET", "/c/AAAAAAAAAAA/ws", 401, "expired"),
        ("GET", "/c/AAAAAAAAAAA/x/ws", 404, "not-found"),
    ],
)
async def test_a_program_gets_a_stable_code(site: Site, method: str, path: str, status: int, code: str) -> None:
    async with site.client.request(method, path) as response:
        assert (response.status, await response.json()) == (status, {"code": code})


async def test_a_refusal_says_when_to_come_back_and_what_is_allowed(site: Site) -> None:
    async with site.client.get("/api/busy") as response:
        assert response.headers["Retry-After"] == "60"
    async with site.client.get("/api/join") as response:
        assert response.headers["Allow"] == "POST"


async def test_a_person_gets_a_page(site: Site) -> None:
    async with site.client.get("/nowhere", headers={"Accept-Language": "de"}) as response:
        assert response.status == 404
        assert await response.text() == (
            "<html lang=de>not-found: Unter dieser Adresse gibt es keine Seite. "
            "Check the address, or open your personal link again."
        )


@pytest.mark.parametrize("path", ["/fail", "/api/fail"])
async def test_a_failure_tells_the_log_where_and_nobody_what(
    site: Site, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with site.client.get(path) as response:
        assert response.status == 500
        assert SECRET not in await response.text()

    (record,) = (record for record in caplog.records if record.levelno >= logging.ERROR)
    assert record.getMessage() == "A request failed."
    assert isinstance(record.__dict__["fields"]["error"], RuntimeError)


async def test_going_elsewhere_is_no_error(site: Site) -> None:
    async with site.client.get("/away", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/")


async def test_the_log_has_the_pattern_and_never_what_was_asked_for(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with site.client.get(f"/c/AAAAAAAAAAA?{SECRET}={SECRET}", headers={"User-Agent": SECRET}):
        pass
    async with site.client.get(f"/{SECRET}"):
        pass
    async with site.client.request("PROPFIND", "/api/any", headers={"Origin": ORIGIN}):
        pass

    lines = [record.__dict__["fields"] for record in caplog.records if record.name == "server.pages.middleware"]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("GET /c/{invitation}", 200),
        ("GET none", 404),
        ("other /api/any", 200),
    ]
    assert all(set(line) == {"route", "status", "milliseconds"} for line in lines)


@pytest.mark.parametrize(
    ("origin", "site_header", "status"),
    [
        (ORIGIN, None, 200),
        (ORIGIN, "same-origin", 200),
        (ORIGIN, "same-site", 403),
        (ORIGIN, "cross-site", 403),
        (ORIGIN, "none", 403),
        (None, "same-origin", 403),
        ("null", None, 403),
        ("https://therapy.test", None, 403),
        ("http://therapy.test:8080", None, 403),
        ("http://evil.therapy.test", None, 403),
        ("http://therapy.test.evil", None, 403),
        ("HTTP://THERAPY.TEST", None, 403),
        ("http://xn--therapy.test", None, 403),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_only_our_own_pages_change_anything(
    site: Site, method: str, origin: str | None, site_header: str | None, status: int
) -> None:
    headers = {"Origin": origin, "Sec-Fetch-Site": site_header}
    sent = {name: value for name, value in headers.items() if value is not None}

    async with site.client.request(method, "/api/any", headers=sent) as response:
        assert response.status == status
        assert await response.json() == ({} if status == 200 else {"code": "foreign-origin"})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_anybody_may_look(site: Site, method: str) -> None:
    async with site.client.request(method, "/api/any", headers={"Origin": "https://elsewhere.test"}) as response:
        assert response.status == 200
