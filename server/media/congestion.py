"""Transport-wide feedback to a sending browser (draft-holmer-rmcat-transport-wide-cc-extensions-01).

The browser estimates its bandwidth from when its packets arrived; the host only says so, for every packet of the
connection whatever its stream, up to ten times a second.
"""

from __future__ import annotations

from struct import Struct

from server.media.rtp import unwrap

_HEAD = Struct("!HHI")
_DELTA = Struct("!h")
_CHUNK = Struct("!H")
_MAX_STATUSES = 400
"""Packets told about in one message; more are told in the next ones."""
_MAX_ARRIVALS = 1024
_MAX_SPAN = 2000
"""Numbers that one round tells about; a sender whose numbers jump further is told about the newest only."""
_NOT_RECEIVED, _SMALL, _LARGE = 0, 1, 2


class TransportFeedback:
    """Arrivals of one peer since the last message."""

    __slots__ = ("_arrivals", "_count", "_next")

    def __init__(self) -> None:
        self._arrivals: list[tuple[int, float]] = []
        self._next: int | None = None
        """The number after the last one told about, unwrapped."""
        self._count = 0

    def arrived(self, sequence: int, now: float) -> None:
        """Note a packet's transport-wide number (16 bits) and when it came (any steady clock, seconds)."""
        if len(self._arrivals) < _MAX_ARRIVALS:
            self._arrivals.append((sequence, now))

    def messages(self) -> list[bytes]:
        """Feedback about all that came since, in order: the octets after the two SSRCs of the packet."""
        if not self._arrivals:
            return []
        near = self._next if self._next is not None else self._arrivals[0][0]
        times: dict[int, int] = {}
        for sequence, seconds in self._arrivals:
            near = near + 1 if sequence == (near + 1) & 0xFFFF else unwrap(sequence, near)
            if near not in times:
                times[near] = round(seconds * 4000)
        self._arrivals.clear()
        last = max(times)
        first = min(times)
        if last - first >= _MAX_SPAN:
            for number in [number for number in times if number <= last - _MAX_SPAN]:
                del times[number]
            first = min(times)
        if self._next is not None and 0 < first - self._next < _MAX_STATUSES:
            first = self._next  # what was lost between two messages is told too
        self._next = max(last + 1, self._next or 0)
        made = []
        while first <= last:
            message, first = self._message(times, first, last)
            made.append(message)
            if first <= last:
                first = min(number for number in times if number >= first)
        return made

    def _message(self, times: dict[int, int], first: int, last: int) -> tuple[bytes, int]:
        """One message from `first` on, and the number at which the next one starts."""
        start = next(times[number] for number in range(first, last + 1) if number in times)
        reference = start // 256
        at = reference * 256  # in quarters of a millisecond, like the times and the deltas
        statuses: list[int] = []
        deltas = bytearray()
        number = first
        while number <= last and len(statuses) < _MAX_STATUSES:
            when = times.get(number)
            if when is None:
                statuses.append(_NOT_RECEIVED)
            else:
                delta = when - at
                if not -0x8000 <= delta <= 0x7FFF:
                    break
                at += delta
                if 0 <= delta <= 0xFF:
                    statuses.append(_SMALL)
                    deltas.append(delta)
                else:
                    statuses.append(_LARGE)
                    deltas += _DELTA.pack(delta)
            number += 1
        head = _HEAD.pack(first & 0xFFFF, len(statuses), (reference & 0xFFFFFF) << 8 | self._count)
        self._count = (self._count + 1) & 0xFF
        body = head + _chunks(statuses) + deltas
        return bytes(body + bytes(-len(body) % 4)), number


def _chunks(statuses: list[int]) -> bytes:
    """Runs where one status repeats, else vectors of seven two-bit symbols."""
    packed = b""
    at, count = 0, len(statuses)
    while at < count:
        status = statuses[at]
        run = 1
        while at + run < count and statuses[at + run] == status:
            run += 1
        if run >= 7 or at + run == count:
            packed += _CHUNK.pack(status << 13 | run)
            at += run
            continue
        vector = 0
        for symbol in statuses[at : at + 7]:
            vector = vector << 2 | symbol
        used = min(7, count - at)
        packed += _CHUNK.pack(0xC000 | vector << 2 * (7 - used))
        at += used
    return packed


def parse(body: bytes) -> dict[int, int | None]:
    """What a message says: by 16-bit number the arrival in quarters of a millisecond, or None for not received.

    The inverse of :meth:`TransportFeedback.messages`, for probes and tests. Raises ValueError when it is cut short.
    """
    if len(body) < 8:
        raise ValueError("transport feedback is shorter than its head")
    first, count, tail = _HEAD.unpack_from(body)
    reference = tail >> 8
    at = 8
    statuses: list[int] = []
    while len(statuses) < count:
        if at + 2 > len(body):
            raise ValueError("transport feedback lacks status chunks")
        chunk = _CHUNK.unpack_from(body, at)[0]
        at += 2
        if not chunk & 0x8000:
            statuses += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        elif chunk & 0x4000:
            statuses += [chunk >> shift & 3 for shift in range(12, -2, -2)]
        else:
            statuses += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    told: dict[int, int | None] = {}
    when = reference * 256
    for offset, status in enumerate(statuses[:count]):
        number = (first + offset) & 0xFFFF
        if status == _NOT_RECEIVED:
            told[number] = None
            continue
        width = 1 if status == _SMALL else 2
        if at + width > len(body):
            raise ValueError("transport feedback lacks deltas")
        when += body[at] if status == _SMALL else _DELTA.unpack_from(body, at)[0]
        at += width
        told[number] = when
    return told
