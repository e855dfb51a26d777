"""Transport-wide feedback."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media import congestion
from server.media.congestion import TransportFeedback


def told(feedback: TransportFeedback) -> dict[int, int | None]:
    """All that the messages due now say, in quarters of a millisecond."""
    sums: dict[int, int | None] = {}
    for message in feedback.messages():
        assert len(message) % 4 == 0
        sums |= congestion.parse(message)
    return sums


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.tuples(st.integers(1, 12), st.integers(-8, 1_200)), min_size=1, max_size=200),
)
def test_each_arrival_is_told_to_a_quarter_of_a_millisecond(first: int, steps: list[tuple[int, int]]) -> None:
    feedback = TransportFeedback()
    arrivals: dict[int, int] = {}
    sequence, clock = first, 200_000
    for ahead, passed in steps:
        sequence, clock = sequence + ahead, clock + passed
        arrivals[sequence & 0xFFFF] = clock
        feedback.arrived(sequence & 0xFFFF, clock / 4000)

    sums = told(feedback)

    received = {number: when for number, when in sums.items() if when is not None}
    kept = {number: when for number, when in arrivals.items() if (sequence - number) & 0xFFFF < 2_000}
    assert received.keys() == kept.keys()
    for number, when in kept.items():
        assert (received[number] - when) % (1 << 32) == 0  # the reference time has 24 bits
    assert all(((sequence - number) & 0xFFFF) < 2_500 for number in sums)


def test_the_lost_are_told_within_and_between_messages() -> None:
    feedback = TransportFeedback()
    feedback.arrived(65_534, 1.0)
    feedback.arrived(1, 1.001)
    assert told(feedback) == {65_534: 4000, 65_535: None, 0: None, 1: 4004}

    feedback.arrived(4, 1.1)
    assert told(feedback) == {2: None, 3: None, 4: 4400}
    assert told(feedback) == {}


def test_one_that_comes_late_is_told_after_all() -> None:
    feedback = TransportFeedback()
    feedback.arrived(10, 1.0)
    feedback.arrived(12, 1.0)
    told(feedback)

    feedback.arrived(11, 1.2)

    assert told(feedback) == {11: 4800}
    feedback.arrived(13, 1.3)
    assert told(feedback) == {13: 5200}


def test_messages_are_counted_and_bounded() -> None:
    feedback = TransportFeedback()
    for number in range(5_000):
        feedback.arrived(number, (1_000_000 + number * 100) / 1e6)
    messages = feedback.messages()

    assert [message[7] for message in messages] == list(range(len(messages)))
    assert all(len(message) < 1_200 for message in messages)
    assert sum(len(congestion.parse(message)) for message in messages) <= 2_000


def test_numbers_that_jump_wildly_cost_little() -> None:
    feedback = TransportFeedback()
    for number in range(0, 1 << 25, 32_767):
        feedback.arrived(number & 0xFFFF, 1.0)

    assert len(feedback.messages()) <= 5


def test_a_long_pause_begins_another_message() -> None:
    feedback = TransportFeedback()
    feedback.arrived(1, 1.0)
    feedback.arrived(2, 20.0)

    assert len(feedback.messages()) == 2


@given(st.binary(max_size=60))
def test_any_octets_are_feedback_or_a_value_error(body: bytes) -> None:
    try:
        assert len(congestion.parse(body)) <= 0xFFFF
    except ValueError:
        return


def test_runs_and_vectors_are_both_written() -> None:
    feedback = TransportFeedback()
    for number in [*range(20), 21, 23, 24, 30]:
        feedback.arrived(number, 1.0)
    [message] = feedback.messages()

    assert message[8:10] == (1 << 13 | 20).to_bytes(2, "big")
    assert message[10] & 0xC0 == 0xC0
    with pytest.raises(ValueError, match="deltas"):
        congestion.parse(message[:14])
