"""The floor: what forwarding costs at the least in this language with these libraries, in a bare loop.

recvfrom and unprotect once, protect and sendto twice, over real sockets; no header is rewritten, nobody is looked up.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from statistics import median

from pylibsrtp import Policy, Session

from tests.bench.figures import LISTENERS, Floor
from tests.bench.score import Sender

_BURST_SLOTS = 40
"""As many slots of one peer as fit the sockets' queues with ease: 60 packets."""
_ROUND_BURSTS = 60
ROUNDS = 5
_KEY_OCTETS = 32 + 12
PROFILE = "SRTP_AEAD_AES_256_GCM"
"""What media host and browsers agree upon."""


def _sessions() -> tuple[Session, Session]:
    """Both ends of one SRTP stream."""
    key = secrets.token_bytes(_KEY_OCTETS)
    sender, receiver = (
        Session(Policy(key, ssrc_type=kind, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM))
        for kind in (Policy.SSRC_ANY_OUTBOUND, Policy.SSRC_ANY_INBOUND)
    )
    return sender, receiver


def _socket(stack: ExitStack) -> socket.socket:
    made = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
    made.bind(("127.0.0.1", 0))
    made.settimeout(1.0)
    return made


def measure(rounds: int = ROUNDS) -> Floor:
    """Processor time per packet out, over as many rounds of some seven thousand packets."""
    sender = Sender(0, "0", "1")
    outer, inner = _sessions()
    outgoing = [_sessions()[0] for _ in range(LISTENERS)]
    with ExitStack() as stack:
        entry, feeder, *sinks = (_socket(stack) for _ in range(2 + LISTENERS))
        entry.setblocking(True)
        targets = [(session.protect, sink.getsockname()) for session, sink in zip(outgoing, sinks, strict=True)]
        found = []
        for _ in range(rounds):
            packets, cpu = 0, 0.0
            for _ in range(_ROUND_BURSTS):
                burst = [datagram for slot in sender.prepare(_BURST_SLOTS, outer.protect) for datagram in slot]
                for datagram in burst:
                    feeder.sendto(datagram, entry.getsockname())
                cpu += _forward(entry, len(burst), inner.unprotect, targets)
                packets += len(burst) * LISTENERS
                for sink in sinks:
                    for _ in burst:
                        sink.recv(2048)
            found.append(cpu / packets * 1e6)
    return Floor(min(found), median(found), rounds, PROFILE)


def _forward(
    entry: socket.socket,
    count: int,
    unprotect: Callable[[bytes], bytes],
    targets: Sequence[tuple[Callable[[bytes], bytes], tuple[str, int]]],
) -> float:
    """The bare loop itself; the processor time that it took, in seconds."""
    recvfrom, sendto = entry.recvfrom, entry.sendto
    begin = time.thread_time()
    for _ in range(count):
        data, _address = recvfrom(2048)
        plain = unprotect(data)
        for protect, address in targets:
            sendto(protect(plain), address)
    return time.thread_time() - begin
