"""What the light peers send and when: 100 video packets and 50 audio packets a second each, made and encrypted ahead.

Every packet ends with who sent it and its number, so that whoever opens it can tell its origin and its age.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from struct import Struct
from typing import Protocol

from server.media import extensions, rtp
from tests.bench import offers

VIDEO_OCTETS, AUDIO_OCTETS = 1100, 120
"""Octets of payload in a packet."""
SLOTS = 100
"""A second has so many slots; in each a peer sends one video packet, in every other an audio packet."""
_PHASES = 10
"""The peers share a slot's ten milliseconds out among themselves, as people who know nothing of each other do."""
_CHECK_SLOTS = 250
_NAMED_SECONDS = 2
"""A browser names the section in its packets until the first reports about them are back."""
_MARK = Struct("!HI")


class _Stream:
    """A camera or a microphone."""

    def __init__(self, mid: str, *, video: bool) -> None:
        self.video = video
        self.mid = mid.encode("ascii")
        self.ssrc = secrets.randbits(31) | 1
        self.rtx_ssrc = secrets.randbits(31) | 1 if video else None
        self.sequence = secrets.randbits(14)
        self.timestamp = secrets.randbits(32)
        self.picture = secrets.randbits(14)

    @property
    def section(self) -> offers.Section:
        return offers.Section(self.mid.decode("ascii"), self.video, self.ssrc, self.rtx_ssrc)


class Sender:
    """One peer's camera and microphone."""

    def __init__(self, number: int, mic: str, camera: str) -> None:
        """`number` is the peer's own among all, `mic` and `camera` are the names of its sections."""
        self.number = number
        self.mic = _Stream(mic, video=False)
        self.camera = _Stream(camera, video=True)
        self.times: list[float] = []
        """When each packet was sent, by `time.time`: the kernel notes arrivals so."""
        self._made = 0
        self._slots = 0
        self._transport_sequence = secrets.randbits(16)

    def prepare(self, slots: int, protect: Callable[[bytes], bytes]) -> list[tuple[bytes, ...]]:
        """The datagrams of the next slots. There is a key frame each second, and the first packet is one."""
        made = []
        for _ in range(slots):
            named = self._slots < _NAMED_SECONDS * SLOTS
            packets = [self._video(key=self._slots % SLOTS == 0, named=named)]
            if self._slots % 2 == 0:
                packets.append(self._audio(named=named))
            made.append(tuple(protect(packet) for packet in packets))
            self._slots += 1
        return made

    def _video(self, *, key: bool, named: bool) -> bytes:
        stream = self.camera
        stream.picture = (stream.picture + 1) & 0x7FFF
        # X and S; picture id of 15 bits and TL0PICIDX; then the frame, whose first bit says "no key frame" (RFC 7741)
        head = b"\x90\xc0" + (0x8000 | stream.picture).to_bytes(2, "big") + bytes((stream.picture & 0xFF,))
        return self._dress(stream, head + (b"\x00" if key else b"\x01"), VIDEO_OCTETS, 900, named)

    def _audio(self, *, named: bool) -> bytes:
        return self._dress(self.mic, b"\x78", AUDIO_OCTETS, 960, named)

    def _dress(self, stream: _Stream, head: bytes, octets: int, ticks: int, named: bool) -> bytes:
        stream.sequence = (stream.sequence + 1) & 0xFFFF
        stream.timestamp = (stream.timestamp + ticks) & 0xFFFFFFFF
        self._transport_sequence = (self._transport_sequence + 1) & 0xFFFF
        elements = {offers.TRANSPORT_ID: self._transport_sequence.to_bytes(2, "big")}
        if named:
            elements[offers.MID_ID] = stream.mid
        if not stream.video:
            elements[offers.LEVEL_ID] = b"\x9e"  # a voice, 30 dB below the loudest
        payload = head + bytes(octets - len(head) - _MARK.size) + _MARK.pack(self.number, self._made)
        self._made += 1
        return rtp.build(
            offers.VP8 if stream.video else offers.OPUS,
            stream.sequence,
            stream.timestamp,
            stream.ssrc,
            payload,
            marker=stream.video,
            extensions=extensions.build(elements),
        )


def origin(plain: bytes) -> tuple[int, int]:
    """Who sent this decrypted packet, and its number there. Raises struct.error when it is too short."""
    return _MARK.unpack_from(plain, len(plain) - _MARK.size)


class Player(Protocol):
    """Who takes part in the play."""

    sender: Sender

    def send(self, datagram: bytes) -> None:
        """Send one datagram now."""

    def check(self) -> None:
        """Send what keeps the connection."""

    def read(self) -> None:
        """Take what has arrived."""


async def play(players: Sequence[Player], scores: Sequence[Sequence[tuple[bytes, ...]]]) -> float:
    """Send all scores (one for each player) in time with each other; the worst lateness in seconds.

    Whoever falls behind catches up without leaving anything out.
    """
    slots = max(len(score) for score in scores)
    monotonic, clock = time.monotonic, time.time
    begin = monotonic()
    late = 0.0
    for slot in range(slots):
        for phase in range(_PHASES):
            due = begin + slot / SLOTS + phase / SLOTS / _PHASES
            if phase >= len(players):
                break
            await asyncio.sleep(max(0.0, due - monotonic()))
            late = max(late, monotonic() - due)
            for player in players:
                player.read()
            for player, score in zip(players[phase::_PHASES], scores[phase::_PHASES], strict=True):
                times, send = player.sender.times, player.send
                for datagram in score[slot]:
                    times.append(clock())
                    send(datagram)
                if slot % _CHECK_SLOTS == 0:
                    player.check()
    await asyncio.sleep(max(0.0, begin + slots / SLOTS - monotonic()))
    return late
