"""One connection: what it is told, what it may say, and where it is."""

from __future__ import annotations

import contextlib
import random

import pytest

from server.domain.seats import SEATS, Medium
from server.media import extensions, ice, rtp
from server.media.probe import Probe
from server.media.secure import SrtpError
from server.media.synthetic import CHROMIUM, FIREFOX, PLAIN, Dialect
from server.ports import PathState
from tests.media.conftest import EVERY_ROUTE, ROOM, Call, until

THERAPIST, A, B = SEATS


# --- feedback ------------------------------------------------------------------------------------


async def test_the_sender_is_told_what_arrived_of_all_its_streams(call: Call) -> None:
    first, *_ = await call.three()
    first.lose = lambda packet: packet.sequence % 10 == 0
    for _ in range(60):
        first.send_media(Medium.CAMERA, 800)
        first.send_media(Medium.MIC, 100)

    def told() -> dict[int, int | None]:
        return {number: when for message in first.feedback for number, when in message.items()}

    await until(lambda: len(told()) >= 122)
    assert 9 <= sum(when is None for when in told().values()) <= 14


@pytest.mark.parametrize("dialect", [CHROMIUM, FIREFOX, PLAIN], ids=["chromium", "firefox", "without rtx"])
async def test_what_the_uplink_lost_is_asked_for_and_reaches_everybody(call: Call, dialect: Dialect) -> None:
    first, second = await call.join(THERAPIST, dialect), await call.join(A)
    call.engine.set_routes(ROOM, EVERY_ROUTE)
    first.send_media(Medium.CAMERA, 300)
    heard = second.heard[THERAPIST, Medium.CAMERA]
    await until(lambda: heard.packets == 1)
    sent = 0

    def lost(packet: rtp.Packet) -> bool:
        return packet.sequence % 7 == 0

    first.lose = lost
    for _ in range(100):
        first.send_media(Medium.CAMERA, 300)
        sent += 1
    first.lose = lambda packet: False
    first.send_media(Medium.CAMERA, 300)

    await until(lambda: heard.packets == sent + 2)
    assert len(first.nacked) >= 14
    numbers = sorted((packet.sequence - heard.recent[0].sequence) & 0xFFFF for packet in heard.recent)
    assert numbers == list(range(sent + 2))


# --- paths ---------------------------------------------------------------------------------------


async def test_a_nominating_check_moves_the_path_at_once(call: Call) -> None:
    first, second, _ = await call.three()
    second.rebind()
    second.check(nominate=True)
    await call.settle()

    first.send_media(Medium.MIC, 100)

    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 2)
    assert call.engine.stats().path_moves == 1


async def test_a_check_that_does_not_nominate_proves_an_address_and_moves_nothing(call: Call) -> None:
    first, second, _ = await call.three()
    second.rebind()
    second.check(nominate=False)
    await call.settle()
    for _ in range(5):
        first.send_media(Medium.MIC, 100)
    await call.settle()
    assert second.heard[THERAPIST, Medium.MIC].packets == 1

    call.clock.ahead += 0.6  # the old path has been silent
    second.send_media(Medium.MIC, 100)
    await until(lambda: call.engine.stats().path_moves == 1)
    first.send_media(Medium.MIC, 100)
    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 2)


async def test_media_from_an_unknown_address_moves_the_path_when_the_old_one_is_silent(call: Call) -> None:
    first, second, _ = await call.three()
    second.rebind()
    second.send_media(Medium.MIC, 100)
    await call.settle()
    assert call.engine.stats().path_moves == 0
    assert call.engine.stats().dropped["stranger"] == 1

    call.clock.ahead += 0.6
    second.send_media(Medium.MIC, 100)

    await until(lambda: call.engine.stats().path_moves == 1)
    first.send_media(Medium.MIC, 100)
    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 2)
    await until(lambda: first.heard[A, Medium.MIC].packets == 2)


async def test_captured_media_from_elsewhere_moves_nothing(call: Call) -> None:
    first, second, third = await call.three()
    packet = second.make(Medium.MIC, 100)
    captured = second.protected(packet)
    second.send_raw(captured)
    await call.settle()
    call.clock.ahead += 0.6

    third._link.send(captured, ("127.0.0.1", call.engine.port))
    stranger = Probe(B)
    call.probes.append(stranger)
    stranger._link.send(captured, ("127.0.0.1", call.engine.port))
    await call.settle()

    assert call.engine.stats().path_moves == 0
    first.send_media(Medium.MIC, 100)
    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 2)


async def test_a_captured_check_from_elsewhere_is_not_even_replied_to(call: Call) -> None:
    first, second, third = await call.three()
    transaction = bytes(range(12))
    check = ice.check(second._remote, "browser", nominate=True, transaction=transaction)
    second.send_raw(check)
    await call.settle()
    sent = call.engine.stats().packets_out

    third._link.send(check, ("127.0.0.1", call.engine.port))
    await until(lambda: call.engine.stats().dropped.get("check-replayed") == 1)

    assert call.engine.stats().path_moves == 0
    first.send_media(Medium.MIC, 100)
    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 2)
    assert call.engine.stats().packets_out >= sent


async def test_an_address_that_went_over_to_another_peer_serves_that_one(call: Call) -> None:
    """A router gave one's old port to the other: the table still says the first."""
    first, second, third = await call.three()
    link = call.engine._sockets.udp[0]
    link.owners[third.address] = link.owners[second.address]
    call.clock.ahead += 0.6

    third.send_media(Medium.MIC, 100)

    await until(lambda: first.heard[B, Medium.MIC].packets == 2)
    second.send_media(Medium.MIC, 100)
    await until(lambda: first.heard[A, Medium.MIC].packets == 2)


