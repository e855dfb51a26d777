"""The ICE-lite agent's words (RFC 8445 section 2.5): credentials, and STUN binding checks read and replied to.

Only authenticated binding requests get a reply; everybody else hears nothing, not even an error. The host gathers
nothing, checks nobody, and ignores remote candidates; `paths.py` keeps what the checks proved.
"""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass

from aioice import stun

Address = tuple[str, int]

_BINDING_REQUEST = b"\x00\x01"
_COOKIE = stun.COOKIE.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Credentials:
    """The host's half: a fragment of 48 and a password of 128 random bits, made anew for every connection."""

    ufrag: str
    password: str

    @classmethod
    def generate(cls) -> Credentials:
        return cls(secrets.token_hex(6), secrets.token_hex(16))


def looks_like_check(data: bytes) -> bool:
    """Whether a datagram may be a binding request; everything else is dropped before any parser sees it."""
    return len(data) >= 52 and data[:2] == _BINDING_REQUEST and data[4:8] == _COOKIE and not len(data) & 3


def parse_check(data: bytes) -> stun.Message | None:
    """The binding request in a datagram, or None when it is none; its integrity is not yet checked."""
    if not looks_like_check(data):
        return None
    try:
        message = stun.parse_message(data)
    except (ValueError, struct.error, IndexError):
        return None
    return message if "USERNAME" in message.attributes else None


def local_ufrag(message: stun.Message) -> str:
    """The part of the user name that is the host's own; the peer's part is not looked at (browsers may change it)."""
    username: str = message.attributes["USERNAME"]
    return username.partition(":")[0]


def authenticates(message: stun.Message, credentials: Credentials) -> bool:
    """Whether MESSAGE-INTEGRITY holds under this password; compared in constant time."""
    return message.check_message_integrity(credentials.password.encode("ascii"))


def nominates(message: stun.Message) -> bool:
    return "USE-CANDIDATE" in message.attributes


def success(message: stun.Message, address: Address, credentials: Credentials) -> bytes:
    """The reply to an authenticated check from this address."""
    response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=message.transaction_id)
    response.attributes["XOR-MAPPED-ADDRESS"] = address
    response.add_message_integrity(credentials.password.encode("ascii"))
    return bytes(response)


def check(remote: Credentials, own_ufrag: str, *, nominate: bool, transaction: bytes | None = None) -> bytes:
    """A binding request of a controlling agent towards `remote`; the host's probe sends these, the host never."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, transaction_id=transaction)
    message.attributes["USERNAME"] = f"{remote.ufrag}:{own_ufrag}"
    message.attributes["PRIORITY"] = 0x6E0001FF
    message.attributes["ICE-CONTROLLING"] = 1
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(remote.password.encode("ascii"))
    return bytes(message)
