"""A therapist rewords a dialogue, makes a mistake and mends it, and the couple sees the new words in a call."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from server.domain.seats import PARTNERS, Seat
from tests.e2e.calls import Call

STEP = 'textarea[data-place="step 0 {what}"][data-language="en"]'
OURS = "What moves me is…"


def set_up(call: Call) -> Page:
    """The therapist opens the set-up link and goes to the dialogues."""
    page = call.therapist.page
    page.goto(str(call.server.first["setup"]))
    page.fill("[name=name]", "Dr. Lind")
    page.click("[data-action=setup]")
    page.wait_for_url("**/home")
    page.click('a[href="/scripts"]')
    page.wait_for_url("**/scripts")
    return page


def write_own(page: Page) -> None:
    page.click("[data-action=write-script]")
    page.wait_for_url("**/scripts/own-*")
    expect(page.locator("#status")).to_have_text("Saved.")


def book(call: Call, page: Page) -> dict[Seat, str]:
    """A call from the therapist's own page; the three links."""
    page.goto(f"{call.server.url}/home")
    for seat, name in zip(PARTNERS, ("Maya", "Jonas"), strict=True):
        page.fill(f'[name="{seat.value}-name"]', name)
        page.select_option(f'[name="{seat.value}-language"]', "en")
    page.click("[data-action=new-call]")
    page.wait_for_selector("#links:visible")
    links = page.locator("#links input").evaluate_all("fields => fields.map(field => field.value)")
    return dict(zip((*PARTNERS, Seat.THERAPIST), links, strict=True))


def test_a_reworded_dialogue_is_checked_saved_and_shown_in_a_call(call: Call) -> None:
    page = set_up(call)
    write_own(page)
    status, fault, preview = page.locator("#status"), page.locator("#fault"), page.locator("#shown")
    stem = page.locator(STEP.format(what="stems sender"))
    stem.fill(OURS)
    expect(preview.locator('[data-screen="sender"] .stem')).to_have_text(f"“{OURS}”")
    expect(status).to_have_text("Everything is in order. Not saved yet.")

    # a mistake shows its place and reason, and nothing typed is lost
    words = page.locator(STEP.format(what="do receiver"))
    words.fill("Listen to {nobody}.")
    expect(fault).to_contain_text("an unknown name stands in braces: nobody")
    expect(page.locator('[data-place="step 0 do receiver"][data-fault]')).to_contain_text("unknown name")
    page.click("[data-action=save-script]")
    expect(status).to_have_text("Not in order yet: nothing is saved.")
    expect(words).to_have_value("Listen to {nobody}.")
    words.fill("Listen to {sender}.")
    expect(fault).to_be_hidden()
    expect(preview.locator('[data-screen="receiver"] .act')).to_have_text("Listen to Maya.")

    # the same in the text, with its line
    page.click('[data-action="mode"][data-mode="text"]')
    area = page.locator(".script-text")
    text = area.input_value()
    assert OURS in text
    broken = text.replace('to = "mirror"', 'to = "nowhere"')
    line = broken[: broken.index('to = "nowhere"')].count("\n") + 1
    area.fill(broken)
    expect(fault).to_contain_text(f"Line {line}: edge 'tell/told' leads nowhere: 'nowhere'")
    expect(page.locator(".line-numbers [data-marked]")).to_have_text(str(line))
    page.click("[data-action=go-to-line]")
    assert area.evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)") == 'to = "nowhere"'
    area.fill(text)
    expect(fault).to_be_hidden()
    page.click("[data-action=save-script]")
    expect(status).to_have_text("Saved.")
    page.reload()
    expect(page.locator(STEP.format(what="stems sender"))).to_have_value(OURS)

    # and in a call
    script = re.sub(r".*/", "", page.url)
    links = book(call, page)
    for seat, person in call.people.items():
        person.enter(links[seat])
    for seat in PARTNERS:
        call.therapist.press("admit", seat=seat.value)
    for seat in PARTNERS:
        call.people[seat].wait_for_scene("room")
    page.select_option("select[name=script]", script)
    call.therapist.press("start-dialogue", sender=Seat.PARTNER_A.value)
    assert call.agree(1)["script"] == script
    expect(call.maya.page.locator("[data-indicator]")).to_contain_text(OURS)
    expect(call.jonas.page.locator("[data-indicator]")).to_contain_text("Listen to Maya.")
    for person in call.people.values():
        assert person.errors == []


def test_what_is_typed_outlives_a_lost_connection(call: Call) -> None:
    page = set_up(call)
    write_own(page)
    stem, status = page.locator(STEP.format(what="stems sender")), page.locator("#status")
    call.therapist.context.set_offline(True)
    stem.fill(OURS)
    expect(status).to_contain_text("What you typed stays on this page")
    page.click("[data-action=save-script]")
    expect(status).to_contain_text("so nothing is saved")
    expect(stem).to_have_value(OURS)
    call.therapist.context.set_offline(False)
    page.click("[data-action=save-script]")
    expect(status).to_have_text("Saved.")


def test_an_own_dialogue_is_copied_and_deleted_after_asking_once(call: Call) -> None:
    page = set_up(call)
    page.click('[data-action=copy-script][data-script="three-step"]')
    page.wait_for_url("**/scripts/own-*")
    expect(page.locator("h1")).to_have_text("Three-step dialogue (Dr. Lind)")
    page.goto(f"{call.server.url}/scripts")
    own = page.locator('[data-script^="own-"] [data-action=delete-script]')
    own.click()
    expect(own).to_contain_text("Delete it for good?")
    own.press("Enter")
    expect(own).to_have_count(0)
    assert call.therapist.errors == []
