"""Layers of one camera: each listener gets the one that its link takes, and sees one stream without a seam."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from server.domain.seats import SEATS, Medium
from server.media import rtcp, rtp
from server.media.probe import Probe
from server.media.synthetic import LAYERED
from tests.media.conftest import EVERY_ROUTE, ROOM, Call, until
from tests.media.streams import Ear, Mouth, picture, send

THERAPIST, A, B = SEATS


def seamless(packets: Sequence[rtp.Packet]) -> bool:
    """Numbers, pictures and times go on one after the other."""
    descriptors = [rtp.parse_vp8(packet.payload) for packet in packets]
    return all(
        (
            [(packet.sequence - packets[0].sequence) & 0xFFFF for packet in packets] == list(range(len(packets))),
            [((it.picture_id or 0) - (descriptors[0].picture_id or 0)) & 0x7FFF for it in descriptors]
            == list(range(len(packets))),
            all(
                0 < (later.timestamp - earlier.timestamp) & 0xFFFFFFFF < 90_000 * 5
                for earlier, later in pairwise(packets)
            ),
        )
    )


# --- one stream ----------------------------------------------------------------------------------


def test_a_switch_waits_for_a_key_frame_and_shows_no_seam() -> None:
    mouth, ear = Mouth(), Ear()
    small, large = mouth.stream(first=1), mouth.stream(first=60_000, layer=1)
    out = ear.stream()
    small.attach(out, 0.0)
    for number in range(1, 11):
        send(small, number, picture(number, key=number == 1))
    large.expect(out, 0.1)
    send(large, 60_000, picture(7_000), timestamp=5, now=0.11)
    assert rtcp.parse(large.feedback(0.11, 0.05)) == [rtcp.KeyFrameRequest(34)]
    send(small, 11, picture(11))
    assert out.source is small

    for number in range(1, 6):
        send(large, 60_000 + number, picture(7_000 + number, key=number == 1), timestamp=5 + number * 900, now=0.12)
        send(small, 11 + number, picture(11 + number))

    assert out.source is large
    assert out.coming is None
    assert len(ear.sent) == 16
    assert seamless(ear.sent)
    assert small.targets == small.waiting == large.waiting == []


def test_what_was_to_come_can_be_called_off() -> None:
    mouth, ear = Mouth(), Ear()
    small, large = mouth.stream(first=1), mouth.stream(first=1, layer=1)
    out = ear.stream()
    small.attach(out, 0.0)
    send(small, 1, picture(1, key=True))
    large.expect(out, 0.1)
    large.expect_no_more(out)
    send(large, 1, picture(50, key=True))
    send(small, 2, picture(2))

    assert out.source is small
    assert len(ear.sent) == 2


def test_numbers_of_the_coming_layer_that_jump_do_not_touch_what_flows() -> None:
    mouth, ear = Mouth(), Ear()
    small, large = mouth.stream(first=1), mouth.stream(first=1, layer=1)
    out = ear.stream()
    small.attach(out, 0.0)
    send(small, 1, picture(1, key=True))
    large.expect(out, 0.1)
    send(large, 20_000, picture(9), now=0.11)
    send(small, 2, picture(2), now=0.12)
    send(large, 20_001, picture(10, key=True), now=0.13)

    assert len(ear.sent) == 3
    assert seamless(ear.sent)
    assert out.source is large


# --- a call --------------------------------------------------------------------------------------


def play(sender: Probe, *, small: bool = True, large: bool = True) -> None:
    if small:
        sender.send_layer("q", 100)
    if large:
        sender.send_layer("f", 1_000)


async def layers_of(listener: Probe, sender: Probe, *, small: bool = True, large: bool = True) -> set[int]:
    """The sizes of payloads that a listener gets now."""
    heard = listener.heard[sender.seat, Medium.CAMERA]
    heard.recent.clear()

    def enough() -> bool:
        play(sender, small=small, large=large)
        return len(heard.recent) >= 10

    await until(enough)
    return {len(packet.payload) for packet in heard.recent}


def estimate(listener: Probe, bitrate: int) -> None:
    listener.send_control(rtcp.remb(1, bitrate, []))


async def grow(call: Call, sender: Probe, *listeners: Probe) -> None:
    """Everybody's link is good: wait for the large layer."""
    sizes: dict[Probe, set[int]] = {listener: set() for listener in listeners}

    def full() -> bool:
        call.clock.ahead += 0.1
        play(sender)
        for listener in listeners:
            estimate(listener, 5_000_000)
            recent = listener.heard[sender.seat, Medium.CAMERA].recent
            sizes[listener] = {len(packet.payload) for packet in list(recent)[-3:]}
        return all(it == {1_000} for it in sizes.values())

    await until(full, 10)


