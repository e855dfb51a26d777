"""Pictures of every screen, to be looked at: `tests/e2e/screenshots/` (git ignores it).

Each is also held to what no screen may do: scroll sideways, cut off a button, or complain on the console.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from server.domain.seats import PARTNERS, SEATS
from tests.e2e.calls import Call
from tests.e2e.people import Person
from tests.e2e.running import Server
from tests.e2e.screenshot import DESKTOP, PHONE, lead_to, seat_portraits

T, A, B = SEATS
FOLDER = Path(__file__).parent / "screenshots"

OUTSIDE = """() => [...document.querySelectorAll('button, a, h1, p, input, select')]
    .filter((it) => it.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && !it.closest('[inert]'))
    .map((it) => [it.getBoundingClientRect(), it])
    .filter(([box]) => box.width && (box.left < -1 || box.right > innerWidth + 1))
    .map(([, it]) => it.textContent.trim() || it.outerHTML.slice(0, 80))"""


ON_TOP = """it => {
    const box = it.getBoundingClientRect();
    return it.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}"""


class Photographer:
    """Photographs all three people, and holds each page to the rules."""

    def __init__(self, call: Call, kind: str) -> None:
        self.call, self.kind = call, kind

    def __call__(self, name: str) -> None:
        for seat, person in self.call.people.items():
            person.page.wait_for_timeout(450)  # a passage between two screens lasts 350 ms
            person.photograph(FOLDER / self.kind / f"{name}-{seat}.png")
            outside = person.page.evaluate(OUTSIDE)
            assert outside == [], f"{name}, {seat}, {self.kind}: beyond the edge: {outside}"


@pytest.mark.parametrize(("kind", "viewport", "scheme"), [("desktop", DESKTOP, "light"), ("phone", PHONE, "dark")])
def test_every_scene_of_a_call(
    playwright: Playwright, server: Server, tmp_path: Path, kind: str, viewport: dict[str, int], scheme: str
) -> None:
    look: dict[str, object] = {"viewport": viewport, "color_scheme": scheme}
    if kind == "phone":
        look |= {"device_scale_factor": 2, "is_mobile": True, "has_touch": True}
    with ExitStack() as stack:
        call = seat_portraits(playwright, stack, server, tmp_path, therapist=look, partner_a=look, partner_b=look)
        photograph = Photographer(call, kind)
        for seat, person in call.people.items():
            person.open(call.link(seat))
            person.button("enter").wait_for()
        photograph("01-door")
        for person in call.people.values():
            person.press("enter")
        for seat in PARTNERS:
            call.people[seat].wait_for_scene("waiting")
            reachable(call.therapist, "admit")
        photograph("02-waiting")
        for seat in PARTNERS:
            call.therapist.press("admit", seat=seat)
            call.people[seat].wait_for_scene("room")
        photograph("03-room")
        call.therapist.press("start-dialogue", sender=A)
        call.agree(1)
        photograph("04-centre")
        revision = lead_to(call, ((T, "request"), (B, "ready")), 1)
        photograph("05-send")
        revision = lead_to(call, ((T, "sent"),), revision)
        photograph("06-mirror")
        revision = lead_to(call, ((T, "mirrored"),), revision)
        photograph("07-check")
        call.therapist.press("pause")
        call.agree(revision + 1)
        photograph("08-pause")
        call.therapist.press("resume")
        call.agree(revision + 2)
        reachable(call.therapist, "hold", seat=A)
        call.therapist.press("hold", seat=A)
        call.jonas.wait_for_scene("apart")
        photograph("09-aside")
        reachable(call.therapist, "resume")
        call.therapist.press("resume")
        call.jonas.wait_for_scene("room")
        call.jonas.press("time-out")
        call.maya.wait_for_scene("time-out")
        photograph("10-time-out")
        call.therapist.press("resume")
        call.maya.wait_for_scene("room").press_and_mean_it("leave").wait_for_scene("left")
        photograph("11-left")
        for person in call.people.values():
            assert person.errors == []


def reachable(person: Person, action: str, **data: str) -> None:
    """On a phone the therapist's panel is a sheet: open it for what it holds, close it for what it covers."""
    wanted = person.button(action, **data)
    sheet = person.page.locator('button[data-action="panel"]').locator("visible=true")
    if not wanted.is_visible() and sheet.count():
        sheet.first.click()
    elif sheet.count() and not wanted.evaluate(ON_TOP):
        sheet.first.click()
    wanted.wait_for()
