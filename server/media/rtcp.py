"""RTCP packets as values (RFC 3550 section 6, RFC 4585, RFC 5104): read from compounds, and written.

Its counterpart for media is `rtp.py`. Only the kinds that the host reads are parsed; others are skipped.
Transport-wide feedback is written by `congestion.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
RTPFB_NACK, RTPFB_TRANSPORT = 1, 15
PSFB_PLI, PSFB_FIR, PSFB_APP = 1, 4, 15

_HEAD = Struct("!BBH")
_WORD = Struct("!I")
_PAIR = Struct("!II")
_SENDER_INFO = Struct("!QIII")
_REPORT = Struct("!IIIIII")
_NACK = Struct("!HH")
_MAX_PACKETS = 32
_MAX_NACKS = 512


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says about one stream. `delay` and `last_report` are in 1/65536 s, `jitter` in clock units."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    ssrc: int
    ntp: int
    """64 bits: seconds since 1900 and their fraction."""
    timestamp: int
    packets: int
    octets: int
    reports: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    ssrc: int
    reports: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Bye:
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Nack:
    media: int
    lost: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyFrameRequest:
    """A picture loss indication, or a full intra request for the same purpose."""

    media: int


@dataclass(frozen=True, slots=True)
class Remb:
    """The receiver's own estimate of what its link takes, in bits a second (draft-alvestrand-rmcat-remb-03)."""

    bitrate: int


AnyControl = SenderReport | ReceiverReport | Bye | Nack | KeyFrameRequest | Remb


def parse(data: bytes) -> list[AnyControl]:
    """All packets of a compound that the host knows, in order. Raises ValueError when it is malformed."""
    found: list[AnyControl] = []
    at, end = 0, len(data)
    for _ in range(_MAX_PACKETS):
        if at == end:
            return found
        if end - at < 4:
            raise ValueError("an RTCP packet is shorter than its header")
        first, kind, words = _HEAD.unpack_from(data, at)
        if first >> 6 != 2:
            raise ValueError("an RTCP packet has another version than 2")
        stop = at + 4 + 4 * words
        if stop > end:
            raise ValueError("an RTCP packet reaches past the datagram")
        body = data[at + 4 : stop]
        if first & 0x20:
            if not body or not 0 < body[-1] <= len(body):
                raise ValueError("an RTCP packet has more padding than content")
            body = body[: -body[-1]]
        found.extend(_parse_one(kind, first & 0x1F, body))
        at = stop
    raise ValueError("an RTCP compound has too many packets")


def _parse_one(kind: int, count: int, body: bytes) -> Iterable[AnyControl]:
    if kind == SR:
        if len(body) < 24 + 24 * count:
            raise ValueError("a sender report is cut short")
        ntp, timestamp, packets, octets = _SENDER_INFO.unpack_from(body, 4)
        reports = _reports(body, 24, count)
        yield SenderReport(_WORD.unpack_from(body)[0], ntp, timestamp, packets, octets, reports)
    elif kind == RR:
        if len(body) < 4 + 24 * count:
            raise ValueError("a receiver report is cut short")
        yield ReceiverReport(_WORD.unpack_from(body)[0], _reports(body, 4, count))
    elif kind == BYE:
        if len(body) < 4 * count:
            raise ValueError("a goodbye is cut short")
        yield Bye(tuple(_WORD.unpack_from(body, 4 * index)[0] for index in range(count)))
    elif kind == RTPFB or kind == PSFB:
        if len(body) < 8:
            raise ValueError("a feedback packet is cut short")
        media = _PAIR.unpack_from(body)[1]
        if kind == RTPFB and count == RTPFB_NACK:
            yield Nack(media, _lost(body))
        elif kind == PSFB and count == PSFB_PLI:
            yield KeyFrameRequest(media)
        elif kind == PSFB and count == PSFB_FIR:
            for at in range(8, len(body) - 7, 8):
                yield KeyFrameRequest(_WORD.unpack_from(body, at)[0])
        elif kind == PSFB and count == PSFB_APP and body[8:12] == b"REMB":
            if len(body) < 16:
                raise ValueError("a bandwidth estimate is cut short")
            exponent, mantissa = body[13] >> 2, (body[13] & 0x03) << 16 | body[14] << 8 | body[15]
            yield Remb(min(mantissa << exponent, 1 << 40))


