from __future__ import annotations

import pytest

from server.rooms.preview import preview
from tests.playbook import shipped_editions

NAMES = sorted(shipped_editions())


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_shown_as_both_partners_see_it(name: str) -> None:
    edition = shipped_editions()[name]
    steps = preview(edition, "de")

    assert [shown.step for shown in steps] == [step.id for step in edition.script.steps]
    for shown, step in zip(steps, edition.script.steps, strict=True):
        assert shown.name == step.name["de"]
        for seat, view in (("partner-a", shown.sender), ("partner-b", shown.receiver)):
            assert (view.seat, view.scene, view.language) == (seat, "room", "de")
            assert view.indicator is not None
            assert view.indicator.step == step.id
        assert len(shown.ways) == len(step.edges)


def test_ways_say_whose_button_they_are_and_where_they_lead() -> None:
    steps = {shown.step: shown for shown in preview(shipped_editions()["three-step"], "en")}

    check = steps["check"]
    assert check.sender.indicator is not None
    assert len(check.sender.indicator.confirms) == sum(way.by == "sender" for way in check.ways) > 0
    assert {way.to for way in check.ways} - {None} <= {shown.name for shown in steps.values()}
    assert None in {way.to for way in steps["harvest"].ways}
