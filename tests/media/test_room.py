"""Connections of a room and the routes between them."""

from __future__ import annotations

import pytest

from server.domain.seats import NO_ROUTES, SEATS, Medium, Route, Seat
from server.media.synthetic import FIREFOX, PLAIN
from server.ports import PathState
from tests.media.conftest import EVERY_ROUTE, ROOM, Call, until

THERAPIST, A, B = SEATS


async def test_three_browsers_of_three_kinds_hear_and_see_each_other(call: Call) -> None:
    first, second, third = await call.join(THERAPIST), await call.join(A, FIREFOX), await call.join(B, PLAIN)
    call.engine.set_routes(ROOM, EVERY_ROUTE)
    for _ in range(50):
        for probe in (first, second, third):
            probe.send_media(Medium.CAMERA, 1_100)
            probe.send_media(Medium.MIC, 120)

    for probe in (first, second, third):
        for other in SEATS:
            if other is not probe.seat:
                await until(lambda p=probe, o=other: p.heard[o, Medium.CAMERA].packets == 50)  # type: ignore[misc]
                await until(lambda p=probe, o=other: p.heard[o, Medium.MIC].packets == 50)  # type: ignore[misc]
                assert probe.heard[other, Medium.CAMERA].key_frames >= 1
                assert probe.heard[other, Medium.SCREEN].packets == 0
    assert {packet.payload_type for packet in second.heard[B, Medium.CAMERA].recent} == {120}
    assert {packet.payload_type for packet in third.heard[A, Medium.MIC].recent} == {111}


async def test_without_a_route_not_one_packet_passes(call: Call) -> None:
    probes = [await call.join(seat) for seat in SEATS]
    for _ in range(30):
        for probe in probes:
            probe.send_media(Medium.CAMERA, 500)
            probe.send_media(Medium.MIC, 100)
    await until(lambda: all(peer.packets_in == 60 for peer in call.engine.stats().rooms[0].peers))
    await call.settle()

    assert sum(link.packets for link in call.engine.stats().rooms[0].links) == 0
    assert all(heard.packets == 0 for probe in probes for heard in probe.heard.values())


@pytest.mark.parametrize("medium", [Medium.MIC, Medium.CAMERA])
async def test_a_cut_is_in_force_at_once_and_for_this_listener_alone(call: Call, medium: Medium) -> None:
    first, second, third = await call.three()

    for _ in range(20):
        first.send_media(medium, 300)
    call.engine.set_routes(ROOM, EVERY_ROUTE - {Route(THERAPIST, A, medium)})
    passed = call.packets(THERAPIST, A, medium)
    for _ in range(50):
        first.send_media(medium, 300)
    await until(lambda: third.heard[THERAPIST, medium].packets >= 71)
    await call.settle()

    assert call.packets(THERAPIST, A, medium) == passed
    assert second.heard[THERAPIST, medium].packets == passed
    assert second.heard[THERAPIST, medium].byes == 1
    assert third.heard[THERAPIST, medium].byes == 0
    assert call.packets(B, A, Medium.MIC) == 1


async def test_a_route_that_opens_again_begins_with_a_key_frame_and_no_seam(call: Call) -> None:
    first, second, _ = await call.three()
    heard = second.heard[THERAPIST, Medium.CAMERA]
    call.engine.set_routes(ROOM, NO_ROUTES)
    for _ in range(30):
        first.send_media(Medium.CAMERA, 300)
    await call.settle()
    assert heard.packets == 1
    requests = first.streams[Medium.CAMERA].key_requests

    call.engine.set_routes(ROOM, EVERY_ROUTE)

    await until(lambda: first.streams[Medium.CAMERA].key_requests == requests + 1)
    for _ in range(3):
        first.send_media(Medium.CAMERA, 300)
    await until(lambda: heard.packets == 4)
    assert heard.key_frames == 2
    numbers = [packet.sequence for packet in heard.recent]
    assert numbers == [(numbers[0] + step) & 0xFFFF for step in range(4)]


async def test_routes_given_before_anybody_comes_hold_when_they_do(call: Call) -> None:
    call.engine.set_routes(ROOM, frozenset({Route(A, THERAPIST, Medium.MIC)}))
    first, second, third = [await call.join(seat) for seat in SEATS]
    for probe in (first, second, third):
        for _ in range(10):
            probe.send_media(Medium.MIC, 100)
    await until(lambda: first.heard[A, Medium.MIC].packets == 10)
    await call.settle()

    assert sum(link.packets for link in call.engine.stats().rooms[0].links) == 10