def _reports(body: bytes, at: int, count: int) -> tuple[ReportBlock, ...]:
    blocks = []
    for start in range(at, at + 24 * count, 24):
        ssrc, loss, highest, jitter, last, delay = _REPORT.unpack_from(body, start)
        lost = loss & 0xFFFFFF
        blocks.append(
            ReportBlock(ssrc, loss >> 24, lost - (1 << 24) if lost >> 23 else lost, highest, jitter, last, delay)
        )
    return tuple(blocks)


def _lost(body: bytes) -> tuple[int, ...]:
    lost: list[int] = []
    for at in range(8, len(body) - 3, 4):
        first, mask = _NACK.unpack_from(body, at)
        lost.append(first)
        while mask:
            bit = mask & -mask
            lost.append((first + bit.bit_length()) & 0xFFFF)
            mask ^= bit
        if len(lost) > _MAX_NACKS:
            raise ValueError("a negative acknowledgement asks for too much")
    return tuple(lost)


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return _HEAD.pack(0x80 | count, kind, len(body) // 4) + body


def _blocks(reports: Sequence[ReportBlock]) -> bytes:
    return b"".join(
        _REPORT.pack(
            block.ssrc,
            block.fraction_lost << 24 | max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF,
            block.highest & 0xFFFFFFFF,
            block.jitter & 0xFFFFFFFF,
            block.last_report,
            block.delay & 0xFFFFFFFF,
        )
        for block in reports
    )


def sender_report(report: SenderReport) -> bytes:
    info = _SENDER_INFO.pack(
        report.ntp,
        report.timestamp & 0xFFFFFFFF,
        report.packets & 0xFFFFFFFF,
        report.octets & 0xFFFFFFFF,
    )
    body = _WORD.pack(report.ssrc) + info + _blocks(report.reports)
    return _packet(SR, len(report.reports), body)


def receiver_report(report: ReceiverReport) -> bytes:
    return _packet(RR, len(report.reports), _WORD.pack(report.ssrc) + _blocks(report.reports))


def source_description(ssrc: int, cname: str) -> bytes:
    """An SDES packet with nothing but a CNAME."""
    name = cname.encode("ascii")
    chunk = _WORD.pack(ssrc) + bytes((1, len(name))) + name + b"\0"
    return _packet(SDES, 1, chunk + bytes(-len(chunk) % 4))


def goodbye(ssrcs: Sequence[int]) -> bytes:
    return _packet(BYE, len(ssrcs), b"".join(_WORD.pack(ssrc) for ssrc in ssrcs))


def nack(sender: int, media: int, lost: Iterable[int]) -> bytes:
    """A generic negative acknowledgement (RFC 4585 section 6.2.1) of sequence numbers in rising order."""
    body = _PAIR.pack(sender, media)
    first: int | None = None
    mask = 0
    for sequence in lost:
        ahead = 0 if first is None else (sequence - first) & 0xFFFF
        if first is not None and 1 <= ahead <= 16:
            mask |= 1 << ahead - 1
            continue
        if first is not None:
            body += _NACK.pack(first, mask)
        first, mask = sequence & 0xFFFF, 0
    if first is not None:
        body += _NACK.pack(first, mask)
    return _packet(RTPFB, RTPFB_NACK, body)


def picture_loss(sender: int, media: int) -> bytes:
    return _packet(PSFB, PSFB_PLI, _PAIR.pack(sender, media))


def remb(sender: int, bitrate: int, ssrcs: Sequence[int]) -> bytes:
    exponent = max(0, bitrate.bit_length() - 18)
    mantissa = bitrate >> exponent
    body = _PAIR.pack(sender, 0) + b"REMB" + bytes((len(ssrcs), exponent << 2 | mantissa >> 16))
    body += (mantissa & 0xFFFF).to_bytes(2, "big") + b"".join(_WORD.pack(ssrc) for ssrc in ssrcs)
    return _packet(PSFB, PSFB_APP, body)


def transport_feedback(sender: int, media: int, body: bytes) -> bytes:
    """A transport-wide feedback packet around the octets that `congestion.py` makes."""
    return _packet(RTPFB, RTPFB_TRANSPORT, _PAIR.pack(sender, media) + body)
