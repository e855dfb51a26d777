from __future__ import annotations

import pytest

from server.domain.events import SeatNamed
from server.domain.seats import Seat
from tests.pages.site import HOUR, ORIGIN, Open, Site

BAD_LINK = (404, {"code": "bad-link"})
UNAUTHORIZED = (401, {"code": "unauthorized"})
NEW_CALL = {"partner-a": {"name": " Maya\u202e ", "language": "en"}, "partner-b": {"name": "Jonas", "language": "de"}}


def form(**changes: str) -> dict[str, str]:
    return {"secret": "one", "name": "Dr. Lind", "language": "en", **changes}


@pytest.fixture
async def site(site: Site) -> Site:
    await site.practice.add_setup_link(site.access.hash_secret("one"), site.clock.now() + HOUR)
    return site


async def home(site: Site) -> str:
    async with site.client.get("/home") as response:
        assert response.status == 200
        return await response.text()


async def test_a_set_up_link_makes_an_account_once(site: Site) -> None:
    assert await site.post("/api/setup", form(name=" Dr.\u202e Lind ")) == (200, {"path": "/home"})

    (therapist,) = site.practice.therapists.values()
    assert (therapist.name, therapist.language) == ("Dr. Lind", "en")
    assert "Dr. Lind" in await home(site)
    assert await site.post("/api/setup", form()) == BAD_LINK
    assert len(site.practice.therapists) == 1


async def test_a_mistake_in_the_form_does_not_use_the_link_up(site: Site) -> None:
    assert await site.post("/api/setup", form(name="\u202e")) == (400, {"code": "bad-request"})
    assert await site.post("/api/setup", form(language="?")) == (400, {"code": "bad-request"})
    assert (await site.post("/api/setup", form()))[0] == 200


async def test_a_set_up_link_ends(site: Site) -> None:
    site.clock.advance(HOUR)

    assert await site.post("/api/setup", form()) == BAD_LINK
    assert site.practice.therapists == {}


async def test_who_guesses_set_up_links_waits(site: Site) -> None:
    for number in range(10):
        assert await site.post("/api/setup", form(secret=f"guess {number}")) == BAD_LINK

    assert await site.post("/api/setup", form()) == (429, {"code": "rate"})


async def test_a_language_that_we_do_not_have_becomes_one_that_we_have(site: Site) -> None:
    assert (await site.post("/api/setup", form(language="fr")))[0] == 200
    assert [therapist.language for therapist in site.practice.therapists.values()] == ["en"]


async def test_the_pages_of_an_account_are_closed_to_everybody_else(site: Site) -> None:
    async with site.client.get("/home") as response:
        assert response.status == 401
    assert await site.post("/api/calls", NEW_CALL) == UNAUTHORIZED
    assert await site.post("/api/calls/room/links", {}) == UNAUTHORIZED


async def test_signing_out_ends_it(site: Site) -> None:
    await site.therapist()
    assert await site.post("/api/sign-out", {}) == (200, {"path": "/"})

    async with site.client.get("/home") as response:
        assert response.status == 401
    assert site.sessions.rows == {}


async def test_a_new_call_has_a_room_with_three_people_and_three_links(site: Site) -> None:
    await site.therapist(language="de")

    status, call = await site.post("/api/calls", NEW_CALL)

    assert status == 201
    assert call["title"] == "Maya & Jonas"
    assert site.rooms == {
        call["room"]: (
            SeatNamed(Seat.THERAPIST, "Dr. Lind", "de"),
            SeatNamed(Seat.PARTNER_A, "Maya", "en"),
            SeatNamed(Seat.PARTNER_B, "Jonas", "de"),
        )
    }
    links = call["links"]
    assert isinstance(links, dict)
    assert list(links) == ["therapist", "partner-a", "partner-b"]
    for link in links.values():
        assert link.startswith(f"{ORIGIN}/j#1.")
        _, invitation, secret = link.partition("#")[2].split(".")
        assert (await site.post("/api/join", {"id": invitation, "secret": secret}))[0] == 200


@pytest.mark.parametrize("change", [{"partner-b": {"name": "", "language": "de"}}, {"partner-c": {}}, {"partner-a": 1}])
async def test_a_call_needs_two_names(site: Site, change: dict[str, object]) -> None:
    await site.therapist()

    assert await site.post("/api/calls", NEW_CALL | change) == (400, {"code": "bad-request"})
    assert site.rooms == {}


async def test_new_links_end_the_former_ones_and_whoever_came_by_them(site: Site) -> None:
    await site.therapist()
    _, call = await site.post("/api/calls", NEW_CALL)

    status, renewed = await site.post(f"/api/calls/{call['room']}/links", {})

    assert (status, renewed["room"], site.closed) == (200, call["room"], [call["room"]])
    former, later = call["links"], renewed["links"]
    assert isinstance(former, dict)
    assert isinstance(later, dict)
    for link, expected in ((former["partner-a"], 404), (later["partner-a"], 200)):
        _, invitation, secret = link.partition("#")[2].split(".")
        assert (await site.post("/api/join", {"id": invitation, "secret": secret}))[0] == expected


async def test_another_therapists_call_is_not_there(site: Site) -> None:
    await site.therapist("Dr. Lind")
    _, call = await site.post("/api/calls", NEW_CALL)
    await site.therapist("Dr. Berg")

    assert await site.post(f"/api/calls/{call['room']}/links", {}) == (404, {"code": "not-found"})
    assert "Maya" not in await home(site)
    assert site.closed == []


async def test_the_page_lists_my_calls_the_newest_first(site: Site) -> None:
    await site.therapist()
    await site.post("/api/calls", NEW_CALL)
    site.clock.advance(1000)
    await site.post("/api/calls", {"partner-a": {"name": "<b>", "language": "en"}, "partner-b": NEW_CALL["partner-b"]})

    assert "[&lt;b&gt; &amp; Jonas: open][Maya &amp; Jonas: open]" in await home(site)


async def test_the_page_is_in_the_accounts_language(open_pages: Open) -> None:
    site = await open_pages()
    await site.therapist(language="de")

    async with site.client.get("/home", headers={"Accept-Language": "en"}) as response:
        assert response.headers["Content-Language"] == "de"
        assert (await response.text()).endswith("[&#39;de&#39;]"), "its script has no other words"
    async with site.client.get("/setup", headers={"Accept-Language": "en"}) as response:
        assert await response.text() == "<form lang=en>[&#39;en&#39;]</form>"
