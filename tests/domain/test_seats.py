"""Seats and their order."""

from __future__ import annotations

import pytest

from server.domain.seats import SEATS, Occupant, Presence, Seat, is_partner, other_partner, other_seats


def test_partners_are_each_other_s_other() -> None:
    assert other_partner(Seat.PARTNER_A) is Seat.PARTNER_B
    assert other_partner(Seat.PARTNER_B) is Seat.PARTNER_A
    with pytest.raises(ValueError, match="no other partner"):
        other_partner(Seat.THERAPIST)


def test_others_keep_the_order_of_seats() -> None:
    assert other_seats(Seat.PARTNER_A) == (Seat.THERAPIST, Seat.PARTNER_B)
    assert other_seats(Seat.THERAPIST) == (Seat.PARTNER_A, Seat.PARTNER_B)
    assert [is_partner(seat) for seat in SEATS] == [False, True, True]


def test_an_occupant_is_admitted_only_in_that_state() -> None:
    states = {presence: Occupant("Maya", "en", presence).admitted for presence in Presence}
    assert [presence for presence, admitted in states.items() if admitted] == [Presence.ADMITTED]
