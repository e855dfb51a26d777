"""The bridge: each command becomes its event, each view its message."""

from __future__ import annotations

import typing

import pytest

from server.domain import events
from server.domain.errors import OutOfState
from server.domain.seats import SEATS
from server.protocol import messages
from server.protocol.codec import encode
from server.rooms.translate import to_event, to_message
from tests.playbook import (
    TO_CHECK,
    A,
    B,
    Playbook,
    T,
    empty_room,
    full_room,
    hold,
    shipped_scripts,
    start,
    tell,
    time_out,
    walk,
)

AT = 1_000
DIALOGUE = tell(Playbook(full_room()), start()).room

CASES: list[tuple[messages.AnyCommand, events.AnyEvent]] = [
    (messages.Enter(id="c"), events.SeatEntered(AT, T)),
    (messages.Leave(id="c"), events.SeatLeft(AT, T)),
    (messages.SetDevices(id="c", mic=False, camera=True), events.DevicesChanged(AT, T, False, True)),
    (messages.SetLanguage(id="c", language="de"), events.LanguageChosen(AT, T, "de")),
    (messages.Admit(id="c", seat="partner-a"), events.SeatAdmitted(AT, A, T)),
    (messages.SendBack(id="c", seat="partner-b"), events.SeatSentBack(AT, B, T)),
    (messages.EndSession(id="c"), events.SessionEnded(AT, T)),
    (messages.Dismiss(id="c", seat="partner-b"), events.SeatDismissed(AT, B, T)),
    (messages.SetLength(id="c", minutes=90), events.LengthChosen(AT, T, 90)),
    (messages.SayFelt(id="c", safe=3, flooded=7), events.FeltSaid(AT, T, 3, 7)),
    (messages.Signal(id="c"), events.SafetySignalled(AT, T)),
    (messages.SignalSeen(id="c", seat="partner-a"), events.SignalSeen(AT, A, T)),
    (messages.Prompt(id="c", seats=("partner-a",), text=" Slower. "), events.PromptShown(AT, (A,), "Slower.", T)),
    (messages.AskToMirror(id="c"), events.MirrorAsked(AT, T)),
    (messages.Rewind(id="c", revision=4, count=2), events.StepsRewound(AT, T, 4, 2)),
    (messages.Skip(id="c", revision=4, step="send"), events.StepSkipped(AT, T, 4, "send")),
    (
        messages.ChangeScript(id="c", revision=4, script="free", sender="partner-a"),
        events.ScriptChanged(AT, T, 4, "free", A, shipped_scripts().offered["free"]),
    ),
    (messages.SetFloor(id="c", revision=4, floor="hold"), events.FloorChosen(AT, T, 4, "hold")),
    (messages.SetLayout(id="c", revision=4, layout="room"), events.LayoutChosen(AT, T, 4, "room")),
    (messages.Breathe(id="c", revision=4, seconds=90), events.BreathBegan(AT, T, 4, AT + 90_000)),
    (
        messages.StartDialogue(id="c", revision=4, script="three-step", sender="partner-b"),
        events.DialogueStarted(AT, T, 4, "three-step", B, shipped_scripts().offered["three-step"]),
    ),
    (messages.Advance(id="c", revision=4, edge="request"), events.StepTaken(AT, T, 4, "request")),
    (messages.Confirm(id="c", revision=4, edge="got-it"), events.StepTaken(AT, T, 4, "got-it")),
    (messages.Undo(id="c", revision=4), events.StepUndone(AT, T, 4)),
    (messages.Pause(id="c", revision=4), events.DialoguePaused(AT, T, 4)),
    (messages.Hold(id="c", revision=4, seat="partner-a"), events.PartnerHeld(AT, T, 4, A)),
    (messages.TimeOut(id="c", revision=4, minutes=30), events.TimeOutCalled(AT, T, 4, AT + 1_800_000)),
    (messages.Resume(id="c", revision=4), events.DialogueResumed(AT, T, 4)),
    (messages.EndDialogue(id="c", revision=4), events.DialogueEnded(AT, T, 4)),
]


@pytest.mark.parametrize(("command", "event"), CASES)
def test_each_command_becomes_its_event(command: messages.AnyCommand, event: events.AnyEvent) -> None:
    assert to_event(command, seat=T, at=AT, room=DIALOGUE) == event


def test_every_command_is_among_the_cases() -> None:
    assert {type(command) for command, _ in CASES} == set(typing.get_args(messages.AnyCommand))


def test_an_advance_without_an_edge_takes_the_only_one() -> None:
    advance = messages.Advance(id="c", revision=0)
    with pytest.raises(OutOfState) as caught:
        to_event(advance, seat=T, at=AT, room=DIALOGUE)
    assert caught.value.code == "several-ways"
    with pytest.raises(OutOfState) as caught:
        to_event(advance, seat=T, at=AT, room=full_room())
    assert caught.value.code == "no-dialogue"
    room = tell(Playbook(full_room()), start(), *walk(*TO_CHECK[:3])).room
    assert to_event(advance, seat=T, at=AT, room=room) == events.StepTaken(AT, T, 0, "mirrored")


@pytest.mark.parametrize("moves", [(), (hold(A),), (time_out(B),), walk(*TO_CHECK)])
def test_every_view_stands_on_the_wire_in_full(moves: tuple[typing.Any, ...]) -> None:
    rooms = [empty_room(), tell(Playbook(full_room()), start(), *moves).room]
    for room in rooms:
        for seat in SEATS:
            view = room.view(seat)
            message = to_message(view)
            assert (message.seat, message.scene, message.revision) == (seat.value, view.scene.value, view.revision)
            assert (message.lead is None) == (view.lead is None)
            assert (message.indicator is None) == (view.indicator is None)
            assert len(encode(message)) < 6_000
