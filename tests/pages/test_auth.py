from __future__ import annotations

import base64
from http.cookies import Morsel

import pytest
from aiohttp import web
from aiohttp_session import get_session, new_session

from server.pages.auth import INVITATION, THERAPIST
from tests.pages.site import HOUR, OURS, Open, Site

ID, OTHER = "AAAAAAAAAAA", "BBBBBBBBBBB"


async def who(request: web.Request) -> web.Response:
    """What the session of this path says."""
    return web.json_response(dict(await get_session(request)))


async def enter(request: web.Request) -> web.Response:
    """A session as the query asks for it."""
    session = await new_session(request)
    session[request.query["kind"]] = request.query["value"]
    session.max_age = 3600
    return web.Response()


async def leave(request: web.Request) -> web.Response:
    (await get_session(request)).invalidate()
    return web.Response()


async def forget_the_end(request: web.Request) -> web.Response:
    session = await new_session(request)
    session[INVITATION] = ID
    return web.Response()


async def belong_to_nobody(request: web.Request) -> web.Response:
    session = await new_session(request)
    session["colour"] = "green"
    session.max_age = 3600
    return web.Response()


ROUTES = [
    web.get("/c/{id}/who", who),
    web.get("/who", who),
    web.get("/enter", enter),
    web.get("/c/{id}/leave", leave),
    web.get("/leave", leave),
    web.get("/endless", forget_the_end),
    web.get("/nobody", belong_to_nobody),
]


@pytest.fixture
async def site(open_pages: Open) -> Site:
    return await open_pages(routes=ROUTES)


async def whose(site: Site, path: str, cookies: dict[str, str] | None = None) -> dict[str, str]:
    """What the session is at `path`, with the cookies that were set, or with these alone."""
    if cookies:
        site.client.session.cookie_jar.clear()
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    async with site.client.get(path, headers=headers) as response:
        assert response.status == 200
        data: dict[str, str] = await response.json()
        return data


async def entered(site: Site, kind: str, value: str) -> Morsel[str]:
    async with site.client.get("/enter", params={"kind": kind, "value": value}) as response:
        (cookie,) = response.cookies.values()
        return cookie


async def test_a_seat_and_an_account_each_have_their_own_cookie(site: Site) -> None:
    await entered(site, INVITATION, ID)
    await entered(site, INVITATION, OTHER)
    await entered(site, THERAPIST, "lind")

    assert await whose(site, f"/c/{ID}/who") == {INVITATION: ID}
    assert await whose(site, f"/c/{OTHER}/who") == {INVITATION: OTHER}
    assert await whose(site, "/who") == {THERAPIST: "lind"}
    assert await whose(site, "/c/CCCCCCCCCCC/who") == {}


async def test_the_cookie_is_for_the_server_alone(site: Site) -> None:
    cookie = await entered(site, INVITATION, ID)

    assert cookie.key == f"seat-{ID}"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Strict", "/", "")
    assert (cookie["max-age"], cookie["secure"]) == ("3600", "")


async def test_on_https_the_cookie_is_bound_to_the_host(open_pages: Open) -> None:
    site = await open_pages(https=True, routes=ROUTES)
    seat, account = await entered(site, INVITATION, ID), await entered(site, THERAPIST, "lind")

    assert (seat.key, account.key) == (f"__Host-seat-{ID}", "__Host-practice")
    assert seat["secure"] is True
    assert await whose(site, f"/c/{ID}/who", {seat.key: seat.value}) == {INVITATION: ID}


async def test_the_store_knows_neither_the_cookie_nor_the_id_in_it(site: Site) -> None:
    cookie = await entered(site, INVITATION, ID)
    again = await entered(site, INVITATION, OTHER)

    sealed = base64.urlsafe_b64decode(cookie.value + "==")
    assert all(row.key not in sealed and len(row.key) == 32 for row in site.sessions.rows.values())
    assert len(cookie.value) == len(again.value)
    assert cookie.value[:16] != again.value[:16]


def flipped(value: str, place: int) -> str:
    return value[:place] + ("A" if value[place] != "A" else "B") + value[place + 1 :]


async def test_an_altered_cookie_is_no_session_and_no_failure(site: Site) -> None:
    name, value = (cookie := await entered(site, INVITATION, ID)).key, cookie.value
    assert await whose(site, f"/c/{ID}/who", {name: value}) == {INVITATION: ID}

    for altered in (*(flipped(value, place) for place in range(len(value) - 1)), value[:-4], value[:10], "A", "ä", "%"):
        assert await whose(site, f"/c/{ID}/who", {name: altered}) == {}, altered


async def test_a_cookie_under_another_name_is_no_session(site: Site) -> None:
    cookie = await entered(site, INVITATION, ID)

    assert await whose(site, f"/c/{OTHER}/who", {f"seat-{OTHER}": cookie.value}) == {}
    assert await whose(site, "/who", {"practice": cookie.value}) == {}


async def test_a_session_ends_at_its_time(site: Site) -> None:
    await entered(site, INVITATION, ID)

    site.clock.advance(HOUR - 1)
    assert await whose(site, f"/c/{ID}/who") == {INVITATION: ID}
    site.clock.advance(1)
    assert await whose(site, f"/c/{ID}/who") == {}


async def test_entering_again_gives_a_new_id_and_ends_the_former_session(site: Site) -> None:
    former = await entered(site, INVITATION, ID)
    later = await entered(site, INVITATION, ID)

    assert await whose(site, f"/c/{ID}/who", {former.key: former.value}) == {}
    assert await whose(site, f"/c/{ID}/who", {later.key: later.value}) == {INVITATION: ID}
    assert len(site.sessions.rows) == 1


@pytest.mark.parametrize(
    ("kind", "value", "path"), [(INVITATION, ID, f"/c/{ID}"), (THERAPIST, "lind", "")], ids=["seat", "account"]
)
async def test_leaving_deletes_the_row_and_the_cookie(site: Site, kind: str, value: str, path: str) -> None:
    cookie = await entered(site, kind, value)

    async with site.client.get(f"{path}/leave") as response:
        gone = response.cookies[cookie.key]

    assert (gone.value, gone["max-age"], gone["path"], gone["samesite"]) == ("", "0", "/", "Strict")
    assert site.sessions.rows == {}
    assert await whose(site, f"{path}/who", {cookie.key: cookie.value}) == {}


@pytest.mark.parametrize("path", ["/endless", "/nobody"])
async def test_a_session_without_an_end_or_an_owner_is_never_stored(site: Site, path: str) -> None:
    async with site.client.get(path, headers=OURS) as response:
        assert response.status == 500
        assert not response.cookies

    assert site.sessions.rows == {}
