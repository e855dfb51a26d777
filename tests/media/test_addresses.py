"""Which addresses are bound and told."""

from __future__ import annotations

from server.media.addresses import expand, own_addresses, to_offer

OWN = ["192.0.2.7", "2001:db8::7", "127.0.0.1", "::1"]


def test_loopback_is_always_one_s_own() -> None:
    assert "127.0.0.1" in own_addresses()
    assert not any(address.startswith("fe80") for address in own_addresses())


def test_a_wildcard_stands_for_the_addresses_of_its_kind() -> None:
    assert expand(["0.0.0.0"], OWN) == ["192.0.2.7", "127.0.0.1"]
    assert expand(["::", "0.0.0.0"], OWN) == ["2001:db8::7", "::1", "192.0.2.7", "127.0.0.1"]
    assert expand(["127.0.0.1", "0.0.0.0"], OWN) == ["127.0.0.1", "192.0.2.7"]
    assert expand(["198.51.100.1"], OWN) == ["198.51.100.1"]


def test_loopback_is_told_only_when_there_is_nothing_else() -> None:
    assert to_offer(["2001:db8::7", "::1", "192.0.2.7", "127.0.0.1"]) == ["192.0.2.7", "2001:db8::7"]
    assert to_offer(["127.0.0.1"]) == ["127.0.0.1"]
