"""The balance of talk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.domain import events
from server.domain.talk import LONGEST, Talk, with_utterance
from tests.playbook import A, B, Playbook, T, full_room, start, tell, walk


@given(st.lists(st.tuples(st.integers(-10, LONGEST + 10), st.booleans())))
def test_it_adds_up_and_leaves_out_what_cannot_be(spans: list[tuple[int, bool]]) -> None:
    talks: dict[object, Talk] = {}
    balance = with_utterance({}, A, 0, in_voice=True)
    for lasted, in_voice in spans:
        balance = with_utterance(balance, A, lasted, in_voice=in_voice)
    sound = [(lasted, mine) for lasted, mine in spans if 0 < lasted <= LONGEST]
    spoken = sum(lasted for lasted, _ in sound)
    talks = {A: Talk(spoken, sum(lasted for lasted, mine in sound if mine))} if sound else {}
    assert balance == talks


def test_the_room_counts_whose_voice_it_was_and_tells_the_therapist_alone() -> None:
    book = tell(Playbook(full_room()), start(), *walk("request", "ready"))
    before = [book.room.view(seat) for seat in (A, B)]
    tell(book, events.VoiceHeard(10_000, A, 4_000), events.VoiceHeard(12_000, B, 11_000))
    lead = book.room.view(T).lead
    assert lead is not None
    assert [(line.seat, line.spoken, line.in_voice) for line in lead.talk] == [(A, 6_000, 6_000), (B, 1_000, 0)]
    assert [book.room.view(seat) for seat in (A, B)] == before
    tell(book, events.SeatLeft(13_000, B))
    book >> events.VoiceHeard(14_000, B, 13_500) << "not-admitted"
