"""The answer to an offer (RFC 8829): what the host takes of it, its own address, and the names of what it will send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.seats import Medium
from server.media import extensions
from server.media.sdp import KINDS, Offer, Section

_PASSIVE = 4
"""RFC 6544's preference for candidates that wait for connections."""
_OPUS_SEND = "minptime=10;useinbandfec=1;usedtx=1"
_OPUS_RECEIVE = "minptime=10;useinbandfec=1"


@dataclass(frozen=True, slots=True)
class OutgoingSsrc:
    """The names under which one stream is sent to one receiver."""

    ssrc: int
    rtx_ssrc: int
    cname: str


def write_answer(
    offer: Offer,
    outgoing: Sequence[OutgoingSsrc],
    *,
    ufrag: str,
    password: str,
    fingerprint: str,
    candidates: Sequence[tuple[str, int]],
) -> str:
    """The answer to an offer. `outgoing` has one entry for each of `offer.receives`; candidates are (address, port),
    of UDP and TCP alike.
    """
    sections = (*offer.sends, *offer.receives)
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(section.mid for section in sections)}",
        "a=msid-semantic: WMS *",
    ]
    for index, section in enumerate(sections):
        lines += _media_lines(section, outgoing[index - 3] if index >= 3 else None)
        lines += [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}", f"a=fingerprint:sha-256 {fingerprint}"]
        lines.append("a=setup:passive")
        if index == 0:  # the others ride on its transport
            lines += _candidate_lines(candidates)
            lines.append("a=end-of-candidates")
    return "\r\n".join(lines) + "\r\n"


def _candidate_lines(candidates: Sequence[tuple[str, int]]) -> list[str]:
    """Each address by UDP, and after all of them by TCP (RFC 6544 sections 4.2 and 4.5)."""
    lines = []
    for place, (address, port) in enumerate(candidates):
        priority = 126 << 24 | (65535 - place) << 8 | 255
        lines.append(f"a=candidate:{place + 1} 1 udp {priority} {address} {port} typ host")
    for place, (address, port) in enumerate(candidates):
        priority = 90 << 24 | (_PASSIVE << 13 | 8191 - place) << 8 | 255
        number = len(candidates) + place + 1
        lines.append(f"a=candidate:{number} 1 tcp {priority} {address} {port} typ host tcptype passive")
    return lines


def _media_lines(section: Section, names: OutgoingSsrc | None) -> list[str]:
    kind, pt, rtx = KINDS[section.medium], section.payload_type, section.rtx_payload_type
    lines = [
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {pt}" + (f" {rtx}" if rtx else ""),
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        "a=sendonly" if names else "a=recvonly",
        "a=rtcp-mux",
    ]
    if section.reduced_size:
        lines.append("a=rtcp-rsize")
    ids = section.extensions
    for number, uri in (
        (ids.mid, extensions.MID),
        (ids.audio_level, extensions.AUDIO_LEVEL),
        (ids.abs_send_time, extensions.ABS_SEND_TIME),
        (ids.transport_sequence, extensions.TRANSPORT_SEQUENCE),
        (ids.rid, extensions.RID),
        (ids.repaired_rid, extensions.REPAIRED_RID),
    ):
        if number:
            lines.append(f"a=extmap:{number} {uri}")
    lines.append(f"a=rtpmap:{pt} " + ("VP8/90000" if section.video else "opus/48000/2"))
    lines += [f"a=rtcp-fb:{pt} {item}" for item in section.feedback]
    if not section.video:
        lines.append(f"a=fmtp:{pt} {_OPUS_RECEIVE if names else _OPUS_SEND}")
    if rtx:
        lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={pt}"]
    if section.layers:
        lines += [f"a=rid:{layer} recv" for layer in section.layers]
        lines.append(f"a=simulcast:recv {';'.join(section.layers)}")
    if names:
        # a seat's microphone and camera are one stream, kept in step by the browser; its screen is another
        stream = f"{section.seat}-screen" if section.medium is Medium.SCREEN else str(section.seat)
        lines.append(f"a=msid:{stream} {section.seat}-{section.medium}")
        if rtx:
            lines.append(f"a=ssrc-group:FID {names.ssrc} {names.rtx_ssrc}")
        lines.append(f"a=ssrc:{names.ssrc} cname:{names.cname}")  # Chromium takes the first one for the main stream
        if rtx:
            lines.append(f"a=ssrc:{names.rtx_ssrc} cname:{names.cname}")
    return lines
