"""The host as a whole: strangers, offers, start and stop."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

import pytest
import uvloop

from server.domain.seats import SEATS, Medium
from server.media import ice, rtp
from server.media.addresses import own_addresses
from server.media.host import MediaEngine
from server.media.ice import Credentials
from server.media.probe import Probe
from server.media.secure import HandshakeError
from server.ports import MediaHost, OfferRefusedError, PathState
from tests.media.conftest import EVERY_ROUTE, ROOM, Call, until

THERAPIST, A, B = SEATS


@pytest.fixture
def stranger() -> Iterator[socket.socket]:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.bind(("127.0.0.1", 0))
    yield made
    made.close()


def silent(stranger: socket.socket) -> bool:
    try:
        stranger.recv(2_000)
    except BlockingIOError:
        return True
    return False


CLIENT_HELLO = b"\x16\xfe\xff" + bytes(8) + b"\x00\x60\x01\x00\x00\x54" + bytes(90)
NOISE = {
    "empty": b"",
    "client hello": CLIENT_HELLO,
    "plaintext alert": b"\x15\xfe\xfd" + bytes(8) + b"\x00\x02\x02\x28",
    "media": rtp.build(111, 1, 2, 3, bytes(100)),
    "control": b"\x80\xc8\x00\x06" + bytes(24),
    "a check for nobody": ice.check(Credentials("nobody", "x" * 32), "me", nominate=True),
    "a check cut short": ice.check(Credentials("nobody", "x" * 32), "me", nominate=True)[:40],
    "turn channel": b"\x40\x00\x00\x04" + bytes(4),
    "too long": b"\x80" + bytes(1_600),
    "octets": os.urandom(200),
}


def test_it_is_a_media_host() -> None:
    host: MediaHost = MediaEngine(["127.0.0.1"], 0, [])
    assert isinstance(host, MediaEngine)


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
async def test_strangers_hear_nothing_and_disturb_nobody(call: Call, stranger: socket.socket, noise: bytes) -> None:
    target = ("127.0.0.1", call.engine.port)
    stranger.sendto(noise, target)
    first, second, _ = await call.three()
    for _ in range(20):
        stranger.sendto(noise, target)
        first.send_media(Medium.MIC, 100)
    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 21)

    assert silent(stranger)
    assert call.engine.stats().peers == 3


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
async def test_noise_from_a_proven_address_disturbs_nobody_either(call: Call, noise: bytes) -> None:
    first, second, third = await call.three()
    for _ in range(20):
        second.send_raw(noise)
        second.send_media(Medium.MIC, 100)
        first.send_media(Medium.MIC, 100)

    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 21)
    await until(lambda: third.heard[A, Medium.MIC].packets == 21)
    assert "bug" not in call.engine.stats().dropped


async def test_a_check_with_a_wrong_password_is_met_with_silence(call: Call, stranger: socket.socket) -> None:
    probe = await call.join(THERAPIST)
    forged = ice.check(Credentials(probe._remote.ufrag, "y" * 32), "me", nominate=True)
    stranger.sendto(forged, ("127.0.0.1", call.engine.port))
    await until(lambda: call.engine.stats().dropped.get("check") == 1)

    assert silent(stranger)
    assert call.engine.stats().path_moves == 0


async def test_a_flood_of_checks_from_a_stranger_is_not_even_parsed(call: Call, stranger: socket.socket) -> None:
    forged = ice.check(Credentials("nobody", "y" * 32), "me", nominate=True)
    for _ in range(10):
        for _ in range(100):
            stranger.sendto(forged, ("127.0.0.1", call.engine.port))
        await call.settle()
    await until(lambda: call.engine.stats().dropped.get("check-rate", 0) >= 400)

    assert call.engine.stats().dropped["check"] <= 600  # two seconds at the most


async def test_a_bad_offer_is_refused_and_the_seat_keeps_its_connection(call: Call) -> None:
    first, second, _ = await call.three()
    with pytest.raises(OfferRefusedError) as caught:
        await call.engine.connect(ROOM, A, "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n")

    assert caught.value.code == "bad-offer"
    first.send_media(Medium.MIC, 100)
    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 2)


async def test_too_many_offers_are_refused_for_a_while(call: Call) -> None:
    probe = Probe(A)
    call.probes.append(probe)
    for _ in range(6):
        await call.engine.connect(ROOM, A, probe.offer())
    with pytest.raises(OfferRefusedError) as caught:
        await call.engine.connect(ROOM, A, probe.offer())
    assert caught.value.code == "too-many-offers"

    await call.engine.connect(ROOM, B, probe.offer())
    call.clock.ahead += 11
    await call.engine.connect(ROOM, A, probe.offer())


async def test_each_offer_gets_fresh_credentials(call: Call) -> None:
    probe = Probe(A)
    call.probes.append(probe)
    answers = [await call.engine.connect(ROOM, A, probe.offer()) for _ in range(3)]

    assert len({answer.split("a=ice-pwd:")[1].split()[0] for answer in answers}) == 3
    with pytest.raises(TimeoutError):
        await probe.connect(answers[0], seconds=0.2)


async def test_another_certificate_than_the_offered_one_gets_no_media(call: Call) -> None:
    honest, thief = Probe(A), Probe(A)
    call.probes += [honest, thief]
    answer = await call.engine.connect(ROOM, A, honest.offer())
    call.engine.set_routes(ROOM, EVERY_ROUTE)
    try:
        await thief.connect(answer)
    except HandshakeError:
        pass
    await until(lambda: (A, PathState.GONE) in call.paths)

    assert (A, PathState.UP) not in call.paths
    assert call.engine.stats().handshakes_failed == 1
    assert call.engine.stats().peers == 0


async def test_who_never_connects_is_forgotten(call: Call) -> None:
    probe = Probe(A)
    call.probes.append(probe)
    await call.engine.connect(ROOM, A, probe.offer())
    call.clock.ahead += 31

    await until(lambda: call.paths == [(A, PathState.CONNECTING), (A, PathState.GONE)])
    assert call.engine._by_ufrag == {}


async def test_nothing_stays_of_those_who_left(call: Call) -> None:
    for _ in range(3):
        for probe in await call.three():
            await probe.close()
        await until(lambda: call.engine.stats().peers == 0)
        call.clock.ahead += 11

    await until(lambda: not call.engine._sockets.udp[0].owners)
    assert call.engine._by_ufrag == {}
    assert call.engine._by_ssrc == {}
    assert len(call.engine._running) == 0


async def test_it_stops_soon_with_live_media_and_frees_its_port(call: Call) -> None:
    await call.three()
    port = call.engine.port
    begin = time.monotonic()
    await call.engine.stop()
    await call.engine.stop()

    assert time.monotonic() - begin < 1
    again = MediaEngine(["127.0.0.1"], port, [])
    await again.start()
    assert again.port == port
    assert again.addresses == ("127.0.0.1",)
    await again.stop()
    with pytest.raises(OfferRefusedError):
        await again.connect(ROOM, A, "")


async def test_a_taken_port_is_said_at_the_start(call: Call) -> None:
    other = MediaEngine(["127.0.0.1"], call.engine.port, [])
    with pytest.raises(OSError, match="in use"):
        await other.start()
    await other.stop()


async def test_the_advertised_addresses_stand_in_the_answer() -> None:
    engine = MediaEngine(["127.0.0.1"], 0, ["203.0.113.5", "2001:db8::5"])
    await engine.start()
    probe = Probe(A)
    answer = await engine.connect(ROOM, A, probe.offer())

    assert f"203.0.113.5 {engine.port} typ host" in answer
    assert f"2001:db8::5 {engine.port} typ host" in answer
    assert "127.0.0.1" not in answer
    await probe.close()
    await engine.stop()


async def test_a_wildcard_tells_all_own_addresses_and_loopback_last() -> None:
    engine = MediaEngine(["0.0.0.0"], 0, ["0.0.0.0"])
    await engine.start()

    assert engine.addresses == tuple(address for address in own_addresses() if ":" not in address)
    assert engine.addresses[-1] == "127.0.0.1"
    await engine.stop()


async def test_a_bug_ends_the_connection_that_met_it_and_no_other(call: Call) -> None:
    first, second, third = await call.three()
    peer = call.engine._rooms[ROOM].peers[A]

    def broken(plain: bytes, now: float) -> None:
        raise RuntimeError("a bug")

    peer._take_media = broken  # type: ignore[method-assign]
    second.send_media(Medium.MIC, 100)

    await until(lambda: (A, PathState.GONE) in call.paths)
    assert call.engine.stats().dropped["bug"] == 1
    first.send_media(Medium.MIC, 100)
    await until(lambda: third.heard[THERAPIST, Medium.MIC].packets == 2)


async def carried(host: str) -> int:
    """Packets that get from one probe to another by this address."""
    engine = MediaEngine([host], 0, [])
    await engine.start()
    engine.set_routes(ROOM, EVERY_ROUTE)
    first, second = Probe(THERAPIST, host=host), Probe(A, host=host)
    for probe in (first, second):
        await probe.connect(await engine.connect(ROOM, probe.seat, probe.offer()))
    for _ in range(20):
        first.send_media(Medium.CAMERA, 1_000)
    await until(lambda: second.heard[THERAPIST, Medium.CAMERA].packets == 20)
    for probe in (first, second):
        await probe.close()
    await engine.stop()
    return second.heard[THERAPIST, Medium.CAMERA].packets


def test_it_works_on_the_loop_that_the_product_runs_on() -> None:
    assert uvloop.run(carried("127.0.0.1")) == 20


@pytest.mark.parametrize("host", ["127.0.0.1", *(["::1"] if socket.has_dualstack_ipv6() else [])])
async def test_it_works_by_both_kinds_of_address(host: str) -> None:
    assert await carried(host) == 20


class Surprising:
    """A secure transport whose handshake meets something that nobody foresaw."""

    async def handshake(self) -> None:
        raise RuntimeError("a certificate nobody can read")

    def feed(self, data: bytes) -> None:
        pass

    async def close(self) -> None:
        pass


async def test_a_handshake_that_surprises_ends_that_connection_alone(call: Call) -> None:
    first, second, _ = await call.three()
    probe = Probe(B)
    call.probes.append(probe)
    answer = await call.engine.connect(ROOM, B, probe.offer())
    call.engine._rooms[ROOM].peers[B].secure = Surprising()  # type: ignore[assignment]
    with pytest.raises(TimeoutError):
        await probe.connect(answer, seconds=0.3)

    await until(lambda: call.paths[-1] == (B, PathState.GONE))
    assert call.engine.stats().handshakes_failed == 1
    first.send_media(Medium.MIC, 100)
    await until(lambda: second.heard[THERAPIST, Medium.MIC].packets == 2)
