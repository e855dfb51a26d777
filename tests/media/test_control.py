"""Reports, and what listeners ask for."""

from __future__ import annotations

from server.domain.seats import SEATS, Medium
from server.media import extensions, rtcp
from tests.media.conftest import ROOM, Call, until

THERAPIST, A, B = SEATS


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
