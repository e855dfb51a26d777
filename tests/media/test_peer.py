"""One connection: what it is told, what it may say, and where it is."""

from __future__ import annotations

import contextlib
import random

import pytest

from server.domain.seats import SEATS, Medium
from server.media import extensions, ice, rtcp, rtp
from server.media.probe import CHROMIUM, FIREFOX, PLAIN, Dialect, Probe
from server.media.secure import SrtpError
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


async def test_reports_speak_of_each_stream(call: Call) -> None:
    first, second, _ = await call.three()
    for _ in range(20):
        first.send_media(Medium.MIC, 100)
    first.send_report(Medium.MIC)
    first.send_report(Medium.CAMERA)
    ssrcs = {first.streams[medium].ssrc for medium in (Medium.MIC, Medium.CAMERA)}

    await until(lambda: ssrcs <= {block.ssrc for block in first.reports if block.last_report})
    assert {block.lost for block in first.reports} == {0}
    heard = second.heard[THERAPIST, Medium.MIC]
    await until(lambda: heard.reports)
    report = heard.reports[-1]
    assert report.ssrc == second.ssrc_of(THERAPIST, Medium.MIC) != first.streams[Medium.MIC].ssrc
    assert (report.packets, report.octets) == (21, 2_100)
    newest = heard.recent[-1].timestamp
    assert 0 <= (report.timestamp - newest) & 0xFFFFFFFF < 3 * 48_000


async def test_the_listener_s_report_shows_the_round_trip(call: Call) -> None:
    first, second, _ = await call.three()
    first.send_report(Medium.MIC)
    heard = second.heard[THERAPIST, Medium.MIC]
    await until(lambda: heard.reports)
    report = heard.reports[-1]
    block = rtcp.ReportBlock(report.ssrc, 0, 0, 1, 0, report.ntp >> 16 & 0xFFFFFFFF, 0)

    second.send_control(rtcp.receiver_report(rtcp.ReceiverReport(9, (block,))))

    def trips() -> list[float | None]:
        return [peer.round_trip for peer in call.engine.stats().rooms[0].peers if peer.seat is A]

    await until(lambda: trips() != [None])
    assert 0 <= (trips()[0] or 0) < 1


async def test_the_listener_s_own_estimate_is_kept(call: Call) -> None:
    _, second, _ = await call.three()
    second.send_control(rtcp.remb(9, 1_250_000, [second.ssrc_of(THERAPIST, Medium.CAMERA)]))

    def estimates() -> dict[str, int | None]:
        return {peer.seat: peer.estimate for peer in call.engine.stats().rooms[0].peers}

    await until(lambda: estimates()[A] is not None)
    assert 1_249_000 < (estimates()[A] or 0) <= 1_250_000
    assert estimates()[B] is None


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


async def test_what_the_downlink_lost_is_repeated_from_the_cache(call: Call) -> None:
    first, second, _ = await call.three()
    heard = second.heard[THERAPIST, Medium.CAMERA]
    for _ in range(40):
        first.send_media(Medium.CAMERA, 300)
    await until(lambda: heard.packets == 41)
    lost = [packet.sequence for packet in list(heard.recent)[10:15]]

    second.send_control(rtcp.nack(9, second.ssrc_of(THERAPIST, Medium.CAMERA), lost))

    await until(lambda: heard.repaired == 5)
    repeated = [int.from_bytes(packet.payload[:2], "big") for packet in list(heard.recent)[-5:]]
    assert repeated == lost
    assert call.engine.stats().retransmitted == 5
    assert first.nacked == []


async def test_a_storm_of_requests_reaches_the_sender_as_two_a_second(call: Call) -> None:
    first, second, third = await call.three()
    begin, before = call.clock(), first.streams[Medium.CAMERA].key_requests
    for _ in range(100):
        for probe in (second, third):
            probe.send_control(rtcp.picture_loss(9, probe.ssrc_of(THERAPIST, Medium.CAMERA)))
        first.send_media(Medium.CAMERA, 100)
        await call.settle()
        if call.clock() - begin > 1.1:
            break

    passed = call.clock() - begin
    assert 1 <= first.streams[Medium.CAMERA].key_requests - before <= 2 * passed + 1


async def test_who_hears_nothing_can_ask_for_nothing(call: Call) -> None:
    first, second, _ = await call.three()
    call.engine.set_routes(ROOM, frozenset())
    before = first.streams[Medium.CAMERA].key_requests
    for _ in range(10):
        second.send_control(rtcp.picture_loss(9, second.ssrc_of(THERAPIST, Medium.CAMERA)))
        second.send_control(rtcp.nack(9, second.ssrc_of(THERAPIST, Medium.CAMERA), range(100)))
        second.send_control(rtcp.picture_loss(9, first.streams[Medium.CAMERA].ssrc))
    await call.settle()

    assert first.streams[Medium.CAMERA].key_requests == before
    assert call.engine.stats().retransmitted == 0


async def test_nobody_learns_anything_of_the_others_names(call: Call) -> None:
    first, second, _ = await call.three()
    first.send_report(Medium.CAMERA)
    heard = second.heard[THERAPIST, Medium.CAMERA]
    await until(lambda: heard.reports)

    assert second.ssrc_of(THERAPIST, Medium.CAMERA) != first.streams[Medium.CAMERA].ssrc
    for packet in heard.recent:
        assert extensions.parse(packet.profile, packet.extensions)[4] == b"4"


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
    packet = second._make(Medium.MIC, 100, 30, marker=False)[1]
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
    link = call.engine._links[0]
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
    packet = second.protected(second._make(Medium.MIC, 20, 30, marker=False)[1])
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
