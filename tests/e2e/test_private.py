"""What a partner tells the therapist alone, and what only the therapist can do, by the buttons of real pages."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from server.domain.seats import SEATS
from tests.e2e.calls import Call
from tests.e2e.test_dialogue import start, take

T, A, B = SEATS


def test_feelings_and_the_quiet_signal_reach_the_therapist_and_leave_no_trace_elsewhere(call: Call) -> None:
    call.gather()
    start(call)
    jonas_before = len(call.jonas.messages("view"))
    maya = call.maya.page
    maya.locator(".feelings summary").click()
    maya.locator('input[name="safe"]').fill("3")
    call.therapist.wait_for_view(lambda view: view["lead"]["partners"][0]["safe"] == 3)
    call.maya.press("signal")
    expect(call.therapist.page.locator('[data-signal="partner-a"]')).to_be_visible()
    expect(maya.locator(".feelings-body")).to_be_hidden()
    pongs = len(call.jonas.messages("pong"))
    while len(call.jonas.messages("pong")) < pongs + 2:
        call.jonas.page.wait_for_timeout(100)
    assert len(call.jonas.messages("view")) == jonas_before
    assert "signalled" not in json.dumps(call.jonas.messages("view"))
    call.therapist.press("signal-seen", seat=A)
    expect(call.therapist.page.locator("[data-signal]")).to_have_count(0)


def test_the_therapist_prompts_holds_the_floor_breathes_and_goes_back(call: Call) -> None:
    call.gather()
    start(call)
    take(call, T, "request", 2)
    take(call, B, "ready", 3)
    page = call.therapist.page
    page.locator(".drawer summary").click()
    page.locator('select[name="prompt-to"]').select_option("partner-b")
    page.locator('input[name="prompt"]').fill("Slower, please.")
    call.therapist.press("prompt")
    expect(call.jonas.page.locator("[data-indicator]")).to_contain_text("Slower, please.")
    assert call.maya.view()["prompt"] is None
    call.therapist.press("set-floor", floor="hold")
    call.agree(4)
    call.jonas.wait_for_view(lambda view: view["sound"] == "held")
    expect(call.jonas.page.locator('[data-code="held"]')).to_be_visible()
    page.locator('select[name="rewind"]').select_option("2")
    assert call.agree(5)["step"] == "centre"
    call.therapist.press("breathe")
    call.agree(6)
    call.maya.wait_for_view(lambda view: view["breath"]["until"] - view["breath"]["since"] == 60_000)
    call.therapist.press("resume")
    assert call.agree(7)["step"] == "centre"


def test_escape_twice_leaves_at_once_even_with_the_private_drawer_open(call: Call) -> None:
    call.maya.context.route("https://**", lambda route: route.fulfill(body="a neutral page"))
    call.gather()
    maya = call.maya.page
    maya.locator(".feelings summary").click()
    maya.locator('input[name="safe"]').focus()
    maya.keyboard.press("Escape")
    expect(maya.locator(".feelings-body")).to_be_hidden()
    maya.keyboard.press("Escape")
    maya.wait_for_url("https://**")