async def layered_call(call: Call) -> tuple[Probe, Probe, Probe]:
    first, second, third = await call.join(THERAPIST, LAYERED), await call.join(A), await call.join(B)
    call.engine.set_routes(ROOM, EVERY_ROUTE)
    return first, second, third


async def test_everybody_begins_small_and_grows_without_a_seam(call: Call) -> None:
    first, second, third = await layered_call(call)
    assert await layers_of(second, first) == {100}
    await grow(call, first, second, third)

    for listener in (second, third):
        packets = list(listener.heard[THERAPIST, Medium.CAMERA].recent)
        assert {len(packet.payload) for packet in packets} == {100, 1_000}
        assert seamless(packets)
    assert len({peer.seat for room in call.engine.stats().rooms for peer in room.peers}) == 3


async def test_only_the_listener_whose_link_is_weak_gets_the_small_layer(call: Call) -> None:
    first, second, third = await layered_call(call)
    await grow(call, first, second, third)
    heard = second.heard[THERAPIST, Medium.CAMERA]
    bitrate = 4_000_000

    def fell() -> bool:
        nonlocal bitrate
        bitrate = max(60_000, bitrate * 9 // 10)
        call.clock.ahead += 0.05
        for _ in range(3):
            play(first)
        estimate(second, bitrate)
        estimate(third, 5_000_000)
        return [len(packet.payload) for packet in list(heard.recent)[-3:]] == [100] * 3

    await until(fell, 10)

    assert await layers_of(third, first) == {1_000}
    assert seamless(list(heard.recent))


async def test_a_layer_that_its_sender_stops_is_replaced_by_what_comes(call: Call) -> None:
    first, second, third = await layered_call(call)
    await grow(call, first, second, third)
    heard = second.heard[THERAPIST, Medium.CAMERA]

    def small() -> bool:
        call.clock.ahead += 0.1
        play(first, large=False)
        return [len(packet.payload) for packet in list(heard.recent)[-3:]] == [100] * 3

    await until(small)
    await grow(call, first, second)
    assert seamless(list(heard.recent))


async def test_each_layer_is_repaired_by_its_own_retransmissions(call: Call) -> None:
    first, second, third = await layered_call(call)
    await grow(call, first, second, third)
    heard = second.heard[THERAPIST, Medium.CAMERA]
    await call.settle()
    before = heard.packets
    first.lose = lambda packet: packet.sequence % 5 == 0
    for _ in range(50):
        play(first)
    first.lose = lambda packet: False
    play(first)

    await until(lambda: heard.packets == before + 51)
    packets = list(heard.recent)[-51:]
    assert {len(packet.payload) for packet in packets} == {1_000}
    assert len({packet.sequence for packet in packets}) == 51


async def test_a_cut_holds_for_every_layer(call: Call) -> None:
    first, second, third = await layered_call(call)
    await grow(call, first, second, third)
    call.engine.set_routes(ROOM, frozenset(route for route in EVERY_ROUTE if route.listener is not A))
    await call.settle()
    heard = second.heard[THERAPIST, Medium.CAMERA]
    before = heard.packets
    for _ in range(30):
        call.clock.ahead += 0.1
        play(first)
        await call.settle()

    assert heard.packets == before
    assert await layers_of(third, first) == {1_000}
    call.engine.set_routes(ROOM, EVERY_ROUTE)
    assert await layers_of(second, first) <= {100, 1_000}
    assert seamless(list(heard.recent))


async def test_packets_of_a_layer_that_nobody_named_are_dropped(call: Call) -> None:
    first, second, _ = await layered_call(call)
    first.layers["q"]._layer = b"x"
    first.send_layer("q", 100)
    await until(lambda: call.engine.stats().dropped.get("unknown-ssrc") == 1)

    assert second.heard[THERAPIST, Medium.CAMERA].packets == 0
