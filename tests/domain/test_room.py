"""The room: stories first, then laws over any sequence of events and all shipped scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import events
from server.domain.dialogue import Breath, Hold, Interlude, Pause, TimeOut
from server.domain.effects import CancelTimer, CloseSeat, SetRoutes, SetTimer, ShowViews
from server.domain.errors import DomainError, OutOfState
from server.domain.room import THERAPIST_GONE, THERAPIST_GONE_AFTER, Room, fold, open_room
from server.domain.script import END
from server.domain.seats import NO_ROUTES, PARTNERS, SEATS, Medium, Presence, Seat
from tests.playbook import (
    START,
    TO_CHECK,
    A,
    B,
    Move,
    Playbook,
    T,
    ask_to_mirror,
    breathe,
    change_script,
    choose_floor,
    empty_room,
    end_dialogue,
    feel,
    full_room,
    hold,
    opened,
    pause,
    prompt,
    resume,
    rewind,
    shipped_scripts,
    signal,
    skip,
    start,
    take,
    tell,
    time_out,
    undo,
    walk,
)


def step(book: Playbook) -> str:
    assert book.room.course.dialogue is not None
    return book.room.course.dialogue.step


def lies_over(book: Playbook) -> Interlude | None:
    return book.room.course.interlude


# --- arriving and leaving ------------------------------------------------------------------------


def test_partners_wait_until_the_therapist_admits_them_one_by_one() -> None:
    book = Playbook(empty_room())
    tell(book, events.SeatConnected(1, A), events.SeatEntered(1, A))
    assert book.room.occupants[A].presence is Presence.WAITING
    book >> events.SeatAdmitted(1, A, A) << "not-allowed"
    tell(book, events.SeatConnected(1, T), events.SeatEntered(1, T))
    assert book.room.routes == NO_ROUTES
    book >> events.SeatAdmitted(1, B, T) << "not-waiting"
    book >> events.SeatAdmitted(1, T, T) << "not-waiting"
    book >> events.SeatAdmitted(2, A, T)
    assert book.effects[-1] == ShowViews()
    assert book.effects[0] == SetRoutes(book.room.routes)
    assert {route.source for route in book.room.routes} == {T, A}
    book >> events.SeatEntered(3, A) << "out-of-state"


def test_a_partner_who_leaves_waits_again_when_coming_back() -> None:
    book = Playbook(full_room())
    book >> events.SeatLeft(1, A)
    assert CloseSeat(A, "left") in book.effects
    assert all(A not in (route.source, route.listener) for route in book.room.routes)
    book >> events.SeatLeft(2, A) << "out-of-state"
    tell(book, events.SeatEntered(3, A))
    assert book.room.occupants[A].presence is Presence.WAITING


def test_a_partner_can_be_sent_back() -> None:
    book = Playbook(full_room())
    book >> events.SeatSentBack(1, A, B) << "not-allowed"
    book >> events.SeatSentBack(1, A, T)
    assert book.room.occupants[A].presence is Presence.WAITING
    book >> events.SeatSentBack(1, A, T) << "not-admitted"


def test_the_end_closes_every_seat_and_refuses_what_comes_later() -> None:
    book = Playbook(full_room())
    book >> events.SessionEnded(1, B) << "not-allowed"
    book >> events.SessionEnded(1, T)
    assert [effect for effect in book.effects if isinstance(effect, CloseSeat)] == [
        CloseSeat(seat, "ended") for seat in SEATS
    ]
    assert book.room.routes == NO_ROUTES
    book >> events.SeatEntered(2, A) << "ended"
    tell(book, events.SeatDisconnected(3, A), events.SeatConnected(4, A))


def test_devices_and_language_are_each_seats_own() -> None:
    book = tell(Playbook(full_room()), events.DevicesChanged(1, A, False, True), events.LanguageChosen(1, A, "de"))
    assert (book.room.occupants[A].mic, book.room.occupants[A].camera) == (False, True)
    assert book.room.occupants[A].language == "de"
    assert len(book.room.routes) == 10


# --- the therapist's connection ------------------------------------------------------------------


def test_partners_are_parted_when_the_therapist_does_not_come_back() -> None:
    book = tell(Playbook(full_room()), start(), take("request"))
    before = book.room.course.dialogue
    book >> events.SeatDisconnected(1, T) << [SetTimer(THERAPIST_GONE, THERAPIST_GONE_AFTER), ShowViews()]
    book >> events.TimerFired(2, "tea") << "out-of-state"
    book >> events.TimerFired(2, THERAPIST_GONE) << [SetRoutes(NO_ROUTES), CancelTimer(THERAPIST_GONE), ShowViews()]
    book >> take("ready", by=B) << "parted"
    (book >> time_out(A)).taken()
    book >> events.SeatConnected(3, T)
    assert book.room.course.dialogue == before
    tell(book, resume())
    assert book.room.course.dialogue == before
    assert len(book.room.routes) == 12


def test_a_therapist_who_is_back_in_time_parts_nobody() -> None:
    book = Playbook(full_room())
    book >> events.SeatDisconnected(1, T)
    book >> events.SeatConnected(2, T) << [CancelTimer(THERAPIST_GONE), ShowViews()]
    book >> events.TimerFired(3, THERAPIST_GONE) << "out-of-state"


def test_after_a_restart_nobody_is_connected_and_the_routes_are_set_again() -> None:
    book = tell(Playbook(full_room()), start())
    before = book.room.course.dialogue
    book >> events.RoomReopened(1)
    assert book.effects == (
        SetRoutes(book.room.routes),
        SetTimer(THERAPIST_GONE, THERAPIST_GONE_AFTER),
        ShowViews(),
    )
    assert not any(occupant.connected for occupant in book.room.occupants.values())
    assert book.room.course.dialogue == before


# --- the dialogue --------------------------------------------------------------------------------


def test_a_dialogue_needs_both_partners_a_script_and_a_partner_who_sends() -> None:
    book = Playbook(full_room())
    book >> start(by=A) << "not-allowed"
    book >> start(script="nonsense") << "unknown-script"
    book >> start(sender=T) << "not-allowed"
    book >> take("sent") << "no-dialogue"
    book >> end_dialogue() << "no-dialogue"
    book >> undo() << "nothing-to-undo"
    tell(book, start())
    assert step(book) == "centre"
    book >> start() << "dialogue-running"
    tell(book, end_dialogue(), events.SeatLeft(1, B))
    book >> start() << "partners-missing"
    book >> time_out(B) << "not-allowed"


def test_a_late_command_is_stale_and_changes_nothing() -> None:
    book = tell(Playbook(full_room()), start())
    late = events.StepTaken(1, T, book.room.course.revision, "request")
    tell(book, late)
    book >> late << "stale"
    assert step(book) == "request"


def test_the_sender_releases_a_check_and_the_receiver_cannot() -> None:
    book = tell(Playbook(full_room()), start(), *walk(*TO_CHECK))
    assert step(book) == "check"
    book >> take("got-it", by=B) << "not-allowed"
    book >> take("validated") << "unknown-edge"
    tell(book, take("most", by=A))
    assert step(book) == "correct"
    tell(book, *walk("sent", "mirrored"), take("got-it", by=A), take("more", by=A))
    assert step(book) == "send"
    assert book.room.course.dialogue is not None
    assert dict(book.room.course.dialogue.loops) == {"correction": 1, "more": 1}


WHOLE_LEG = (
    *("request", "ready", "sent", "mirrored", "most", "sent", "mirrored", "got-it", "more"),
    *("sent", "mirrored", "got-it", "more", "sent", "mirrored", "got-it", "no-more"),
    *("summed-up", "add", "added", "mirrored", "all", "partly", "asked", "sent", "mirrored", "validated"),
    *("guessed", "other", "named", "mirrored", "yes"),
)
SECOND_LEG = (
    *("ready", "sent", "mirrored", "got-it", "no-more", "summed-up", "all", "validated", "guessed", "yes"),
    *("close", "said", "mirrored", "said", "mirrored", "done"),
)


def test_a_whole_dialogue_with_every_loop_a_switch_and_the_close() -> None:
    book = tell(Playbook(full_room()), start(), *walk(*WHOLE_LEG))
    assert step(book) == "leg-end"
    tell(book, take("switch"))
    assert book.room.course.dialogue is not None
    assert (book.room.course.dialogue.sender, book.room.course.dialogue.leg) == (B, 2)
    book = tell(Playbook(book.room), *walk(*SECOND_LEG))
    assert book.room.course.dialogue is None
    book = tell(Playbook(book.room), undo())
    assert step(book) == "harvest"


def test_a_pause_freezes_and_the_same_state_resumes() -> None:
    book = tell(Playbook(full_room()), start(), *walk(*TO_CHECK))
    before = book.room.course.dialogue
    tell(book, pause())
    assert lies_over(book) == Pause()
    book >> take("got-it", by=A) << "paused"
    book >> pause() << "paused"
    book >> resume(by=A) << "not-allowed"
    tell(book, resume())
    assert book.room.course.dialogue == before
    book >> resume() << "not-paused"


def test_a_hold_parts_the_partners_and_ends_with_the_one_held() -> None:
    book = tell(Playbook(full_room()), start())
    book >> hold(T) << "not-allowed"
    book >> hold(A, by=B) << "not-allowed"
    tell(book, hold(A))
    assert isinstance(lies_over(book), Hold)
    assert {route.source for route in book.room.routes} == {T, A}
    tell(book, hold(B))
    assert {route.source for route in book.room.routes} == {T, B}
    tell(book, events.SeatLeft(1, A))
    assert isinstance(lies_over(book), Hold)
    revision = book.room.course.revision
    tell(book, events.SeatLeft(1, B))
    assert lies_over(book) == Pause()
    assert book.room.course.revision == revision + 1


def test_nobody_can_refuse_a_time_out() -> None:
    book = tell(Playbook(full_room()), start(), pause(), hold(A))
    stale = events.TimeOutCalled(START, B, 0, START + 20 * 60_000)
    tell(book, stale)
    assert isinstance(lies_over(book), TimeOut)
    assert book.room.routes == NO_ROUTES
    book >> time_out(A) << "paused"
    book >> hold(A) << "paused"
    book >> start() << "dialogue-running"
    tell(book, resume(), end_dialogue(), pause())
    book >> start() << "paused"
    book >> time_out(A, minutes=0) << "bad-time"
    book >> time_out(A, minutes=24 * 60 + 1) << "bad-time"


def test_the_therapist_rewinds_skips_and_changes_the_script() -> None:
    book = tell(Playbook(full_room()), start(), *walk(*TO_CHECK))
    before = book.room.course.dialogue
    book >> rewind(9) << "nothing-to-undo"
    book >> rewind(0) << "nothing-to-undo"
    book >> skip("nowhere") << "unknown-step"
    book >> skip("validate", by=A) << "not-allowed"
    tell(book, skip("validate"))
    assert step(book) == "validate"
    book >> change_script("nonsense") << "unknown-script"
    tell(book, change_script("three-step", B))
    assert step(book) == "centre"
    tell(book, rewind(2))
    assert book.room.course.dialogue == before
    tell(book, end_dialogue())
    book >> change_script("three-step") << "no-dialogue"


def test_a_breath_is_bounded_and_ends_when_the_therapist_resumes() -> None:
    book = tell(Playbook(full_room()), start())
    book >> breathe(29) << "bad-time"
    book >> breathe(181) << "bad-time"
    book >> breathe(60, by=A) << "not-allowed"
    tell(book, breathe(60))
    assert isinstance(lies_over(book), Breath)
    assert len(book.room.routes) == 12
    tell(book, hold(A))
    book >> breathe(60) << "paused"


def test_only_the_receiver_asks_to_mirror_while_the_sender_speaks() -> None:
    book = tell(Playbook(full_room()), start())
    book >> ask_to_mirror(B) << "out-of-state"
    tell(book, *walk("request", "ready"))
    book >> ask_to_mirror(A) << "not-allowed"
    book >> ask_to_mirror(T) << "not-admitted"
    tell(book, ask_to_mirror(B))
    assert book.room.course.asked
    tell(book, take("sent"))
    assert not book.room.course.asked


def test_the_floor_can_be_held_and_whoever_is_asked_is_heard() -> None:
    book = tell(Playbook(full_room()), start(), choose_floor("hold"), *walk(*TO_CHECK))
    muted = {route.source for route in book.room.routes if route.medium is Medium.MIC}
    assert muted == {T, A, B}
    tell(book, *walk("got-it", "no-more"))
    heard_now = {route.source for route in book.room.routes if route.medium is Medium.MIC}
    assert heard_now == {T, B}
    book >> choose_floor("show", by=A) << "not-allowed"


def test_the_therapist_lets_one_go_before_the_other() -> None:
    book = tell(Playbook(full_room()), hold(A))
    book >> events.SeatDismissed(1, A, B) << "not-allowed"
    book >> events.SeatDismissed(2, A, T)
    assert CloseSeat(A, "dismissed") in book.effects
    assert lies_over(book) == Pause()
    book >> events.SeatDismissed(3, A, T) << "not-admitted"


def test_feelings_are_said_by_partners_from_0_to_10() -> None:
    book = Playbook(full_room())
    book >> feel(A, 11, 0) << "bad-number"
    book >> feel(A, 0, -1) << "bad-number"
    book >> feel(T, 5, 5) << "not-allowed"
    book >> signal(T) << "not-allowed"
    tell(book, feel(A, 7, 2), feel(A, 6, 3), signal(B))
    assert book.room.private[A].safe == 6
    book >> events.SignalSeen(1, B, A) << "not-allowed"
    tell(book, events.SignalSeen(2, B, T))
    assert book.room.private[B].signalled is None


def test_the_length_is_the_therapists_to_plan() -> None:
    book = Playbook(full_room())
    book >> events.LengthChosen(1, A, 50) << "not-allowed"
    book >> events.LengthChosen(1, T, 5) << "bad-time"
    tell(book, events.LengthChosen(1, T, 90))
    assert (book.room.minutes, book.room.began) == (90, START)


def test_a_log_begins_with_the_opening_and_names_each_seat_once() -> None:
    with pytest.raises(OutOfState):
        fold([], shipped_scripts())
    with pytest.raises(OutOfState):
        fold([events.RoomReopened(1)], shipped_scripts())
    with pytest.raises(OutOfState):
        open_room(replace(opened(), seats=opened().seats[:2]), shipped_scripts())
    with pytest.raises(OutOfState):
        open_room(replace(opened(), seats=(*opened().seats, opened().seats[0])), shipped_scripts())
    with pytest.raises(OutOfState):
        empty_room().handle(opened())


# --- laws ----------------------------------------------------------------------------------------

seats = st.sampled_from(SEATS)
partners = st.sampled_from(PARTNERS)
EDGES = sorted({edge.id for script in shipped_scripts().values() for step in script.steps for edge in step.edges})


def _some_way_on(book: Playbook, pick: int, by: Seat) -> events.AnyEvent:
    dialogue = book.room.course.dialogue
    edges = shipped_scripts()[dialogue.script].step(dialogue.step).edges if dialogue else ()
    edge = edges[pick % len(edges)].id if edges else "none"
    return events.StepTaken(book.at, by, book.room.course.revision, edge)


def _way(pick: int, by: Seat) -> Move:
    return lambda book: _some_way_on(book, pick, by)


def _at(make: Callable[[int], events.AnyEvent]) -> Move:
    return lambda book: make(book.at)


ways = st.builds(_way, st.integers(0, 5), seats)
dialogue_moves = st.one_of(
    ways,
    ways,
    ways,
    st.builds(take, st.sampled_from(EDGES), seats),
    st.builds(start, partners, st.sampled_from(sorted(shipped_scripts())), st.just(T)),
    st.builds(undo, seats),
    st.builds(pause, seats),
    st.builds(resume, seats),
    st.builds(hold, partners, seats),
    st.builds(time_out, seats),
    st.builds(end_dialogue, st.just(T)),
    st.builds(rewind, st.integers(1, 3)),
    st.builds(breathe),
    st.builds(choose_floor, st.sampled_from(["show", "soften", "hold"])),
    st.builds(ask_to_mirror, seats),
    st.builds(prompt, st.sampled_from(["", "Slower."]), seats),
)
seat_moves = st.one_of(
    st.builds(lambda seat: _at(lambda at: events.SeatConnected(at, seat)), seats),
    st.builds(lambda seat: _at(lambda at: events.SeatDisconnected(at, seat)), seats),
    st.builds(lambda seat: _at(lambda at: events.SeatEntered(at, seat)), seats),
    st.builds(lambda seat, by: _at(lambda at: events.SeatAdmitted(at, seat, by)), seats, seats),
    st.builds(lambda seat, by: _at(lambda at: events.SeatSentBack(at, seat, by)), seats, seats),
    st.builds(lambda seat: _at(lambda at: events.SeatLeft(at, seat)), seats),
    st.builds(
        lambda seat, mic, camera: _at(lambda at: events.DevicesChanged(at, seat, mic, camera)),
        seats,
        st.booleans(),
        st.booleans(),
    ),
    st.just(_at(lambda at: events.TimerFired(at, THERAPIST_GONE))),
    st.just(_at(lambda at: events.RoomReopened(at))),
)
stories = st.lists(st.one_of(dialogue_moves, dialogue_moves, seat_moves), max_size=60)
dialogues = st.lists(ways, max_size=80)


@given(stories)
@settings(max_examples=150)
def test_a_refused_event_changes_nothing_and_the_room_is_the_fold_of_its_log(story: list[Move]) -> None:
    book = Playbook(full_room())
    first = book.room
    for move in story:
        before = repr(book.room)
        book >> move
        if book.refusal is not None:
            assert repr(book.room) == before
    folded = first
    for event in book.log:
        folded, _ = folded.handle(event)
    assert folded == book.room


@given(stories, st.integers(0, 5))
@settings(max_examples=150)
def test_undo_restores_the_exact_value(story: list[Move], pick: int) -> None:
    book = Playbook(full_room())
    tell(book, start())
    for move in story:
        book >> move
    before, history = book.room.course.dialogue, book.room.course.history
    book >> _way(pick, T)
    if book.refusal is None:
        tell(book, undo())
        assert book.room.course.dialogue == before
        assert book.room.course.history == history


@given(stories, st.sampled_from([pause(), breathe(), hold(A), hold(B), time_out(A), time_out(B)]))
@settings(max_examples=150)
def test_every_interlude_returns_to_the_same_step(story: list[Move], interlude: Move) -> None:
    book = Playbook(full_room())
    tell(book, start())
    for move in story:
        book >> move
    before = book.room.course.dialogue
    book >> interlude
    if book.refusal is None:
        assert book.room.course.dialogue == before
        book >> resume()
        assert book.room.course.dialogue == before


@given(st.sampled_from(sorted(shipped_scripts())), dialogues)
@settings(max_examples=150)
def test_rules_hold_on_every_way_through_every_script(script_id: str, story: list[Move]) -> None:
    """What a rule guards is reached only through its edge, within the leg."""
    script = shipped_scripts()[script_id]
    book = Playbook(full_room())
    tell(book, start(script=script_id))
    passed: set[str] = set()
    for move in story:
        before = book.room.course.dialogue
        book >> move
        event = book.log[-1]
        if book.refusal is not None or before is None or not isinstance(event, events.StepTaken):
            continue
        passed.add(f"{before.step}/{event.edge}")
        after = book.room.course.dialogue
        if after is not None and after.leg != before.leg:
            passed.clear()
        for rule in script.rules:
            if after is not None and after.step == rule.reach:
                assert rule.through in passed


@given(stories)
@settings(max_examples=150)
def test_only_the_sender_or_the_therapist_releases_a_check(story: list[Move]) -> None:
    book = Playbook(full_room())
    tell(book, start(), *walk(*TO_CHECK))
    for move in story:
        before = book.room.course.dialogue
        book >> move
        event = book.log[-1]
        if book.refusal is None and before is not None and isinstance(event, events.StepTaken):
            checked = shipped_scripts()[before.script].step(before.step).check
            assert not checked or event.by in (T, before.sender)


@given(stories)
@settings(max_examples=150)
def test_without_the_therapist_nothing_flows(story: list[Move]) -> None:
    book = Playbook(full_room())
    for move in story:
        book >> move
        room = book.room
        if room.parted or room.ended or not room.occupants[T].admitted:
            assert room.routes == NO_ROUTES


@given(st.sampled_from(sorted(shipped_scripts())), dialogues)
@settings(max_examples=150)
def test_every_script_can_always_end(script_id: str, story: list[Move]) -> None:
    book = Playbook(full_room())
    tell(book, start(script=script_id))
    for move in story:
        book >> move
    if book.room.course.dialogue is not None:
        assert END in _ends(book.room)
        tell(book, end_dialogue())
        assert book.room.course.dialogue is None


def _ends(room: Room) -> set[str]:
    """Every step that can still be reached."""
    assert room.course.dialogue is not None
    script, reached, waiting = shipped_scripts()[room.course.dialogue.script], set[str](), [room.course.dialogue.step]
    while waiting:
        step_id = waiting.pop()
        if step_id not in reached:
            reached.add(step_id)
            waiting += [edge.to for edge in script.step(step_id).edges] if step_id != END else []
    return reached


def test_an_expected_refusal_is_a_domain_error() -> None:
    with pytest.raises(DomainError):
        full_room().handle(events.SeatEntered(1, A))
