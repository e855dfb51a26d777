"""A Firefox among Chromiums, at the address of the try-out: the product does not ask which browser one has."""

from __future__ import annotations

from server.domain.seats import PARTNERS, Seat, other_seats
from tests.e2e.calls import Call
from tests.e2e.firefox import FirefoxPerson

T, A, B = Seat.THERAPIST, Seat.PARTNER_A, Seat.PARTNER_B


def all_six_play(call: Call, firefox: FirefoxPerson) -> None:
    for other in other_seats(B):
        firefox.wait_for_picture(other, more_than=5).wait_for_sound(other, more_than=20)
    for seat in (T, A):
        for other in other_seats(seat):
            call.people[seat].wait_for_picture(other, more_than=5).wait_for_sound(other, more_than=20)


def test_a_firefox_takes_part_reloads_and_comes_back(call: Call) -> None:
    with FirefoxPerson(B) as firefox:
        call.therapist.enter(call.link(T))
        call.maya.enter(call.link(A))
        firefox.enter(call.link(B))
        for seat in PARTNERS:
            call.therapist.press("admit", seat=seat.value)
        call.maya.wait_for_scene("room")
        firefox.wait_for_scene("room")
        all_six_play(call, firefox)
        for other in other_seats(B):  # the camera's whole size, and not its small layer
            firefox.wait_for_picture(other, wider_than=600)
            call.people[other].page.wait_for_function(
                "() => document.querySelector('[data-tile=partner-b] video').videoWidth > 600"
            )

        call.therapist.press("start-dialogue", sender=A.value)
        call.therapist.wait_for_revision(1).press("advance", edge="request").wait_for_revision(2)
        for person in (call.therapist, call.maya, firefox):
            shown = person.wait_for_revision(2).indicator()
            assert (shown["step"], shown["sender"], shown["voice"]) == ("request", A, A)

        seen = {seat: int(call.people[seat].stats()[B.value]["framesDecoded"]) for seat in (T, A)}
        firefox.reload().wait_for_scene("room").wait_for_revision(2)
        all_six_play(call, firefox)
        for seat, frames in seen.items():
            call.people[seat].wait_for_picture(B, more_than=frames + 10)
        assert firefox.errors() == []
        for person in (call.therapist, call.maya):
            assert person.errors == []
