"""Walking a script: roles, voices, confirms, loops and the switch."""

from __future__ import annotations

import pytest

from server.domain.dialogue import begin, confirms, may_take, take, voices
from server.domain.errors import NotAllowed, UnknownThing
from server.domain.reading import parse
from server.domain.script import Role
from tests.domain.test_script import SMALL
from tests.playbook import A, B, T

SCRIPT = parse(SMALL, "small.toml")


def test_it_begins_at_the_start_with_the_sender_chosen() -> None:
    dialogue = begin(SCRIPT, "e", B, 7)
    assert (dialogue.step, dialogue.sender, dialogue.receiver, dialogue.leg, dialogue.since) == ("say", B, A, 1, 7)
    assert [dialogue.role_of(seat) for seat in (T, A, B)] == [None, Role.RECEIVER, Role.SENDER]


def test_only_the_therapist_and_the_one_asked_may_take_an_edge() -> None:
    said = take(SCRIPT, begin(SCRIPT, "e", A, 0), "said", T, 1)
    assert said is not None
    step = SCRIPT.step(said.step)
    yes = step.edge("yes")
    assert yes is not None
    assert [may_take(said, yes, seat) for seat in (T, A, B)] == [True, True, False]
    assert [edge.id for edge in confirms(step, said, A)] == ["yes", "no"]
    assert confirms(step, said, B) == ()
    assert confirms(step, said, T) == ()
    with pytest.raises(NotAllowed):
        take(SCRIPT, said, "yes", B, 2)
    with pytest.raises(NotAllowed):
        take(SCRIPT, begin(SCRIPT, "e", A, 0), "said", A, 2)
    with pytest.raises(UnknownThing) as caught:
        take(SCRIPT, said, "perhaps", T, 2)
    assert caught.value.code == "unknown-edge"


def test_loops_are_counted_and_the_switch_begins_a_leg_anew() -> None:
    dialogue = begin(SCRIPT, "e", A, 0)
    for at, edge in enumerate(("said", "no", "said", "no", "said", "yes")):
        following = take(SCRIPT, dialogue, edge, T, at)
        assert following is not None
        dialogue = following
    assert (dialogue.step, dialogue.loops, dialogue.since) == ("thanks", (("again", 2),), 5)
    switched = take(SCRIPT, dialogue, "switch", T, 9)
    assert switched is not None
    assert (switched.sender, switched.leg, switched.loops, switched.step) == (B, 2, (), "say")
    assert take(SCRIPT, dialogue, "done", T, 9) is None


def test_the_voice_is_found_for_every_kind() -> None:
    dialogue = begin(SCRIPT, "e", A, 0)
    assert voices(SCRIPT.step("say"), dialogue) == (A,)
    assert voices(SCRIPT.step("asked"), dialogue) == (B,)
    assert voices(SCRIPT.step("thanks"), dialogue) == ()
    both = parse(SMALL.replace('voice = "none"', 'voice = "therapist"'), "x").step("thanks")
    assert voices(both, dialogue) == (T,)
    shared = SMALL.replace(
        'voice = "none"',
        'voice = "both"\nstems = { sender = { en = ["a"], de = ["a"] }, receiver = { en = ["b"], de = ["b"] } }',
    )
    assert voices(parse(shared, "x").step("thanks"), dialogue) == (A, B)
