"""Offers and answers (RFC 8829): nine fixed media sections, agreed upon once and never again.

A browser offers mic, camera, screen to send, then for each of the two other seats mic, camera, screen to receive.
aiortc reads the offer, of which only the lines on a short list reach it; `answer.py` writes the answer. Nothing in an
offer makes the host send anything anywhere: remote candidates are thrown away first.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.sdp import MediaDescription, SessionDescription

from server.domain.seats import Medium, Seat, other_seats
from server.media import extensions
from server.media.extensions import ExtensionIds

MAX_OFFER = 48 * 1024
MEDIA = (Medium.MIC, Medium.CAMERA, Medium.SCREEN)
KINDS = {Medium.MIC: "audio", Medium.CAMERA: "video", Medium.SCREEN: "video"}
_MID = re.compile(r"[A-Za-z0-9]{1,8}")
_RID = re.compile(r"[A-Za-z0-9]{1,16}")
_MAX_LAYERS = 3
_FINGERPRINT = re.compile(r"(?:[0-9A-Fa-f]{2}:)+[0-9A-Fa-f]{2}")
_DIGESTS = ("sha-256", "sha-384", "sha-512")
_SEND_FEEDBACK = ("transport-cc", "ccm fir", "nack", "nack pli")
_RECEIVE_FEEDBACK = ("goog-remb", "ccm fir", "nack", "nack pli")
_ATTRIBUTES = frozenset(
    "group mid extmap fingerprint setup rtcp-mux rtcp-rsize bundle-only simulcast ssrc-group"
    " rid sendonly recvonly sendrecv inactive".split()
)
_CODEC_ATTRIBUTES = frozenset({"rtpmap", "rtcp-fb", "fmtp"})
_CODECS = frozenset({"opus", "vp8", "rtx"})


class BadOfferError(ValueError):
    """The offer is not one that the call page makes. The text is for developers; it quotes nothing from the offer."""


@dataclass(frozen=True, slots=True)
class Section:
    """One media section as agreed. `seat` is the one whose medium it carries."""

    mid: str
    seat: Seat
    medium: Medium
    payload_type: int
    rtx_payload_type: int | None
    extensions: ExtensionIds
    feedback: tuple[str, ...]
    reduced_size: bool
    """The peer takes control packets that are not compounds (RFC 5506)."""
    ssrc: int | None = None
    """Announced by a sending browser; it may also be learnt from the mid that comes with the packets."""
    rtx_ssrc: int | None = None
    layers: tuple[str, ...] = ()
    """The names (RFC 8851) of a camera's simulcast layers, in the order offered: a page begins with the smallest."""

    @property
    def video(self) -> bool:
        return self.medium is not Medium.MIC

    @property
    def clock_rate(self) -> int:
        return 90_000 if self.video else 48_000


@dataclass(frozen=True, slots=True)
class Offer:
    """What a browser offered, reduced to what the host agrees to."""

    sends: tuple[Section, ...]
    """Mic, camera, screen of the seat itself."""
    receives: tuple[Section, ...]
    """Mic, camera, screen of each of the two other seats, in the order of `other_seats`."""
    fingerprints: tuple[tuple[str, str], ...]
    """Digest name and value of the certificate that DTLS must show."""


def parse_offer(seat: Seat, text: str) -> Offer:
    """Read the offer of a seat's browser. Raises BadOfferError, whatever is wrong with it."""
    if len(text) > MAX_OFFER or not text.isascii():
        raise BadOfferError("the offer is too long or not plain text")
    heads = [line for line in text.splitlines() if line.startswith("m=")]
    if len(heads) != 9 or any(not head.startswith(("m=audio ", "m=video ")) for head in heads):
        raise BadOfferError("the offer has other media sections than the nine agreed")
    text = "\r\n".join(_allowed_lines(text)) + "\r\n"
    try:
        return _read(seat, SessionDescription.parse(text), _blocks(text))
    except BadOfferError:
        raise
    except (ValueError, AssertionError, KeyError, IndexError, TypeError, AttributeError, struct.error) as error:
        raise BadOfferError("the offer cannot be read") from error
    except (RuntimeError, ArithmeticError) as error:  # aiortc looks codecs up by next(): StopIteration and kin
        raise BadOfferError("the offer cannot be read") from error
    except StopIteration as error:
        raise BadOfferError("the offer describes a codec that it does not list") from error


def _allowed_lines(text: str) -> Iterator[str]:
    """The offer without what the host has no use for: most of Chromium's, whose reading would hold up calls."""
    lines = text.splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith("m=")]
    for start, stop in pairwise([0, *starts, len(lines)]):
        part = lines[start:stop]
        numbers = {_number(line) for line in part if line.startswith("a=rtpmap:") and _codec(line) in _CODECS}
        for line in part:
            name, _, value = line[2:].partition(":")
            if (
                not line.startswith("a=")
                or name in _ATTRIBUTES
                or (name in _CODEC_ATTRIBUTES and (_number(line) in numbers or _number(line) == "*"))
                or (name == "ssrc" and " cname:" in value)
            ):
                yield line


def _number(line: str) -> str:
    return line.partition(":")[2].partition(" ")[0]


def _codec(line: str) -> str:
    return line.partition(" ")[2].partition("/")[0].lower()


def _blocks(text: str) -> list[set[str]]:
    """The lines of each media section, for the few flags that aiortc's parser leaves out."""
    blocks: list[set[str]] = []
    for line in text.splitlines():
        if line.startswith("m="):
            blocks.append(set())
        elif blocks:
            blocks[-1].add(line)
    return blocks


