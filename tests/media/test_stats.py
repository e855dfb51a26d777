"""What the host counts."""

from __future__ import annotations

from server.domain.seats import Medium, Seat
from server.media.probe import Probe
from tests.media.conftest import ROOM, Call, until


async def test_sums_and_rooms_are_told(call: Call) -> None:
    first, _, third = await call.three()
    for _ in range(20):
        first.send_media(Medium.CAMERA, 500)
    await until(lambda: third.heard[Seat.THERAPIST, Medium.CAMERA].packets == 21)

    stats = call.engine.stats()

    assert stats.peers == 3
    assert stats.offers == 3
    assert stats.packets(ROOM, Seat.THERAPIST, Seat.PARTNER_B, Medium.CAMERA) == 21
    assert stats.packets(ROOM, Seat.THERAPIST, Seat.PARTNER_B, Medium.SCREEN) == 0
    assert stats.packets("elsewhere", Seat.THERAPIST, Seat.PARTNER_B, Medium.CAMERA) == 0
    assert stats.packets_in >= 26
    assert stats.packets_out >= 2 * 26
    assert stats.octets_out > stats.octets_in > 10_000
    [room] = stats.rooms
    assert {peer.seat: peer.packets_in for peer in room.peers}[Seat.THERAPIST] == 22
    assert {peer.profile for peer in room.peers} == {"SRTP_AEAD_AES_256_GCM"}


async def test_links_are_counted_over_all_connections_of_a_room(call: Call) -> None:
    await call.three()
    before = call.packets(Seat.THERAPIST, Seat.PARTNER_A, Medium.MIC)
    again: Probe = await call.join(Seat.PARTNER_A)

    call.probes[0].send_media(Medium.MIC, 100)
    await until(lambda: again.heard[Seat.THERAPIST, Medium.MIC].packets == 1)

    assert call.packets(Seat.THERAPIST, Seat.PARTNER_A, Medium.MIC) == before + 1
