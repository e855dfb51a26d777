"""Utterances, by the moments at which somebody begins and ends."""

from __future__ import annotations

from server.domain.seats import Seat
from server.rooms.voices import SHORTEST, Utterances

A, B = Seat.PARTNER_A, Seat.PARTNER_B


def test_an_utterance_is_told_when_it_ends() -> None:
    voices = Utterances()
    assert voices.heard(A, 1_000, speaking=True) is None
    assert voices.heard(B, 1_500, speaking=True) is None
    assert voices.heard(A, 4_000, speaking=False) == 1_000
    assert voices.heard(B, 9_000, speaking=False) == 1_500


def test_what_is_too_short_or_never_began_is_none() -> None:
    voices = Utterances()
    assert voices.heard(A, 1_000, speaking=False) is None
    assert voices.heard(A, 2_000, speaking=True) is None
    assert voices.heard(A, 2_000 + SHORTEST - 1, speaking=False) is None
    assert voices.heard(A, 9_000, speaking=False) is None


def test_a_repeated_beginning_does_not_move_it() -> None:
    voices = Utterances()
    assert voices.heard(A, 1_000, speaking=True) is None
    assert voices.heard(A, 5_000, speaking=True) is None
    assert voices.heard(A, 6_000, speaking=False) == 1_000
