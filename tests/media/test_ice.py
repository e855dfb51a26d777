"""Binding checks and the replies to them."""

from __future__ import annotations

import struct

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from server.media import ice
from server.media.ice import Credentials

OWN = Credentials("0123456789ab", "f" * 32)


def test_credentials_are_long_and_never_the_same() -> None:
    made = {Credentials.generate() for _ in range(50)}

    assert len(made) == 50
    assert all(len(item.ufrag) >= 4 and len(item.password) >= 22 for item in made)  # RFC 8839 section 5.4


@pytest.mark.parametrize("nominate", [True, False])
def test_a_check_is_read_and_authenticated(nominate: bool) -> None:
    message = ice.parse_check(ice.check(OWN, "browser", nominate=nominate))

    assert message is not None
    assert ice.local_ufrag(message) == OWN.ufrag
    assert ice.authenticates(message, OWN)
    assert not ice.authenticates(message, Credentials(OWN.ufrag, "e" * 32))
    assert ice.nominates(message) is nominate


def test_the_reply_tells_the_peer_its_address_under_the_same_transaction() -> None:
    message = ice.parse_check(ice.check(OWN, "browser", nominate=True))
    assert message is not None

    reply = stun.parse_message(ice.success(message, ("192.0.2.7", 4242), OWN))

    assert reply.message_class is stun.Class.RESPONSE
    assert reply.transaction_id == message.transaction_id
    assert reply.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.7", 4242)
    assert ice.authenticates(reply, OWN)


def test_a_check_that_was_tampered_with_fails() -> None:
    data = bytearray(ice.check(OWN, "browser", nominate=False))
    data[8] ^= 1  # the transaction

    message = ice.parse_check(bytes(data))

    assert message is None or not ice.authenticates(message, OWN)


def test_a_check_without_integrity_is_not_authentic() -> None:
    bare = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    bare.attributes["USERNAME"] = f"{OWN.ufrag}:browser-with-a-long-name"
    bare.add_fingerprint()

    message = ice.parse_check(bytes(bare))

    assert message is not None
    assert not ice.authenticates(message, OWN)


def test_other_messages_are_no_checks() -> None:
    request = ice.parse_check(ice.check(OWN, "browser", nominate=True))
    assert request is not None
    assert ice.parse_check(ice.success(request, ("192.0.2.7", 1), OWN)) is None
    allocation = stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST)
    allocation.add_message_integrity(b"secret")
    assert ice.parse_check(bytes(allocation) + bytes(0)) is None
    nameless = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    nameless.add_message_integrity(b"secret")
    assert ice.parse_check(bytes(nameless)) is None


@given(st.binary(max_size=200))
def test_noise_is_no_check(noise: bytes) -> None:
    head = struct.pack("!HHI", 1, len(noise), stun.COOKIE) + bytes(12)
    assert ice.parse_check(noise) is None
    message = ice.parse_check(head + noise)
    assert message is None or not ice.authenticates(message, OWN)
