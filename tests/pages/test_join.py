from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp_session import get_session

from server.pages.auth import INVITATION
from tests.fakes import START
from tests.pages.site import HOUR, ORIGIN, Open, Site

BAD_LINK = (404, {"code": "bad-link"})


async def who(request: web.Request) -> web.Response:
    return web.json_response(dict(await get_session(request)))


@pytest.fixture
async def site(open_pages: Open) -> Site:
    return await open_pages(routes=[web.get("/c/{id}/who", who)])


async def test_the_page_is_the_same_for_every_link_and_asks_no_database(site: Site) -> None:
    link = await site.link()
    site.invitations.rows.clear()  # a look would fail to find it
    texts = set()

    for path in ("/j", f"/c/{link['id']}", "/c/AAAAAAAAAAA"):
        async with site.client.get(path) as response:
            assert response.status == 200
            assert not response.cookies
            texts.add((await response.text()).partition(">")[2])

    assert len(texts) == 1


async def test_a_link_becomes_the_session_of_its_seat(site: Site) -> None:
    link = await site.link()

    async with site.client.post("/api/join", json=link, headers={"Origin": ORIGIN}) as response:
        assert (response.status, await response.json()) == (200, {"path": f"/c/{link['id']}"})
        assert response.cookies[f"seat-{link['id']}"]["max-age"] == "3600"

    async with site.client.get(f"/c/{link['id']}/who") as response:
        assert await response.json() == {INVITATION: link["id"]}


async def test_looking_uses_nothing_up_and_a_link_works_again(site: Site) -> None:
    link = await site.link()
    for method in ("GET", "HEAD"):
        for _ in range(25):
            async with site.client.request(method, "/j", headers={"Sec-Purpose": "prefetch"}) as response:
                assert response.status == 200

    assert (await site.post("/api/join", link))[0] == 200
    assert (await site.post("/api/join", link))[0] == 200
    assert len(site.sessions.rows) == 1


async def test_a_wrong_secret_and_an_unknown_link_look_the_same(site: Site) -> None:
    link = await site.link()

    assert await site.post("/api/join", link | {"secret": "A" * 43}) == BAD_LINK
    assert await site.post("/api/join", link | {"id": "AAAAAAAAAAA"}) == BAD_LINK
    assert await site.post("/api/join", {"id": "ä\0", "secret": "\U0001f600"}) == BAD_LINK
    assert site.sessions.rows == {}


async def test_a_link_has_its_time(site: Site) -> None:
    early = await site.link(start=START + HOUR, end=START + 2 * HOUR)
    late = await site.link(end=START)

    assert await site.post("/api/join", early) == (403, {"code": "too-early"})
    assert await site.post("/api/join", late) == (403, {"code": "expired"})
    site.clock.advance(HOUR)
    assert (await site.post("/api/join", early))[0] == 200


async def test_a_revoked_link_is_as_good_as_none(site: Site) -> None:
    link = await site.link()
    await site.access.revoke_room("room")

    assert await site.post("/api/join", link) == BAD_LINK


async def test_who_guesses_from_one_place_waits_a_minute(site: Site) -> None:
    link = await site.link()
    for number in range(10):
        assert await site.post("/api/join", link | {"id": f"A{number}"}) == BAD_LINK

    async with site.client.post("/api/join", json=link, headers={"Origin": ORIGIN}) as response:
        assert (response.status, await response.json()) == (429, {"code": "rate"})
        assert response.headers["Retry-After"] == "60"
    site.clock.advance(60_000)
    assert (await site.post("/api/join", link))[0] == 200


async def test_who_guesses_at_one_seat_from_many_places_is_slowed_down_and_its_owner_is_not(open_pages: Open) -> None:
    site = await open_pages(proxied=True)
    link = await site.link()

    async def guess(place: int, secret: str) -> int:
        headers = {"Origin": ORIGIN, "X-Forwarded-For": f"8.8.{place}.1"}
        return (await site.post("/api/join", link | {"secret": secret}, headers))[0]

    assert [await guess(place, "wrong") for place in range(12)] == [404] * 10 + [429] * 2
    assert await guess(99, link["secret"]) == 200


async def test_joining_often_with_the_right_secret_is_fine(site: Site) -> None:
    link = await site.link()

    assert {(await site.post("/api/join", link))[0] for _ in range(30)} == {200}


async def test_another_site_cannot_join_in_somebodys_name(site: Site) -> None:
    link = await site.link()

    assert await site.post("/api/join", link, {"Origin": "https://evil.test"}) == (403, {"code": "foreign-origin"})
    assert await site.post("/api/join", link, {}) == (403, {"code": "foreign-origin"})
