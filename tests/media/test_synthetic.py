"""What probes send."""

from __future__ import annotations

from server.domain.seats import Medium
from server.media import extensions, rtp
from server.media.synthetic import CHROMIUM, FIREFOX, PLAIN, Dialect, SyntheticStream


def made(dialect: Dialect, medium: Medium = Medium.CAMERA) -> tuple[SyntheticStream, list[rtp.Packet]]:
    stream = SyntheticStream(medium, "1", dialect)
    packets = [rtp.parse(stream.next(200, 7 + n, level=33, marker=True, keep=True)) for n in range(5)]
    return stream, packets


def test_video_is_as_long_as_said_and_begins_with_a_key_frame() -> None:
    stream, packets = made(CHROMIUM)

    assert {len(packet.payload) for packet in packets} == {200}
    assert [rtp.starts_key_frame(packet.payload) for packet in packets] == [True, False, False, False, False]
    pictures = [rtp.parse_vp8(packet.payload).picture_id for packet in packets]
    assert pictures == [((pictures[0] or 0) + step) % 0x8000 for step in range(5)]
    assert (stream.packets, stream.octets) == (5, 1000)


def test_sound_carries_its_level_in_the_numbers_of_its_browser() -> None:
    for dialect in (CHROMIUM, FIREFOX):
        _, packets = made(dialect, Medium.MIC)
        found = extensions.parse(packets[0].profile, packets[0].extensions)
        assert found[dialect.ids.audio_level] == b"\x21"
        assert found[dialect.ids.mid] == b"1"
        assert found[dialect.ids.transport_sequence] == b"\x00\x07"
        assert packets[0].payload_type == dialect.opus


def test_a_packet_is_repeated_by_rtx_or_as_it_was() -> None:
    stream, packets = made(CHROMIUM)
    again = rtp.parse(stream.again(packets[2].sequence, 99) or b"")
    assert (again.ssrc, again.timestamp) == (stream.rtx_ssrc, packets[2].timestamp)
    assert again.payload == packets[2].sequence.to_bytes(2, "big") + packets[2].payload

    stream, packets = made(PLAIN)
    again = rtp.parse(stream.again(packets[2].sequence, 99) or b"")
    assert (again.ssrc, again.sequence, again.payload) == (stream.ssrc, packets[2].sequence, packets[2].payload)
    assert stream.again((packets[0].sequence - 1) & 0xFFFF, 99) is None