# --- hostile peers with valid keys ---------------------------------------------------------------


def hostile(probe: Probe, dice: random.Random) -> None:
    """Octets that no parser should meet, well encrypted."""
    camera = probe.streams[Medium.CAMERA]
    ssrc = dice.choice([camera.ssrc, camera.rtx_ssrc, dice.getrandbits(32)])
    payload_type = dice.choice([96, 97, 111, dice.randrange(128)])
    head = bytes((0x80 | dice.randrange(64), payload_type)) + dice.randbytes(6) + ssrc.to_bytes(4, "big")
    media = head + dice.randbytes(dice.randrange(60))
    control = bytes((0x80 | dice.randrange(64), dice.choice([200, 201, 202, 203, 204, 205, 206, 207])))
    control += dice.randrange(8).to_bytes(2, "big") + dice.randbytes(dice.randrange(60))
    for data, protect in ((media, probe.protected), (control, None)):
        with contextlib.suppress(*SrtpError):  # libsrtp refuses to encrypt some of it
            if protect is None:
                probe.send_control(data)
            else:
                probe.send_raw(protect(data))


async def test_malformed_media_and_control_disturb_nobody(call: Call) -> None:
    first, second, third = await call.three()
    dice = random.Random(7)  # noqa: S311
    heard = third.heard[THERAPIST, Medium.MIC]
    for number in range(40):
        for _ in range(10):
            hostile(second, dice)
        first.send_media(Medium.MIC, 100)
        await until(lambda n=number: heard.packets == n + 2)  # type: ignore[misc]

    stats = call.engine.stats()
    assert stats.peers == 3
    assert stats.dropped["malformed"] > 50
    assert "bug" not in stats.dropped
    assert all(state is not PathState.GONE for _, state in call.paths)


async def test_unknown_ssrcs_are_dropped_and_the_table_is_bounded(call: Call) -> None:
    first, second, _ = await call.three()
    block = extensions.build({4: b"0"})
    for ssrc in range(1_000, 1_200):
        second.send_raw(second.protected(rtp.build(111, 1, 1, ssrc, b"opus", extensions=block)))
        second.send_raw(second.protected(rtp.build(111, 1, 1, ssrc + 5_000, b"opus")))
    await until(lambda: call.engine.stats().dropped.get("unknown-ssrc", 0) >= 370)

    assert len(call.engine._by_ssrc) < 50
    first.send_media(Medium.MIC, 100)
    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 2)


async def test_a_flood_from_one_leaves_the_others_their_call(call: Call) -> None:
    first, second, third = await call.three()
    packet = second.protected(second.make(Medium.MIC, 20))
    call.clock.held = call.clock()  # all of it in one instant
    for _ in range(20):
        for _ in range(300):
            second.send_raw(packet)
        first.send_media(Medium.MIC, 100)
        await call.settle()

    await until(lambda: third.heard[THERAPIST, Medium.MIC].packets == 21)
    assert call.engine.stats().dropped["flood"] > 1_000


async def test_media_before_the_handshake_is_not_kept(call: Call) -> None:
    probe = Probe(THERAPIST)
    call.probes.append(probe)
    answer = await call.engine.connect(ROOM, THERAPIST, probe.offer())
    probe._remote = ice.Credentials(
        answer.split("a=ice-ufrag:")[1].split()[0], answer.split("a=ice-pwd:")[1].split()[0]
    )
    probe._target = ("127.0.0.1", call.engine.port)
    probe.check()
    for _ in range(200):
        probe.send_raw(b"\x80\x60" + bytes(1_000))
        probe.send_raw(b"\x80\xc8" + bytes(100))
    await until(lambda: call.engine.stats().dropped.get("early") == 400)

    await probe.connect(answer)
    assert call.paths[-1] == (THERAPIST, PathState.UP)


# --- long calls ----------------------------------------------------------------------------------


async def test_numbers_may_wrap_on_both_sides_of_the_host(call: Call) -> None:
    first, second = await call.join(THERAPIST), await call.join(A)
    first.streams[Medium.MIC].sequence = 65_400
    call.engine._rooms[ROOM].peers[A].outgoing[THERAPIST, Medium.MIC]._last_sequence = 65_300
    call.engine.set_routes(ROOM, EVERY_ROUTE)
    heard = second.heard[THERAPIST, Medium.MIC]
    for number in range(500):
        first.send_media(Medium.MIC, 20)
        if number % 50 == 49:
            await until(lambda n=number: heard.packets == n + 1)  # type: ignore[misc]

    assert [packet.sequence for packet in heard.recent] == [(65_301 + step) & 0xFFFF for step in range(500)]


async def test_too_many_checks_of_a_peer_are_dropped_and_its_call_goes_on(call: Call) -> None:
    first, second, _ = await call.three()
    call.clock.held = call.clock()
    for _ in range(10):
        for _ in range(20):
            second.check()
        await call.settle()
    first.send_media(Medium.MIC, 100)

    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 2)
    assert call.engine.stats().dropped["check-rate"] >= 140


async def test_who_speaks_and_leaves_speaks_no_more(call: Call) -> None:
    first, *_ = await call.three()
    for _ in range(6):
        first.send_media(Medium.MIC, 100, level=20)
        call.clock.ahead += 0.02
        await call.settle()
    await first.close()

    await until(lambda: call.voices == [(THERAPIST, True), (THERAPIST, False)])
