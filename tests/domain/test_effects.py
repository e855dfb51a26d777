"""Effects are values that tests can compare."""

from __future__ import annotations

import typing

from server.domain import effects
from server.domain.seats import NO_ROUTES, Seat


def test_effects_compare_by_content() -> None:
    assert effects.SetRoutes(NO_ROUTES) == effects.SetRoutes(frozenset())
    assert effects.CloseSeat(Seat.PARTNER_A, "left") != effects.CloseSeat(Seat.PARTNER_B, "left")
    assert effects.SetTimer("t", 1) != effects.SetTimer("t", 2)
    assert len(set(typing.get_args(effects.Effect))) == 5
