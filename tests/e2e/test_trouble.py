"""What goes wrong at the door and on the wire: a sentence for the person, a code for programs, nothing lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from playwright.sync_api import Playwright, expect

from server.domain.seats import SEATS
from tests.e2e.calls import Call
from tests.e2e.people import CAMERA, Person, launch
from tests.e2e.running import Server

T, A, B = SEATS
NO_CAMERA = ("--use-fake-device-for-media-stream=device-count=0", "--use-fake-ui-for-media-stream")
NOBODY_ALLOWS = ("--use-fake-device-for-media-stream",)


@pytest.fixture
def sit(playwright: Playwright) -> Iterator[Sitter]:
    with ExitStack() as stack:
        yield Sitter(playwright, stack)


class Sitter:
    """Seats one person in a browser started with other flags than usual."""

    def __init__(self, playwright: Playwright, stack: ExitStack) -> None:
        self._playwright, self._stack = playwright, stack

    def __call__(self, *flags: str, init: str = "") -> Person:
        browser = launch(self._playwright, *flags)
        self._stack.callback(browser.close)
        person = Person.sit_down(browser, A)
        if init:
            person.context.add_init_script(init)
        return person


def told(person: Person, code: str) -> str:
    """The words that stand beside this code on the page."""
    notice = person.page.locator(f'[data-code="{code}"]').locator("visible=true").first
    notice.wait_for()
    words = notice.inner_text().strip()
    assert len(words) > 20, words
    return words


# --- links ---------------------------------------------------------------------------------------


def test_a_wrong_link_says_so_and_tells_nothing_else(sit: Sitter, server: Server) -> None:
    right = server.links["partner-a"]
    person = sit(*CAMERA)
    person.enter(right[:-4] + "AAAA")
    wrong = told(person, "bad-link")
    assert "link" in wrong
    unknown = sit(*CAMERA).enter(f"{server.url}/j#1.AAAAAAAAAAA.{'A' * 43}")
    assert told(unknown, "bad-link") == wrong
    assert "#" not in person.page.url


def test_an_expired_link_says_so(sit: Sitter, server: Server) -> None:
    invitation = server.links["partner-a"].split("#1.")[1].split(".")[0]
    with closing(sqlite3.connect(server.data / "thirdchair.sqlite")) as database, database:
        database.execute("UPDATE invitations SET expires = 1 WHERE id = ?", [invitation])
    assert "no longer" in told(sit(*CAMERA).enter(server.links["partner-a"]), "expired")


def test_a_page_without_a_link_asks_for_it(sit: Sitter, server: Server) -> None:
    told(sit(*CAMERA).open(f"{server.url}/j"), "no-link")


def test_a_seats_page_without_its_cookie_asks_for_the_link_again(sit: Sitter, server: Server) -> None:
    invitation = server.links["partner-a"].split("#1.")[1].split(".")[0]
    person = sit(*CAMERA).open(f"{server.url}/c/{invitation}")
    assert "link" in told(person, "revoked")


# --- devices -------------------------------------------------------------------------------------


def test_a_denied_camera_is_explained_and_one_can_still_come_in(sit: Sitter, server: Server) -> None:
    person = sit(*NOBODY_ALLOWS).open(server.links["partner-a"])
    assert "allow" in told(person, "devices-denied")
    person.press("enter").wait_for_scene("waiting")


def test_no_camera_at_all_is_explained_and_one_can_still_come_in(sit: Sitter, server: Server) -> None:
    person = sit(*NO_CAMERA).open(server.links["partner-a"])
    assert person.page.locator('[data-code="camera-missing"], [data-code="devices-missing"]').first.inner_text()
    person.press("enter").wait_for_scene("waiting")


def test_a_browser_without_webrtc_is_told_which_can(sit: Sitter, server: Server) -> None:
    person = sit(*CAMERA, init="delete window.RTCPeerConnection;").open(server.links["partner-a"])
    assert "Firefox" in told(person, "no-webrtc")
    expect(person.page.locator('button[data-action="enter"]').locator("visible=true")).to_have_count(0)


# --- the wire ------------------------------------------------------------------------------------

SPEAK = """async ([path, frames]) => {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}${path}/ws`);
    const replies = [];
    const closed = new Promise((done) => { socket.onclose = (event) => done(event.code); });
    await new Promise((open, fail) => { socket.onopen = open; socket.onerror = fail; });
    socket.onmessage = (event) => replies.push(JSON.parse(event.data));
    socket.send(JSON.stringify({type: 'hello', version: 1, page: 'tester'}));
    for (const frame of frames) socket.send(frame);
    return {code: await closed, replies};
}"""


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (['{"type":"advance"'] * 6, 4400),
        (['{"type":"enter","id":"a","more":1}', "[]", "null", "7", '{"type":"nonsense"}', "{}"], 4400),
        (["x" * 70_000], 1009),  # or 1006, when the end of the connection overtakes its reason
    ],
)
def test_nonsense_ends_that_socket_alone_and_nothing_is_lost(call: Call, frames: list[str], code: int) -> None:
    call.gather()
    call.therapist.press("start-dialogue", sender=A.value)
    before = call.agree(1)
    path = "/c/" + call.maya.page.url.rsplit("/", 1)[-1]
    spoken = call.maya.page.evaluate(SPEAK, [path, frames])
    assert spoken["code"] == code or (code == 1009 and spoken["code"] == 1006)
    assert all("code" not in reply or reply["code"] == "bad-message" for reply in spoken["replies"])
    call.jonas.page.reload()
    assert call.jonas.wait_for_revision(1).indicator()["step"] == before["step"]
    call.therapist.press("advance", edge="request")
    for person in (call.therapist, call.jonas):
        person.wait_for_revision(2)


def test_a_second_page_takes_the_seat_and_the_first_can_take_it_back(call: Call) -> None:
    call.gather()
    second = call.maya.context.new_page()
    second.goto(call.maya.page.url)
    second.locator('[data-scene="room"]').first.wait_for()
    told(call.maya, "superseded")
    call.maya.page.wait_for_function("() => window.ownTracks.every(it => it.readyState === 'ended')")
    call.jonas.wait_for_picture(A, more_than=int(call.jonas.stats()[A.value]["framesDecoded"]) + 10)
    call.maya.press("take-back").wait_for_scene("room")


def test_quick_exit_leaves_at_once_and_the_others_see_only_a_lost_connection(call: Call) -> None:
    call.maya.context.route("https://**", lambda route: route.fulfill(body="a neutral page"))
    call.gather()
    call.maya.press("quick-exit")
    call.maya.page.wait_for_url("https://**")
    call.jonas.wait_for_view(lambda view: any(it["seat"] == A and not it["here"] for it in view["people"]))
    assert not any('"leave"' in text for text in call.maya.sent)
