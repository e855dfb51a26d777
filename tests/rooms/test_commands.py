from __future__ import annotations

from server.domain.events import SeatEntered
from server.domain.seats import Seat
from server.ports import LoggedEvent
from server.rooms.commands import KEPT, DoneCommands, key

A, B = Seat.PARTNER_A, Seat.PARTNER_B


def test_a_command_is_known_once_it_is_done() -> None:
    done = DoneCommands([])

    assert (A, "x") not in done
    done.add(A, "x")
    assert (A, "x") in done
    assert (B, "x") not in done


def test_the_log_tells_what_was_done() -> None:
    entries = [
        LoggedEvent(1, SeatEntered(1, A), key(A, "x")),
        LoggedEvent(2, SeatEntered(1, B)),
        LoggedEvent(3, SeatEntered(1, B), key(B, "y")),
    ]

    done = DoneCommands(entries)

    assert (A, "x") in done
    assert (B, "y") in done
    assert (A, "y") not in done


def test_memory_is_bounded_for_each_seat() -> None:
    done = DoneCommands([])
    done.add(B, "first")

    for number in range(KEPT + 10):
        done.add(A, f"c{number}")

    assert (A, "c9") not in done
    assert (A, "c10") in done
    assert (A, f"c{KEPT + 9}") in done
    assert (B, "first") in done