async def test_rooms_do_not_hear_each_other(call: Call) -> None:
    await call.three()
    stranger = await call.join(A, room="elsewhere")
    call.engine.set_routes("elsewhere", EVERY_ROUTE)
    for _ in range(20):
        call.probes[0].send_media(Medium.MIC, 100)
        stranger.send_media(Medium.MIC, 100)
    await until(lambda: call.probes[1].heard[THERAPIST, Medium.MIC].packets == 21)
    await call.settle()

    assert all(heard.packets == 0 for heard in stranger.heard.values())
    assert call.probes[0].heard[A, Medium.MIC].packets == 1


async def test_a_new_offer_takes_the_seat_at_once(call: Call) -> None:
    first, second, third = await call.three()
    await call.join(A)

    await until(second.ended.is_set)
    again = call.probes[-1]
    for _ in range(5):
        again.send_media(Medium.MIC, 100)
        again.send_media(Medium.CAMERA, 300)
        second.send_media(Medium.MIC, 100)
    await until(lambda: first.heard[A, Medium.CAMERA].packets == 6)
    await until(lambda: third.heard[A, Medium.MIC].packets == 6)
    for key in ((A, Medium.CAMERA), (A, Medium.MIC)):
        numbers = [packet.sequence for packet in first.heard[key].recent]
        assert numbers == [(numbers[0] + step) & 0xFFFF for step in range(6)], "the new publisher makes no seam"
    assert call.engine.stats().peers == 3


async def test_the_one_who_comes_back_sees_the_others_soon(call: Call) -> None:
    first, _, third = await call.three()
    before = [probe.streams[Medium.CAMERA].key_requests for probe in (first, third)]
    again = await call.join(A)
    await until(
        lambda: [probe.streams[Medium.CAMERA].key_requests for probe in (first, third)] == [n + 1 for n in before]
    )
    for probe in (first, third):
        probe.send_media(Medium.CAMERA, 300)
    await until(lambda: again.heard[THERAPIST, Medium.CAMERA].key_frames and again.heard[B, Medium.CAMERA].key_frames)


async def test_whoever_leaves_is_gone_for_the_others(call: Call) -> None:
    first, second, _ = await call.three()
    await second.close()

    await until(lambda: first.heard[A, Medium.CAMERA].byes == 1 and first.heard[A, Medium.MIC].byes == 1)
    assert call.paths[-1] == (A, PathState.GONE)
    assert call.engine.stats().peers == 2


async def test_disconnecting_and_closing_are_final_and_idempotent(call: Call) -> None:
    first, second, third = await call.three()
    await call.engine.disconnect(ROOM, A)
    await call.engine.disconnect(ROOM, A)
    await call.engine.disconnect("unknown", A)
    await until(second.ended.is_set)
    assert (A, PathState.GONE) in call.paths

    await call.engine.close_room(ROOM)
    await call.engine.close_room(ROOM)
    await until(lambda: first.ended.is_set() and third.ended.is_set())
    assert call.engine.stats().rooms == ()
    first.send_media(Medium.MIC, 100)
    await until(lambda: call.engine.stats().dropped.get("stranger", 0) >= 1)


async def test_a_path_goes_up_stalls_comes_back_and_goes(call: Call) -> None:
    first, *_ = await call.three()
    assert [state for seat, state in call.paths if seat is THERAPIST] == [PathState.CONNECTING, PathState.UP]

    call.clock.ahead += 2
    await until(lambda: (THERAPIST, PathState.STALLED) in call.paths)
    first.send_media(Medium.MIC, 100)
    await until(lambda: call.paths[-1] == (THERAPIST, PathState.UP))
    call.clock.ahead += 6.5
    await until(lambda: call.paths[-3:].count((THERAPIST, PathState.GONE)) == 1)
    first.send_media(Medium.MIC, 100)
    await until(lambda: call.paths[-1] == (THERAPIST, PathState.UP))


async def test_nothing_is_sent_half_a_minute_after_the_last_check(call: Call) -> None:
    first, second, third = await call.three()
    for _ in range(7):
        call.clock.ahead += 5
        for probe in (first, third):
            probe.check()
        second.send_media(Medium.MIC, 100)  # media keeps a path alive, but is no consent
        await call.settle()

    await until(lambda: call.engine.stats().peers == 2)
    heard = second.datagrams
    for _ in range(20):
        first.send_media(Medium.MIC, 100)
    await until(lambda: third.heard[THERAPIST, Medium.MIC].packets == 21)
    assert second.datagrams == heard
    assert not second.ended.is_set(), "no goodbye either"
    assert call.paths[-1] == (A, PathState.GONE)


async def test_voices_are_told_by_seat(call: Call) -> None:
    first, *_ = await call.three()
    for _ in range(6):
        first.send_media(Medium.MIC, 100, level=20)
        call.clock.ahead += 0.02
        await call.settle()
    assert call.voices == [(THERAPIST, True)]
    call.clock.ahead += 1

    await until(lambda: call.voices == [(THERAPIST, True), (THERAPIST, False)])
    assert Seat.THERAPIST in {peer.seat for peer in call.engine.stats().rooms[0].peers}
