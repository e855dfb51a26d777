"""The machine's own addresses: a socket is bound to each, so that a reply leaves by the address it was asked at.

A socket bound to the wildcard would let the kernel choose the source, and a browser drops what comes from elsewhere.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence

from aioice.ice import get_host_addresses

_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104


def own_addresses() -> list[str]:
    """All addresses of this machine, loopback last; IPv6 ones that are link-local name no single place."""
    ipv6 = socket.has_dualstack_ipv6()
    return [*get_host_addresses(use_ipv4=True, use_ipv6=ipv6), "127.0.0.1", *(["::1"] if ipv6 else [])]


def expand(hosts: Iterable[str], own: Sequence[str]) -> list[str]:
    """`hosts` with each wildcard replaced by those of the machine's `own` addresses that it stands for."""
    meant: list[str] = []
    for host in hosts:
        if host in _WILDCARDS:
            meant += [address for address in own if (":" in address) == (":" in host)]
        else:
            meant.append(host)
    return list(dict.fromkeys(meant))


def to_offer(bound: Sequence[str]) -> list[str]:
    """The addresses to tell browsers when the operator names none: all but loopback, or loopback if there is no other.

    IPv4 comes first: where both work, it is the one that more networks carry well.
    """
    distant = [address for address in bound if not ipaddress.ip_address(address).is_loopback]
    return sorted(distant or bound, key=lambda address: ":" in address)
