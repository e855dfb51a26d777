"""Every script of the product, driven through to its end by the buttons of three real pages."""

from __future__ import annotations

import pytest

from server.domain.seats import SEATS, Seat, other_partner
from tests.domain.test_shipped_scripts import WALKS
from tests.e2e.calls import Call

T, A, B = SEATS
HALVES = sorted(WALKS)[::2], sorted(WALKS)[1::2]


@pytest.mark.parametrize("scripts", HALVES, ids=["some", "others"])
@pytest.mark.timeout(400)
def test_each_script_is_walked_to_its_end_and_all_three_agree_at_every_step(call: Call, scripts: list[str]) -> None:
    call.gather()
    revision = 0
    for script in scripts:
        call.therapist.page.locator('select[name="script"]').select_option(script)
        call.therapist.press("start-dialogue", script=script, sender=A)
        revision += 1
        shown = call.agree(revision)
        assert shown["script"] == script
        for word in WALKS[script][0].split():
            who, _, edge = word.rpartition(".")
            press(call, who, edge, Seat(shown["sender"]))
            revision += 1
            shown = call.agree(revision)
        assert shown["step"] == "", f"{script} has not come to its end"
    for person in call.people.values():
        assert person.errors == []


def press(call: Call, who: str, edge: str, sender: Seat) -> None:
    """`s` confirms as the sender, `r` as the receiver; the therapist takes all else."""
    if who:
        call.people[sender if who == "s" else other_partner(sender)].press("confirm", edge=edge)
        return
    several = len(call.therapist.view()["lead"]["ways"]) > 1
    call.therapist.press("advance", **({"edge": edge} if several else {}))
