"""Header extensions in both forms, and the writer for one receiver."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media import extensions
from server.media.extensions import ExtensionIds, ExtensionWriter

elements = st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=8)


@given(elements)
def test_one_byte_blocks_are_read_back(made: dict[int, bytes]) -> None:
    block = extensions.build(made)

    assert len(block) % 4 == 0
    if made:
        assert int.from_bytes(block[2:4], "big") == (len(block) - 4) // 4
        assert extensions.parse(extensions.ONE_BYTE, block[4:]) == made
    else:
        assert block == b""


@given(st.dictionaries(st.integers(1, 255), st.binary(max_size=40), max_size=5))
def test_two_byte_blocks_are_read(made: dict[int, bytes]) -> None:
    block = b"".join(bytes((number, len(value))) + value + b"\0" for number, value in made.items())

    assert extensions.parse(0x1003, block) == made


@given(st.integers(0, 0xFFFF), st.binary(max_size=40))
def test_any_block_is_read_or_a_value_error(profile: int, block: bytes) -> None:
    try:
        found = extensions.parse(profile, block)
    except ValueError:
        return
    assert sum(map(len, found.values())) <= len(block)


def test_the_reserved_id_ends_the_reading() -> None:
    assert extensions.parse(extensions.ONE_BYTE, b"\x10\x01\xf0\x00\x20\x02") == {1: b"\x01"}


@pytest.mark.parametrize("wrong", [{15: b"a"}, {0: b"a"}, {1: b""}, {1: bytes(17)}])
def test_what_does_not_fit_is_refused(wrong: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match="one-byte form"):
        extensions.build(wrong)


@given(st.permutations([0, 1, 2, 3, 4, 5, 6]), st.integers(0, 3), st.sampled_from(["0", "8", "12", "abcdefgh"]))
def test_the_writer_writes_what_was_negotiated(ids: list[int], keep: int, mid: str) -> None:
    numbers = [*ids[:keep], *[0] * (3 - keep)]
    negotiated = ExtensionIds(numbers[0], numbers[1], numbers[2], 0)

    block = ExtensionWriter(negotiated, mid).block(b"\1\2\3", b"\x9e")

    expected = {}
    if negotiated.mid:
        expected[negotiated.mid] = mid.encode()
    if negotiated.abs_send_time:
        expected[negotiated.abs_send_time] = b"\1\2\3"
    if negotiated.audio_level:
        expected[negotiated.audio_level] = b"\x9e"
    if not expected:
        assert block == b""
        return
    assert block[:2] == b"\xbe\xde"
    assert len(block) == 4 + 4 * int.from_bytes(block[2:4], "big")
    assert extensions.parse(extensions.ONE_BYTE, block[4:]) == expected


def test_the_send_time_is_six_bits_of_seconds_and_eighteen_of_fraction() -> None:
    assert extensions.abs_send_time(1.5) == (3 << 17).to_bytes(3, "big")
    assert extensions.abs_send_time(64.0) == bytes(3)
