"""The call itself: everybody sees and hears everybody, and nobody loses a picture for another's reload."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server.domain.seats import PARTNERS, SEATS, Seat, other_seats
from tests.e2e.calls import Call
from tests.e2e.cameras import COLOURS

A = Seat.PARTNER_A
LOST = 3_000
"""Milliseconds without a new picture after which it is lost; three browsers on a busy machine may stumble."""


def remote_tiles() -> list[tuple[Seat, Seat]]:
    """(who looks, at whom): the six remote tiles of a call."""
    return [(seat, other) for seat in SEATS for other in other_seats(seat)]


@pytest.mark.parametrize(("width", "height"), [(640, 360), (1280, 720)])
def test_all_six_remote_tiles_show_the_right_person_with_sound(
    seat_people: Callable[..., Call], width: int, height: int
) -> None:
    call = seat_people(width, height).gather()
    for seat, other in remote_tiles():
        call.people[seat].wait_for_picture(other, more_than=5, width=width).wait_for_sound(other, more_than=20)
    for seat, other in remote_tiles():
        call.people[seat].wait_for_colour(other, COLOURS[other])
    for person in call.people.values():
        assert person.errors == []


def test_nobody_loses_the_picture_when_a_partner_reloads(call: Call) -> None:
    call.gather()
    for seat, other in remote_tiles():
        call.people[seat].wait_for_picture(other)
    before = {
        (seat, other): call.people[seat].stats()[other.value]["framesDecoded"]
        for seat, other in remote_tiles()
        if A not in (seat, other)
    }
    for seat, other in before:
        call.people[seat].watch_gaps(other)
    sent = len(call.maya.sent)
    call.maya.page.reload()
    for seat, other in remote_tiles():
        frames = int(before.get((seat, other), 0))
        call.people[seat].wait_for_picture(other, more_than=frames + 10 if frames else 5)
        call.people[seat].wait_for_sound(other)
    for seat, other in before:
        assert call.people[seat].longest_gap(other) < LOST
    # devices that are only not open yet are not off: a second reload would believe it
    assert not [it for it in call.maya.sent[sent:] if '"set-devices"' in it]


def test_microphone_and_camera_can_be_turned_off_and_on(call: Call) -> None:
    call.gather()
    call.jonas.wait_for_picture(A, more_than=5)
    call.maya.press("camera").press("mic")
    call.jonas.wait_for_view(
        lambda view: any(it["seat"] == A and not it["camera"] and not it["mic"] for it in view["people"])
    )
    stopped = call.jonas.stats()[A.value]
    call.maya.press("camera").press("mic")
    call.jonas.wait_for_picture(A, more_than=int(stopped["framesDecoded"]) + 5)
    call.jonas.wait_for_sound(A, more_than=int(stopped["audioPackets"]) + 10)


def test_leaving_closes_for_one_and_the_others_go_on(call: Call) -> None:
    call.gather()
    call.maya.press_and_mean_it("leave")
    call.maya.wait_for_scene("left")
    call.maya.page.wait_for_function(
        "() => window.ownTracks.length && window.ownTracks.every(it => it.readyState === 'ended')"
    )
    call.maya.page.wait_for_function(
        "() => [...document.querySelectorAll('[data-tile] video')].every(it => !it.srcObject)"
    )
    for person, other in ((call.therapist, Seat.PARTNER_B), (call.jonas, Seat.THERAPIST)):
        frames = int(person.stats()[other.value]["framesDecoded"])
        person.wait_for_picture(other, more_than=frames + 10)
    assert [it["seat"] for it in call.jonas.view()["people"]] == ["therapist"]


def test_three_tabs_of_one_browser_work_at_once_and_survive_reloads(call: Call) -> None:
    """The try-out as most people first see it: one browser, three tabs, one cookie jar."""
    context = call.maya.context
    pages = {seat: (call.maya.page if seat is A else context.new_page()) for seat in SEATS}
    for seat, page in pages.items():
        page.goto(call.link(seat))
    for page in pages.values():
        page.locator('button[data-action="enter"]').click()
    for seat in PARTNERS:
        pages[Seat.THERAPIST].locator(f'button[data-action="admit"][data-seat="{seat}"]').click()
    for page in pages.values():
        page.locator('[data-scene="room"]').first.wait_for()
        page.reload()
    for page in pages.values():
        page.locator('[data-scene="room"]').first.wait_for()


def test_whoever_left_can_come_back_and_waits_again(call: Call) -> None:
    call.gather()
    call.maya.press_and_mean_it("leave").wait_for_scene("left")
    call.maya.press("enter").wait_for_scene("waiting")
    call.therapist.press("admit", seat=A.value)
    call.maya.wait_for_scene("room").wait_for_picture(Seat.PARTNER_B)
    call.jonas.wait_for_picture(A)
