"""Who hears and sees whom, over every combination of seats and interludes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.domain.dialogue import Hold, Interlude, Pause, TimeOut
from server.domain.plan import plan
from server.domain.seats import PARTNERS, SEATS, Medium, Occupant, Presence, Route, Seat
from tests.playbook import A, B, T

occupants = st.fixed_dictionaries(
    {
        seat: st.builds(
            Occupant,
            name=st.just("x"),
            language=st.just("en"),
            presence=st.sampled_from(Presence),
            connected=st.booleans(),
            mic=st.booleans(),
            camera=st.booleans(),
        )
        for seat in SEATS
    }
)
interludes = st.one_of(
    st.none(),
    st.just(Pause()),
    st.builds(Hold, seat=st.sampled_from(PARTNERS), since=st.just(0)),
    st.builds(TimeOut, by=st.sampled_from(SEATS), since=st.just(0), until=st.just(1)),
)


@given(occupants, interludes, st.booleans())
def test_nobody_sends_or_hears_who_is_not_admitted(
    seats: dict[Seat, Occupant], interlude: Interlude | None, parted: bool
) -> None:
    for route in plan(seats, interlude, parted=parted):
        assert seats[route.source].admitted
        assert seats[route.listener].admitted
        assert route.source is not route.listener
        assert seats[route.source].mic if route.medium is Medium.MIC else seats[route.source].camera


@given(occupants, interludes, st.booleans())
def test_partners_are_never_alone(seats: dict[Seat, Occupant], interlude: Interlude | None, parted: bool) -> None:
    routes = plan(seats, interlude, parted=parted)
    apart = parted or not seats[T].admitted or isinstance(interlude, Hold | TimeOut)
    if apart:
        assert not any({route.source, route.listener} == set(PARTNERS) for route in routes)
    if parted or not seats[T].admitted or isinstance(interlude, TimeOut):
        assert not routes


@given(occupants, interludes, st.booleans())
def test_a_hold_connects_only_the_therapist_and_the_one_held(
    seats: dict[Seat, Occupant], interlude: Interlude | None, parted: bool
) -> None:
    routes = plan(seats, interlude, parted=parted)
    if isinstance(interlude, Hold):
        assert all({route.source, route.listener} == {T, interlude.seat} for route in routes)


def test_all_three_in_the_room_hear_and_see_one_another() -> None:
    seats = {seat: Occupant("x", "en", Presence.ADMITTED) for seat in SEATS}
    routes = plan(seats, None, parted=False)
    assert len(routes) == 12
    assert Route(A, B, Medium.CAMERA) in routes
    assert plan(seats, Pause(), parted=False) == routes
    assert len(plan(seats, Hold(A, 0), parted=False)) == 4
