"""Proven addresses and the path among them."""

from __future__ import annotations

from server.media.paths import MAX_PROVEN, Paths
from server.media.udp import Link, Owner, SocketAddress

HOME: SocketAddress = ("192.0.2.1", 1000)
MOBILE: SocketAddress = ("198.51.100.1", 2000)


class Wire:
    def __init__(self, *, stream: bool = False) -> None:
        self.stream = stream
        self.owners: dict[SocketAddress, Owner] = {}

    def send(self, data: bytes, address: SocketAddress, video: bool = False) -> bool:
        return True


class Somebody:
    def take(self, data: bytes, link: Link, address: SocketAddress, now: float) -> bool:
        return True


def made() -> tuple[Paths, Wire, Somebody]:
    owner = Somebody()
    return Paths(owner, 0.0), Wire(), owner


def test_the_first_check_makes_the_path_and_a_nomination_moves_it() -> None:
    paths, wire, owner = made()
    paths.checked(wire, HOME, nominated=False, now=1.0)
    assert paths.is_current(wire, HOME)
    paths.checked(wire, MOBILE, nominated=False, now=1.1)
    assert paths.is_current(wire, HOME)
    assert paths.moves == 0

    paths.checked(wire, MOBILE, nominated=True, now=1.2)

    assert paths.is_current(wire, MOBILE)
    assert paths.moves == 1
    assert wire.owners == {HOME: owner, MOBILE: owner}


def test_media_moves_the_path_only_when_the_old_one_is_silent() -> None:
    paths, wire, _ = made()
    paths.checked(wire, HOME, nominated=True, now=1.0)
    paths.heard(wire, HOME, 5.0)
    paths.heard(wire, MOBILE, 5.4)
    assert paths.is_current(wire, HOME)
    assert not paths.silent(5.4)

    paths.heard(wire, MOBILE, 5.6)

    assert paths.is_current(wire, MOBILE)
    assert wire.owners.keys() == {HOME, MOBILE}


def test_at_most_eight_addresses_are_kept_and_the_path_is_one_of_them() -> None:
    paths, wire, _ = made()
    paths.checked(wire, HOME, nominated=True, now=1.0)
    for port in range(100):
        paths.checked(wire, ("203.0.113.5", port), nominated=False, now=2.0 + port)

    assert len(wire.owners) == MAX_PROVEN
    assert HOME in wire.owners
    assert ("203.0.113.5", 99) in wire.owners


def test_a_check_that_comes_again_from_elsewhere_is_a_replay() -> None:
    paths, wire, _ = made()

    assert not paths.replayed(b"one", wire, HOME, 1.0)
    assert not paths.replayed(b"one", wire, HOME, 1.5)  # the browser's own retransmission
    assert paths.replayed(b"one", wire, MOBILE, 2.0)
    assert paths.replayed(b"one", Wire(), HOME, 2.0)
    for number in range(1_000):
        assert not paths.replayed(number.to_bytes(12, "big"), wire, HOME, 3.0)
    assert len(paths._transactions) <= 256


def test_old_proofs_are_forgotten_and_those_of_others_are_left() -> None:
    paths, wire, _ = made()
    other = Somebody()
    paths.checked(wire, HOME, nominated=True, now=1.0)
    paths.checked(wire, MOBILE, nominated=False, now=1.0)
    paths.checked(wire, ("203.0.113.9", 9), nominated=False, now=1.0)
    wire.owners["203.0.113.9", 9] = other  # the address has gone over to somebody else

    paths.prune(40.0)

    assert wire.owners.keys() == {HOME, ("203.0.113.9", 9)}
    paths.close()
    assert wire.owners == {("203.0.113.9", 9): other}
    assert paths.link is None


def test_of_two_nominated_paths_udp_is_taken_while_it_is_heard() -> None:
    paths, udp, _ = made()
    tcp = Wire(stream=True)
    paths.checked(tcp, MOBILE, nominated=True, now=1.0)
    assert paths.is_current(tcp, MOBILE)
    paths.checked(udp, HOME, nominated=True, now=1.1)
    assert paths.is_current(udp, HOME)
    paths.checked(tcp, MOBILE, nominated=True, now=1.2)
    assert paths.is_current(udp, HOME)

    paths.checked(tcp, MOBILE, nominated=True, now=2.0)

    assert paths.is_current(tcp, MOBILE)


def test_udp_that_was_never_nominated_gives_way_to_tcp() -> None:
    """Its replies may not get through."""
    paths, udp, _ = made()
    tcp = Wire(stream=True)
    paths.checked(udp, HOME, nominated=False, now=1.0)

    paths.checked(tcp, MOBILE, nominated=True, now=1.1)

    assert paths.is_current(tcp, MOBILE)
