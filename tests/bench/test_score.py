"""What the light peers send."""

from __future__ import annotations

import struct
import time
from itertools import pairwise

import pytest

from server.media import rtp
from tests.bench import offers, score
from tests.bench.score import Sender


def packets(sender: Sender, slots: int) -> list[rtp.Packet]:
    return [rtp.parse(plain) for slot in sender.prepare(slots, bytes) for plain in slot]


def test_a_second_has_a_hundred_video_packets_and_fifty_audio_packets() -> None:
    made = packets(Sender(0, "0", "1"), score.SLOTS)

    video = [packet for packet in made if packet.payload_type == offers.VP8]
    audio = [packet for packet in made if packet.payload_type == offers.OPUS]
    assert [len(video), len(audio), len(made)] == [100, 50, 150]
    assert {len(packet.payload) for packet in video} == {1100}
    assert {len(packet.payload) for packet in audio} == {120}
    assert {later.timestamp - sooner.timestamp & 0xFFFFFFFF for sooner, later in pairwise(video)} == {900}
    assert {later.sequence - sooner.sequence & 0xFFFF for sooner, later in pairwise(audio)} == {1}


def test_each_second_opens_with_a_key_frame() -> None:
    video = [p for p in packets(Sender(0, "0", "1"), 3 * score.SLOTS) if p.payload_type == offers.VP8]

    assert [index for index, packet in enumerate(video) if rtp.starts_key_frame(packet.payload)] == [0, 100, 200]


def test_numbers_go_on_from_one_play_to_the_next() -> None:
    sender = Sender(7, "0", "1")
    first, second = sender.prepare(10, bytes), sender.prepare(10, bytes)

    told = [score.origin(plain) for slot in first + second for plain in slot]
    assert told == [(7, number) for number in range(30)]


def test_the_section_is_named_at_first_only() -> None:
    made = packets(Sender(0, "0", "1"), 300)

    assert len(made[0].extensions) > len(made[-1].extensions)


def test_what_is_too_short_tells_no_origin() -> None:
    with pytest.raises(struct.error):
        score.origin(b"\x80")


class Listening:
    """A player that keeps what it is given to send."""

    def __init__(self, number: int) -> None:
        self.sender = Sender(number, "0", "1")
        self.sent: list[bytes] = []
        self.checks = self.looks = 0

    def send(self, datagram: bytes) -> None:
        self.sent.append(datagram)

    def check(self) -> None:
        self.checks += 1

    def read(self) -> None:
        self.looks += 1


async def test_a_play_sends_everything_in_order_and_notes_when() -> None:
    players = [Listening(number) for number in range(12)]
    scores = [player.sender.prepare(5, bytes) for player in players]
    begin = time.monotonic()

    late = await score.play(players, scores)

    assert late >= 0.0
    assert time.monotonic() - begin >= 0.05
    for player, made in zip(players, scores, strict=True):
        assert player.sent == [datagram for slot in made for datagram in slot]
        assert player.sender.times == sorted(player.sender.times)
        assert len(player.sender.times) == len(player.sent)
        assert player.checks == 1
        assert player.looks >= len(made)