def _read(seat: Seat, session: SessionDescription, blocks: list[set[str]]) -> Offer:
    bundle = next((group.items for group in session.group if group.semantic == "BUNDLE"), [])
    mids = [media.rtp.muxId for media in session.media]
    if len(set(mids)) != 9 or list(bundle) != mids or not all(_MID.fullmatch(mid) for mid in mids):
        raise BadOfferError("the media sections are not one bundle")
    sources = (seat, *other_seats(seat))
    sections = []
    for index, (media, lines) in enumerate(zip(session.media, blocks, strict=True)):
        if media.port == 0 and "a=bundle-only" not in lines:
            raise BadOfferError("a media section is switched off")
        sections.append(_read_section(sources[index // 3], MEDIA[index % 3], media, lines, sending=index < 3))
    return Offer(tuple(sections[:3]), tuple(sections[3:]), _read_fingerprints(session.media))


def _read_section(seat: Seat, medium: Medium, media: MediaDescription, lines: set[str], *, sending: bool) -> Section:
    if media.kind != KINDS[medium] or media.profile != "UDP/TLS/RTP/SAVPF" or not media.rtcp_mux:
        raise BadOfferError("a media section is of another kind, profile or without rtcp-mux")
    if media.direction not in (("sendonly", "sendrecv") if sending else ("recvonly", "sendrecv")):
        raise BadOfferError("a media section has another direction than agreed")
    codec = _find_codec(media, "video/VP8" if KINDS[medium] == "video" else "audio/opus")
    payload_type = codec.payloadType or 0
    rtx = next(
        (
            other.payloadType
            for other in media.rtp.codecs
            if other.mimeType.lower() == "video/rtx" and other.parameters.get("apt") == payload_type
        ),
        None,
    )
    offered = {f"{item.type} {item.parameter}" if item.parameter else item.type for item in codec.rtcpFeedback}
    feedback = tuple(item for item in (_SEND_FEEDBACK if sending else _RECEIVE_FEEDBACK) if item in offered)
    ids = _read_extensions(media, sending=sending, transport="transport-cc" in feedback)
    if not all(96 <= number <= 127 for number in (payload_type, rtx or 96)):
        raise BadOfferError("a payload type is outside the dynamic range")
    layers = _read_layers(lines) if sending and medium is Medium.CAMERA and ids.rid and ids.mid else ()
    if not layers:
        ids = replace(ids, rid=0, repaired_rid=0)
    # Firefox names each layer's SSRC here: it would be taken for a stream of its own
    ssrc, rtx_ssrc = _read_ssrcs(media) if sending and not _has_simulcast(lines) else (None, None)
    return Section(
        media.rtp.muxId,
        seat,
        medium,
        payload_type,
        rtx,
        ids,
        feedback,
        "a=rtcp-rsize" in lines,
        ssrc,
        rtx_ssrc if rtx else None,
        layers,
    )


def _read_layers(lines: set[str]) -> tuple[str, ...]:
    """The names of `a=simulcast:send` (RFC 8853) that also have an `a=rid`; none when it is no plain list."""
    line = next((line for line in lines if line.startswith("a=simulcast:send ")), "")
    named = line.partition(" ")[2].split(" ")[0].split(";")
    wanted = [name.removeprefix("~") for name in named]
    known = [name for name in wanted if _RID.fullmatch(name) and f"a=rid:{name} send" in lines]
    whole = len(known) == len(wanted) == len(set(known)) and 1 < len(known) <= _MAX_LAYERS
    return tuple(known) if whole else ()


def _has_simulcast(lines: set[str]) -> bool:
    return any(line.startswith("a=simulcast:") for line in lines)


def _find_codec(media: MediaDescription, mime_type: str) -> RTCRtpCodecParameters:
    for codec in media.rtp.codecs:
        if codec.mimeType.lower() == mime_type.lower() and codec.payloadType in media.fmt:
            return codec
    raise BadOfferError("a media section lacks the codec that every browser has")


def _read_extensions(media: MediaDescription, *, sending: bool, transport: bool) -> ExtensionIds:
    ids = {item.uri: item.id for item in reversed(media.rtp.headerExtensions) if 1 <= item.id <= 14}
    return ExtensionIds(
        mid=ids.get(extensions.MID, 0),
        audio_level=ids.get(extensions.AUDIO_LEVEL, 0) if media.kind == "audio" else 0,
        abs_send_time=0 if sending else ids.get(extensions.ABS_SEND_TIME, 0),
        # with transport-wide numbers a receiving browser would send no REMB
        transport_sequence=ids.get(extensions.TRANSPORT_SEQUENCE, 0) if sending and transport else 0,
        rid=ids.get(extensions.RID, 0) if sending else 0,
        repaired_rid=ids.get(extensions.REPAIRED_RID, 0) if sending else 0,
    )


def _read_ssrcs(media: MediaDescription) -> tuple[int | None, int | None]:
    announced = [item.ssrc for item in media.ssrc]
    if not announced:
        return None, None
    for group in media.ssrc_group:
        if group.semantic == "FID" and len(group.items) == 2:
            first, second = (int(item) for item in group.items)
            return first & 0xFFFFFFFF, second & 0xFFFFFFFF
    return announced[0] & 0xFFFFFFFF, None


def _read_fingerprints(media: Sequence[MediaDescription]) -> tuple[tuple[str, str], ...]:
    found: set[tuple[tuple[str, str], ...]] = set()
    for section in media:
        if section.dtls is None or section.dtls.role not in ("auto", "client"):
            raise BadOfferError("a media section does not leave the DTLS server to the host")
        found.add(
            tuple(
                (item.algorithm.lower(), item.value.upper())
                for item in section.dtls.fingerprints
                if item.algorithm.lower() in _DIGESTS and _FINGERPRINT.fullmatch(item.value)
            )
        )
    if len(found) != 1 or not next(iter(found)):
        raise BadOfferError("the media sections name no common certificate")
    return found.pop()
