"""The server is killed in mid-dialogue; the three pages come back by themselves."""

from __future__ import annotations

from server.domain.seats import PARTNERS, SEATS, other_seats
from tests.e2e.calls import Call
from tests.e2e.test_dialogue import start, take

T, A, B = SEATS


def test_after_a_crash_all_three_are_back_where_they_were(call: Call) -> None:
    call.gather()
    start(call)
    before = {}
    for revision, (by, edge) in enumerate(((T, "request"), (B, "ready"), (T, "sent"), (T, "mirrored"), (A, "most")), 2):
        before = take(call, by, edge, revision)
    undoable = call.therapist.view()["lead"]["undoable"]
    loops = call.therapist.view()["lead"]["steps"]
    call.server.kill()
    frames = {seat: {other: 0 for other in other_seats(seat)} for seat in SEATS}
    for seat, tiles in frames.items():
        for other in tiles:
            tiles[other] = int(call.people[seat].stats()[other.value]["framesDecoded"])
    views = {seat: len(call.people[seat].messages("view")) for seat in SEATS}
    call.server.start()
    for seat, person in call.people.items():
        while len(person.messages("view")) == views[seat]:
            person.page.wait_for_timeout(50)
    assert call.agree(6) == before
    lead = call.therapist.view()["lead"]
    assert (lead["undoable"], lead["steps"]) == (undoable, loops)
    for seat, tiles in frames.items():
        for other in tiles:
            call.people[seat].wait_for_picture(other, more_than=10)
    call.therapist.press("undo")
    assert call.agree(7)["step"] == "check"
    call.therapist.press("advance", edge="got-it")
    assert call.agree(8)["step"] == "more"


def test_a_crash_before_admission_keeps_everybody_waiting(call: Call) -> None:
    call.therapist.enter(call.link(T))
    for seat in PARTNERS:
        call.people[seat].enter(call.link(seat)).wait_for_scene("waiting")
        call.therapist.button("admit", seat=seat.value).wait_for()
    call.server.kill()
    call.server.start()
    for seat in PARTNERS:
        call.therapist.press("admit", seat=seat.value)
        call.people[seat].wait_for_scene("room")
    call.maya.wait_for_picture(B)


def test_a_graceful_stop_tells_the_pages_and_is_quick(call: Call) -> None:
    call.gather()
    assert call.server.stop() < 5
    assert call.maya.wait_for_message("bye").messages("bye")[-1]["code"] == "drain"
    call.server.start()
    call.maya.wait_for_picture(B, more_than=10)
