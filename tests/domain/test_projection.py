"""What each seat may know: above all, what it may not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import events
from server.domain.course import Course, Layout
from server.domain.room import Room
from server.domain.seats import PARTNERS, SEATS, Occupant, Presence, Seat, other_partner
from server.domain.views import Felt, Private, Scene, Sound
from tests.domain.test_room import stories
from tests.playbook import (
    TO_CHECK,
    A,
    B,
    Move,
    Playbook,
    T,
    ask_to_mirror,
    breathe,
    choose_floor,
    empty_room,
    end_dialogue,
    feel,
    full_room,
    hold,
    layout,
    pause,
    prompt,
    signal,
    start,
    take,
    tell,
    time_out,
    walk,
)


def with_other(room: Room, seat: Seat, **changes: object) -> Room:
    occupants = dict(room.occupants)
    occupants[seat] = replace(occupants[seat], **changes)  # type: ignore[arg-type]
    return replace(room, occupants=occupants)


def at_check() -> Playbook:
    return tell(Playbook(full_room()), start(), *walk(*TO_CHECK))


def test_a_waiting_partner_knows_of_the_therapist_only() -> None:
    book = tell(
        Playbook(empty_room()),
        *(event for seat in SEATS for event in (events.SeatConnected(1, seat), events.SeatEntered(1, seat))),
    )
    view = book.room.view(A)
    assert view.scene is Scene.WAITING
    assert [person.seat for person in view.people] == [T]
    assert (view.revision, view.indicator, view.lead, view.time_out) == (None, None, None, None)
    tell(book, events.SeatAdmitted(2, B, T))
    assert book.room.view(A) == view
    assert [person.seat for person in book.room.view(B).people] == [T]
    assert [person.seat for person in book.room.view(T).people] == [B]


def test_the_door_shows_nobody() -> None:
    view = empty_room().view(B)
    assert (view.scene, view.people) == (Scene.DOOR, ())


def test_the_stem_is_for_the_one_who_speaks_in_their_language() -> None:
    room = at_check().room
    sender, receiver, therapist = (room.view(seat).indicator for seat in (A, B, T))
    assert sender
    assert receiver
    assert therapist
    assert (receiver.mine, receiver.stem) == (True, "Habe ich dich gehört?")
    assert (sender.mine, sender.stem, sender.do) == (False, None, "Did Jonas get you?")
    assert [choice.edge for choice in sender.confirms] == ["got-it", "most", "not-yet"]
    assert receiver.confirms == ()
    assert (therapist.stem, therapist.role, therapist.more_stems) == ("Did I get that?", None, ("Did I get you?",))
    assert therapist.do == "Ask if you got it, and wait."
    assert {it.voice for it in (sender, receiver, therapist)} == {"partner-b"}
    assert receiver.stages[receiver.stage] == "Spiegeln"


def test_a_shared_voice_is_both_and_a_therapist_s_is_hers() -> None:
    book = tell(Playbook(full_room()), start())
    indicator = book.room.view(A).indicator
    assert indicator is not None
    assert (indicator.voice, indicator.mine, indicator.stem) == ("therapist", False, None)
    leg = (
        "request",
        "ready",
        "sent",
        "mirrored",
        "got-it",
        "no-more",
        "summed-up",
        "all",
        "validated",
        "guessed",
        "yes",
    )
    indicator = tell(book, *walk(*leg)).room.view(A).indicator
    assert indicator is not None
    assert (indicator.voice, indicator.mine, indicator.stem) == ("both", True, "Thank you for listening.")


def test_the_therapist_sees_every_way_on_in_words_with_whose_confirm_it_is() -> None:
    lead = at_check().room.view(T).lead
    assert lead is not None
    assert [(way.edge, way.confirm_of, way.loop) for way in lead.ways] == [
        ("got-it", A, False),
        ("most", A, True),
        ("not-yet", A, True),
    ]
    assert lead.ways[0].words == "Maya: got it → more?"
    assert lead.ways[0].to == "Is there more?"
    assert (lead.open, lead.undoable, lead.paused, lead.held, lead.time_out_by) == (False, 4, False, None, None)
    assert [line.step for line in lead.steps if line.current] == ["check"]
    opened = tell(at_check(), take("most"), *walk("sent", "mirrored", "got-it")).room.view(T).lead
    assert opened is not None
    assert opened.open
    assert [line.loops for line in opened.steps if line.step == "check"] == [1]


def test_a_pause_dims_and_takes_the_confirms_away() -> None:
    view = tell(at_check(), pause()).room.view(A)
    assert view.dimmed
    assert view.scene is Scene.ROOM
    assert view.indicator is not None
    assert view.indicator.confirms == ()


def test_in_a_hold_each_partner_sees_only_what_is_theirs() -> None:
    room = tell(at_check(), hold(A)).room
    aside, apart = room.view(A), room.view(B)
    assert (aside.scene, apart.scene) == (Scene.ASIDE, Scene.APART)
    assert [person.seat for person in aside.people] == [T]
    assert [person.seat for person in apart.people] == [T]
    lead = room.view(T).lead
    assert lead is not None
    assert lead.held is A
    assert room.view(T).scene is Scene.ASIDE


def test_a_time_out_shows_the_return_to_all_and_the_caller_to_the_therapist_only() -> None:
    room = tell(at_check(), time_out(B)).room
    views = [room.view(seat) for seat in SEATS]
    assert [view.scene for view in views] == [Scene.TIME_OUT] * 3
    assert len({view.time_out for view in views}) == 1
    assert views[0].lead is not None
    assert views[0].lead.time_out_by is B


def test_without_the_therapist_partners_are_told_so_and_see_nobody_else() -> None:
    book = tell(at_check(), events.SeatDisconnected(1, T), events.TimerFired(2, "therapist-gone"))
    view = book.room.view(A)
    assert (view.scene, view.indicator) == (Scene.THERAPIST_GONE, None)
    assert [(person.seat, person.here) for person in view.people] == [(T, False)]
    left = tell(at_check(), events.SeatLeft(1, T)).room
    assert left.view(A).scene is Scene.THERAPIST_GONE
    assert left.view(T).scene is Scene.LEFT


def test_after_the_end_nothing_is_shown() -> None:
    room = tell(at_check(), events.SessionEnded(1, T)).room
    for seat in SEATS:
        view = room.view(seat)
        assert (view.scene, view.people, view.indicator, view.lead, view.revision) == (
            Scene.ENDED,
            (),
            None,
            None,
            None,
        )


def test_with_no_dialogue_the_therapist_still_has_the_panel() -> None:
    lead = full_room().view(T).lead
    assert lead is not None
    assert (lead.ways, lead.steps, lead.since, lead.open) == ((), (), None, False)
    assert "three-step" in [line.script for line in lead.scripts]
    assert [partner.presence for partner in lead.partners] == [Presence.ADMITTED] * 2


def test_what_a_partner_feels_and_signals_reaches_the_therapist_alone() -> None:
    room = tell(at_check(), feel(A, 3, 8), signal(A)).room
    lead = room.view(T).lead
    assert lead is not None
    maya, jonas = lead.partners
    assert (maya.safe, maya.flooded) == (3, 8)
    assert maya.said is not None
    assert maya.signalled is not None
    assert (jonas.safe, jonas.signalled) == (None, None)
    assert room.view(A).felt == Felt(3, 8)
    seen = tell(Playbook(room), events.SignalSeen(1, A, T)).room.view(T).lead
    assert seen is not None
    assert seen.partners[0].signalled is None


def test_a_prompt_stands_on_single_screens_until_the_next_step() -> None:
    book = tell(at_check(), prompt("Slower.", A), prompt("Look up.", A, B), prompt("", A))
    assert (book.room.view(A).prompt, book.room.view(B).prompt) == (None, "Look up.")
    lead = book.room.view(T).lead
    assert lead is not None
    assert [partner.prompt for partner in lead.partners] == [None, "Look up."]
    assert tell(book, take("got-it")).room.view(B).prompt is None


def test_the_floor_control_tells_everybody_how_each_is_heard() -> None:
    book = tell(Playbook(full_room()), start(), *walk("request", "ready"), choose_floor("soften"))
    assert [book.room.view(seat).sound for seat in SEATS] == [Sound.FULL, Sound.FULL, Sound.SOFT]
    assert [person.sound for person in book.room.view(A).people] == [Sound.FULL, Sound.SOFT]
    assert len(book.room.routes) == 12
    tell(book, choose_floor("hold"))
    assert [person.sound for person in book.room.view(T).people] == [Sound.FULL, Sound.HELD]
    assert len(book.room.routes) == 10
    tell(book, pause())
    assert book.room.view(B).sound is Sound.FULL
    assert len(book.room.routes) == 12


def test_the_trail_names_the_steps_back_and_a_draft_language_is_told_to_the_therapist() -> None:
    lead = at_check().room.view(T).lead
    assert lead is not None
    assert lead.trail == ("Centre", "Request", "Send", "Mirror")
    book = tell(at_check(), end_dialogue(), start())
    first = book.room.view(T).lead
    assert first is not None
    assert first.trail == ()
    changed = tell(Playbook(full_room()), start(), end_dialogue(), layout("room")).room
    assert changed.view(B).layout is Layout.ROOM
    assert changed.view(T).lead is not None


def test_a_breath_is_shown_to_all_and_asking_to_mirror_too() -> None:
    book = tell(Playbook(full_room()), start(), *walk("request", "ready"), ask_to_mirror(B))
    assert [book.room.view(seat).asked for seat in SEATS] == [True] * 3
    tell(book, breathe(60))
    views = [book.room.view(seat) for seat in SEATS]
    assert len({view.breath for view in views}) == 1
    assert views[0].breath is not None
    assert [view.scene for view in views] == [Scene.ROOM] * 3


# --- laws ----------------------------------------------------------------------------------------

occupants = st.builds(
    Occupant,
    name=st.text("abc", min_size=1, max_size=5),
    language=st.sampled_from(["en", "de"]),
    presence=st.sampled_from([Presence.ABSENT, Presence.WAITING, Presence.LEFT]),
    connected=st.booleans(),
    mic=st.booleans(),
    camera=st.booleans(),
)


def rooms(story: list[Move]) -> list[Room]:
    """Every state that a story passes through, from an empty room and from a full one."""
    passed = []
    for room in (empty_room(), full_room()):
        book = Playbook(room)
        for move in story:
            passed.append((book >> move).room)
    return passed


def _own(room: Room, seat: Seat) -> dict[Seat, Private]:
    return {seat: room.private[seat]} if seat in room.private else {}


@given(stories, occupants, st.integers(0, 9))
@settings(max_examples=150)
def test_a_partner_who_is_not_in_the_room_learns_nothing_of_the_other(
    story: list[Move], stranger: Occupant, revision: int
) -> None:
    for room in rooms(story):
        for seat in PARTNERS:
            if room.occupants[seat].admitted:
                continue
            other = other_partner(seat)
            changed = replace(with_other(room, other, name="x"), occupants={**room.occupants, other: stranger})
            bare = replace(changed, course=Course(revision=revision), began=None, minutes=50)
            bare = replace(bare, private={other: Private(0, 10, 1, 2), **_own(room, seat)})
            assert bare.view(seat) == room.view(seat)


@given(stories, occupants)
@settings(max_examples=150)
def test_in_free_talk_a_partner_learns_nothing_of_one_who_is_not_admitted(
    story: list[Move], stranger: Occupant
) -> None:
    for room in rooms(story):
        for seat in PARTNERS:
            other = other_partner(seat)
            if room.course.dialogue is None and not room.occupants[other].admitted:
                changed = replace(room, occupants={**room.occupants, other: stranger})
                assert changed.view(seat) == room.view(seat)


@given(stories)
@settings(max_examples=150)
def test_no_partner_ever_gets_what_is_the_therapist_s(story: list[Move]) -> None:
    for room in rooms(story):
        for seat in PARTNERS:
            assert room.view(seat).lead is None
            other = other_partner(seat)
            language = "fr" if room.occupants[other].language != "fr" else "en"
            assert with_other(room, other, language=language).view(seat) == room.view(seat)


@given(stories, st.integers(0, 10), st.integers(0, 10))
@settings(max_examples=150)
def test_what_one_partner_tells_the_therapist_leaves_no_trace_on_the_other_s_screen(
    story: list[Move], safe: int, flooded: int
) -> None:
    for room in rooms(story):
        for seat in PARTNERS:
            if room.ended:
                continue
            told = tell(Playbook(room), feel(seat, safe, flooded), signal(seat)).room
            assert told.view(other_partner(seat)) == room.view(other_partner(seat))
            assert told.course == room.course
            prompted = tell(Playbook(room), prompt("Breathe out.", seat)).room
            assert prompted.view(other_partner(seat)) == room.view(other_partner(seat))


@given(stories, st.booleans(), st.booleans())
@settings(max_examples=150)
def test_partners_kept_apart_learn_nothing_of_each_other_s_comings_and_goings(
    story: list[Move], connected: bool, mic: bool
) -> None:
    for room in rooms(story):
        for seat in PARTNERS:
            if room.view(seat).scene in (Scene.APART, Scene.ASIDE, Scene.TIME_OUT, Scene.THERAPIST_GONE):
                changed = with_other(room, other_partner(seat), connected=connected, mic=mic)
                assert changed.view(seat) == room.view(seat)
