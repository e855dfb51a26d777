"""What interrupts a dialogue: a hold, a time-out, the therapist's connection; proved at the pages by counters."""

from __future__ import annotations

import pytest

from server.domain.seats import SEATS
from tests.e2e.calls import Call
from tests.e2e.people import Person
from tests.e2e.test_dialogue import start, take

T, A, B = SEATS


def received(person: Person, of: str) -> tuple[int, int]:
    """Packets of sound and of picture that came from a seat so far."""
    tile = person.stats()[of]
    return int(tile["audioPackets"]), int(tile["videoPackets"])


def wait_for_packets(person: Person, of: str, more_than: tuple[int, int]) -> None:
    person.page.wait_for_function(
        """async ([seat, audio, video]) => {
            const tile = (await window.thirdchair.stats())[seat];
            return tile.audioPackets > audio && tile.videoPackets > video;
        }""",
        arg=[of, *more_than],
        polling=200,
    )


def test_in_a_hold_not_one_packet_passes_between_the_partners(call: Call) -> None:
    call.gather()
    start(call)
    call.therapist.press("hold", seat=A)
    call.maya.wait_for_scene("aside")
    call.jonas.wait_for_scene("apart")
    apart = {(person, of): received(person, of) for person, of in ((call.maya, B), (call.jonas, A), (call.jonas, T))}
    seen = received(call.maya, T)
    wait_for_packets(call.maya, T, (seen[0] + 100, seen[1] + 50))
    wait_for_packets(call.therapist, A, received(call.therapist, A))
    for (person, of), before in apart.items():
        assert received(person, of) == before
    call.therapist.press("resume")
    call.jonas.wait_for_scene("room")
    wait_for_packets(call.jonas, A, apart[call.jonas, A])
    wait_for_packets(call.maya, B, apart[call.maya, B])


@pytest.mark.parametrize("caller", [A, B])
def test_either_partner_calls_a_time_out_and_the_dialogue_waits_where_it_was(call: Call, caller: str) -> None:
    call.gather()
    start(call)
    before = take(call, T, "request", 2)
    person = call.maya if caller == A else call.jonas
    person.press("time-out")
    for other in call.people.values():
        other.wait_for_view(lambda view: view["scene"] == "time-out")
    assert len({str(it.view()["timeOut"]) for it in call.people.values()}) == 1
    quiet = {(person, of): received(person, of) for person in call.people.values() for of in SEATS if of != person.seat}
    pongs = len(call.maya.messages("pong"))
    while len(call.maya.messages("pong")) < pongs + 2:
        call.maya.page.wait_for_timeout(100)
    for (listener, of), packets in quiet.items():
        assert received(listener, of) == packets
    call.therapist.press("resume")
    shown = call.agree(4)
    assert {**shown, "revision": ""} == {**before, "revision": ""}
    call.maya.wait_for_scene("room").wait_for_picture(B)


def test_when_the_therapists_browser_dies_the_partners_are_parted_and_all_resumes(call: Call) -> None:
    call.gather()
    start(call)
    before = take(call, T, "request", 2)
    call.jonas.wait_for_picture(A)
    address = call.therapist.page.url
    call.therapist.page.close()
    for person in (call.maya, call.jonas):
        person.wait_for_scene("therapist-gone")
        assert [it["seat"] for it in person.view()["people"]] == ["therapist"]
    parted = received(call.jonas, A)
    pongs = len(call.jonas.messages("pong"))
    while len(call.jonas.messages("pong")) < pongs + 2:
        call.jonas.page.wait_for_timeout(100)
    assert received(call.jonas, A) == parted
    call.people[T] = call.therapist.on_a_new_page()
    call.therapist.open(address).wait_for_scene("room")
    for person in (call.maya, call.jonas):
        person.wait_for_scene("room")
    assert call.agree(2) == before
    wait_for_packets(call.jonas, A, parted)
    take(call, B, "ready", 3)
