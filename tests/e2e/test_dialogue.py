"""The therapist leads a whole dialogue; the indicator says the same on all three screens at every click."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from server.domain.seats import PARTNERS, SEATS, Seat
from tests.e2e.calls import Call

T, A, B = SEATS

# (who acts, the edge) from the first step to the last: one correction, two "more" loops, a switch, a second leg.
FIRST_LEG = (
    *((T, "request"), (B, "ready"), (T, "sent"), (T, "mirrored"), (A, "most")),
    *((T, "sent"), (T, "mirrored"), (A, "got-it"), (A, "more")),
    *((T, "sent"), (T, "mirrored"), (T, "got-it"), (A, "more")),
    *((T, "sent"), (T, "mirrored"), (A, "got-it"), (A, "no-more")),
    *((T, "summed-up"), (A, "all"), (T, "validated"), (T, "guessed"), (A, "yes")),
)
SECOND_LEG = (
    *((A, "ready"), (T, "sent"), (T, "mirrored"), (B, "got-it"), (B, "no-more")),
    *((T, "summed-up"), (B, "all"), (T, "validated"), (T, "guessed"), (B, "yes")),
)
CLOSING = ((T, "close"), (T, "said"), (T, "mirrored"), (T, "said"), (T, "mirrored"))


def take(call: Call, by: Seat, edge: str, revision: int) -> dict[str, str]:
    """Press the button as that person and wait until all three agree on the next revision."""
    person = call.people[by]
    if by is T:
        ways = person.view()["lead"]["ways"]
        if len(ways) > 1:
            person.press("advance", edge=edge)
        else:
            assert ways[0]["edge"] == edge
            person.press("advance")
    else:
        person.press("confirm", edge=edge)
    return call.agree(revision)


def start(call: Call, sender: Seat = A) -> dict[str, str]:
    call.therapist.press("start-dialogue", sender=sender.value)
    return call.agree(1)


def test_a_whole_dialogue_with_loops_a_switch_and_the_close(call: Call) -> None:
    call.gather()
    shown = start(call)
    assert (shown["step"], shown["sender"], shown["voice"], shown["script"]) == ("centre", A, T, "three-step")
    revision, steps = 1, []
    for by, edge in FIRST_LEG:
        revision += 1
        shown = take(call, by, edge, revision)
        assert shown["sender"] == A
        steps.append(shown["step"])
    assert steps.count("correct") == 1
    assert steps.count("send") == 3
    assert steps[-1] == "leg-end"
    assert shown["voice"] == "both"
    revision += 1
    shown = take(call, T, "switch", revision)
    assert (shown["step"], shown["sender"], shown["voice"]) == ("request", B, B)
    for by, edge in (*SECOND_LEG, *CLOSING):
        revision += 1
        shown = take(call, by, edge, revision)
        assert shown["sender"] == B
    assert shown["step"] == "harvest"
    revision += 1
    call.therapist.press("advance")
    assert call.agree(revision)["step"] == ""
    for person in call.people.values():
        assert person.errors == []


def test_each_sees_the_stem_only_as_speaker_and_in_their_own_language(call: Call) -> None:
    call.gather()
    start(call)
    take(call, T, "request", 2)
    take(call, B, "ready", 3)
    maya, jonas = (person.page.locator("[data-indicator]").first for person in (call.maya, call.jonas))
    expect(maya).to_contain_text("When…, I feel…")
    expect(jonas).to_contain_text("Hör zu. Du spiegelst gleich.")
    expect(jonas).not_to_contain_text("fühle")
    take(call, T, "sent", 4)
    expect(jonas).to_contain_text("Ich höre, du sagst …")
    expect(maya).not_to_contain_text("Let me see")


def test_keys_advance_undo_and_nothing_moves_by_itself(call: Call) -> None:
    call.gather()
    start(call)
    page = call.therapist.page
    page.locator("body").press("2")
    assert call.agree(2)["step"] == "request"
    page.locator("body").press("1")
    assert call.agree(3)["step"] == "send"
    page.locator("body").press("1")
    assert call.agree(4)["step"] == "mirror"
    page.locator("body").press("Space")
    assert call.agree(5)["step"] == "check"
    page.locator("body").press("z")
    assert call.agree(6)["step"] == "mirror"
    page.locator("body").press("ArrowRight")
    assert call.agree(7)["step"] == "check"


def test_undo_can_go_back_to_the_beginning(call: Call) -> None:
    call.gather()
    start(call)
    take(call, T, "request", 2)
    take(call, B, "ready", 3)
    for revision, step in ((4, "request"), (5, "centre")):
        call.therapist.press("undo")
        assert call.agree(revision)["step"] == step


def test_a_hold_shows_each_their_own_screen_and_a_time_out_parts_all(call: Call) -> None:
    call.gather()
    start(call)
    call.therapist.press("hold", seat=A.value)
    call.maya.wait_for_scene("aside")
    call.jonas.wait_for_scene("apart")
    frozen = int(call.jonas.stats()[A.value]["framesDecoded"])
    seen = int(call.maya.stats()[T.value]["framesDecoded"])
    call.maya.wait_for_picture(T, more_than=seen + 10)
    assert int(call.jonas.stats()[A.value]["framesDecoded"]) == frozen
    call.therapist.press("resume")
    call.jonas.wait_for_scene("room")
    call.jonas.wait_for_picture(A, more_than=frozen + 5)
    call.jonas.press("time-out")
    for seat in PARTNERS:
        call.people[seat].wait_for_scene("time-out")
    views = [call.people[seat].view()["timeOut"] for seat in SEATS]
    assert views[0] == views[1] == views[2]
    assert views[0]["until"] - views[0]["since"] == 20 * 60_000
    assert "timeOutBy" not in json.dumps(call.maya.view())
