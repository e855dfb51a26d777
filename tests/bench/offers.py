"""Session descriptions as the load generator needs them: media sections for either host, and who the host is.

The browsers' own offers are held to the host in `tests/media`; these only say the same with fewer words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from server.media import extensions
from server.media.ice import Credentials

OPUS, VP8, RTX = 111, 96, 97
MID_ID, LEVEL_ID, TRANSPORT_ID = 4, 1, 3


@dataclass(frozen=True, slots=True)
class Section:
    """One media section; with `ssrc` the peer sends in it, without it receives."""

    mid: str
    video: bool
    ssrc: int | None = None
    rtx_ssrc: int | None = None


@dataclass(frozen=True, slots=True)
class Remote:
    """Where the host is and how it is recognised."""

    credentials: Credentials
    fingerprint: str
    address: tuple[str, int]


def describe(
    sections: Sequence[Section], own: Credentials, fingerprint: str, address: tuple[str, int], *, setup: str
) -> str:
    """An offer or answer of one bundle with these sections."""
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines += [f"a=group:BUNDLE {' '.join(section.mid for section in sections)}", "a=msid-semantic: WMS *"]
    for section in sections:
        lines += _section(section)
        lines += [
            f"a=ice-ufrag:{own.ufrag}",
            f"a=ice-pwd:{own.password}",
            f"a=fingerprint:sha-256 {fingerprint}",
            f"a=setup:{setup}",
            f"a=candidate:1 1 udp 2130706431 {address[0]} {address[1]} typ host",
            "a=end-of-candidates",
        ]
    return "\r\n".join(lines) + "\r\n"


def _section(section: Section) -> list[str]:
    numbers = f"{VP8} {RTX}" if section.video else f"{OPUS}"
    lines = [
        f"m={'video' if section.video else 'audio'} 9 UDP/TLS/RTP/SAVPF {numbers}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        "a=recvonly" if section.ssrc is None else "a=sendonly",
        f"a=extmap:{MID_ID} {extensions.MID}",
        f"a=extmap:{TRANSPORT_ID} {extensions.TRANSPORT_SEQUENCE}",
    ]
    if section.video:
        lines += [f"a=rtpmap:{VP8} VP8/90000", f"a=rtpmap:{RTX} rtx/90000", f"a=fmtp:{RTX} apt={VP8}"]
        lines += [f"a=rtcp-fb:{VP8} {kind}" for kind in ("goog-remb", "transport-cc", "nack", "nack pli")]
    else:
        lines += [f"a=extmap:{LEVEL_ID} {extensions.AUDIO_LEVEL}", f"a=rtpmap:{OPUS} opus/48000/2"]
        lines += [f"a=rtcp-fb:{OPUS} transport-cc", f"a=fmtp:{OPUS} minptime=10;useinbandfec=1"]
    if section.ssrc is not None:
        lines += ["a=msid:bench bench"]
        if section.rtx_ssrc is not None:
            lines += [f"a=ssrc-group:FID {section.ssrc} {section.rtx_ssrc}", f"a=ssrc:{section.rtx_ssrc} cname:bench"]
        lines += [f"a=ssrc:{section.ssrc} cname:bench"]
    return lines


def sections(description: str) -> list[Section]:
    """The sections of the host's own offer, as a peer takes them that only listens."""
    found = []
    for block in re.split(r"(?m)^m=", description)[1:]:
        found.append(Section(_find(r"a=mid:(\S+)", block), block.startswith("video")))
    return found


def remote(description: str) -> Remote:
    """Who wrote this description. Raises ValueError when it does not say."""
    address, port = re.findall(r"(?i)a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", description)[0]
    return Remote(
        Credentials(_find(r"a=ice-ufrag:(\S+)", description), _find(r"a=ice-pwd:(\S+)", description)),
        _find(r"(?i)a=fingerprint:sha-256 (\S+)", description),
        (address, int(port)),
    )


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"the description lacks {pattern}")
    return found[1]
