"""RTP headers and VP8 descriptors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media import rtp

sequences = st.integers(0, 0xFFFF)
timestamps = st.integers(0, 0xFFFFFFFF)


@given(sequences, timestamps, timestamps, st.binary(max_size=64), st.booleans(), st.sampled_from([0, 1, 2, 4]))
def test_what_is_built_is_read_back(
    sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool, words: int
) -> None:
    block = b"\xbe\xde" + words.to_bytes(2, "big") + bytes(4 * words) if words else b""
    data = rtp.build(96, sequence, timestamp, ssrc, payload, marker=marker, extensions=block)

    packet = rtp.parse(data)

    assert packet == (marker, 96, sequence, timestamp, ssrc, 0xBEDE if words else 0, bytes(4 * words), payload, False)
    assert packet.padding == 0


@given(st.binary(max_size=80))
def test_any_octets_are_a_packet_or_a_value_error(data: bytes) -> None:
    try:
        packet = rtp.parse(data)
    except ValueError:
        return
    assert len(packet.payload) <= len(data) - 12


def test_contributing_sources_are_left_out() -> None:
    data = bytearray(rtp.build(111, 1, 2, 3, b"sound"))
    data[0] |= 2
    data[12:12] = b"\0\0\0\1\0\0\0\2"

    assert rtp.parse(bytes(data)).payload == b"sound"


def test_padding_is_counted_and_checked() -> None:
    assert rtp.parse(rtp.build(96, 1, 2, 3, b"ab\0\0\3", padded=True)).padding == 3
    for payload in (b"", b"a\0", b"ab\4"):
        with pytest.raises(ValueError, match="padding"):
            rtp.parse(rtp.build(96, 1, 2, 3, payload, padded=True))


def test_control_packets_are_told_from_media() -> None:
    assert rtp.is_rtcp(b"\x80\xc8")
    assert rtp.is_rtcp(b"\x81\xce")
    assert not rtp.is_rtcp(b"\x80\xe0")  # payload type 96 with the marker bit
    assert not rtp.is_rtcp(b"\x80\x6f")


@given(st.integers(0, 1 << 40), st.integers(-0x7FFF, 0x7FFF))
def test_a_counter_that_wraps_becomes_a_plain_number(near: int, step: int) -> None:
    assert rtp.unwrap((near + step) & 0xFFFF, near) == near + step


DESCRIPTORS = {
    "no picture id": (b"\x10", None, 0, None, 1),
    "short picture id": (b"\x90\x80\x55", 0x55, 7, None, 3),
    "long picture id": (b"\x90\x80\xd5\x55", 0x5555, 15, None, 4),
    "with TL0PICIDX and layer": (b"\x90\xe0\xd5\x55\x07\x20", 0x5555, 15, 7, 6),
    "TL0PICIDX alone": (b"\x90\x40\x09", None, 0, 9, 3),
}


@pytest.mark.parametrize("case", DESCRIPTORS.values(), ids=DESCRIPTORS)
def test_a_descriptor_is_read(case: tuple[bytes, int | None, int, int | None, int]) -> None:
    octets, picture, bits, tl0, length = case

    read = rtp.parse_vp8(octets + b"\x00frame")

    assert (read.picture_id, read.picture_id_bits, read.tl0picidx, read.length) == (picture, bits, tl0, length)
    assert read.starts_frame


@pytest.mark.parametrize("case", DESCRIPTORS.values(), ids=DESCRIPTORS)
def test_a_descriptor_is_shifted_and_back(case: tuple[bytes, int | None, int, int | None, int]) -> None:
    payload = case[0] + b"\x00frame"

    shifted = rtp.shift_vp8(payload, 3, 5)

    read = rtp.parse_vp8(shifted)
    if case[1] is not None:
        assert read.picture_id == (case[1] + 3) % (1 << case[2])
    if case[3] is not None:
        assert read.tl0picidx == case[3] + 5
    assert rtp.shift_vp8(shifted, -3, -5) == payload


@given(st.integers(0, 0x7FFF), st.integers(0, 0xFF), st.integers(-70_000, 70_000), st.integers(-600, 600))
def test_picture_numbers_wrap_within_their_width(picture: int, tl0: int, by: int, tl0_by: int) -> None:
    payload = b"\x90\xc0" + (0x8000 | picture).to_bytes(2, "big") + bytes((tl0,)) + b"\x01rest"

    read = rtp.parse_vp8(rtp.shift_vp8(payload, by, tl0_by))

    assert (read.picture_id, read.tl0picidx) == ((picture + by) % 0x8000, (tl0 + tl0_by) % 256)


@given(st.binary(max_size=8))
def test_any_descriptor_is_read_or_a_value_error(payload: bytes) -> None:
    try:
        length = rtp.parse_vp8(payload).length
    except ValueError:
        assert not rtp.starts_key_frame(payload)
        return
    assert 1 <= length <= 6
    assert len(rtp.shift_vp8(payload, 1, 1)) == len(payload)


def test_a_key_frame_is_known_by_its_first_packet() -> None:
    assert rtp.starts_key_frame(b"\x90\x80\xd5\x55\x00...")
    assert not rtp.starts_key_frame(b"\x90\x80\xd5\x55\x01...")  # a delta frame
    assert not rtp.starts_key_frame(b"\x80\x80\xd5\x55\x00...")  # in the middle of a frame
    assert not rtp.starts_key_frame(b"\x91\x80\xd5\x55\x00...")  # another partition
    assert not rtp.starts_key_frame(b"\x90\x80\xd5\x55")  # a descriptor alone
    assert not rtp.starts_key_frame(b"")
