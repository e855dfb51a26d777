"""The only bridge between the wire and the domain: commands become events, views become messages."""

from __future__ import annotations

from typing import assert_never

import msgspec

from server.domain import events
from server.domain.errors import OutOfState
from server.domain.room import Room
from server.domain.seats import Seat
from server.domain.views import View
from server.protocol import messages

SECOND = 1_000
MINUTE = 60 * SECOND

AnyCommand = messages.AnyCommand
"""A command from a page; the other names of the wire that `rooms` needs are made below."""

Shown = messages.View
"""A view as a page was told it."""


def to_event(command: messages.AnyCommand, *, seat: Seat, at: int, room: Room) -> events.AnyEvent:
    """The event that a command from `seat` asks for at the time `at` (ms since the epoch).

    The room is read only to find the single way on where an advance names none (raises OutOfState then
    if there are several, or no dialogue), and the edition in which a script is offered now. Whether the event is
    allowed is the room's to say.
    """
    match command:
        case messages.Enter():
            return events.SeatEntered(at, seat)
        case messages.Leave():
            return events.SeatLeft(at, seat)
        case messages.SetDevices(mic=mic, camera=camera):
            return events.DevicesChanged(at, seat, mic, camera)
        case messages.SetLanguage(language=language):
            return events.LanguageChosen(at, seat, language)
        case messages.Admit(seat=other):
            return events.SeatAdmitted(at, Seat(other), seat)
        case messages.SendBack(seat=other):
            return events.SeatSentBack(at, Seat(other), seat)
        case messages.Dismiss(seat=other):
            return events.SeatDismissed(at, Seat(other), seat)
        case messages.SetLength(minutes=minutes):
            return events.LengthChosen(at, seat, minutes)
        case messages.SayFelt(safe=safe, flooded=flooded):
            return events.FeltSaid(at, seat, safe, flooded)
        case messages.Signal():
            return events.SafetySignalled(at, seat)
        case messages.SignalSeen(seat=other):
            return events.SignalSeen(at, Seat(other), seat)
        case messages.Prompt(seats=seats, text=text):
            return events.PromptShown(at, tuple(Seat(other) for other in seats), text.strip(), seat)
        case messages.AskToMirror():
            return events.MirrorAsked(at, seat)
        case messages.EndSession():
            return events.SessionEnded(at, seat)
        case messages.StartDialogue(script=script, sender=sender, revision=revision):
            return events.DialogueStarted(
                at, seat, revision, script, Seat(sender), room.scripts.offered.get(script, "")
            )
        case messages.Advance(edge=edge, revision=revision):
            return events.StepTaken(at, seat, revision, edge or _only_edge(room))
        case messages.Confirm(edge=edge, revision=revision):
            return events.StepTaken(at, seat, revision, edge)
        case messages.Undo(revision=revision):
            return events.StepUndone(at, seat, revision)
        case messages.Rewind(count=count, revision=revision):
            return events.StepsRewound(at, seat, revision, count)
        case messages.Skip(step=step, revision=revision):
            return events.StepSkipped(at, seat, revision, step)
        case messages.ChangeScript(script=script, sender=sender, revision=revision):
            return events.ScriptChanged(at, seat, revision, script, Seat(sender), room.scripts.offered.get(script, ""))
        case messages.SetFloor(floor=floor, revision=revision):
            return events.FloorChosen(at, seat, revision, floor)
        case messages.SetLayout(layout=layout, revision=revision):
            return events.LayoutChosen(at, seat, revision, layout)
        case messages.Breathe(seconds=seconds, revision=revision):
            return events.BreathBegan(at, seat, revision, at + seconds * SECOND)
        case messages.Pause(revision=revision):
            return events.DialoguePaused(at, seat, revision)
        case messages.Hold(seat=other, revision=revision):
            return events.PartnerHeld(at, seat, revision, Seat(other))
        case messages.TimeOut(minutes=minutes, revision=revision):
            return events.TimeOutCalled(at, seat, revision, at + minutes * MINUTE)
        case messages.Resume(revision=revision):
            return events.DialogueResumed(at, seat, revision)
        case messages.EndDialogue(revision=revision):
            return events.DialogueEnded(at, seat, revision)
        case _:
            assert_never(command)


def to_message(view: View) -> messages.View:
    """A seat's view as it stands on the wire."""
    return msgspec.convert(view, messages.View, from_attributes=True)


def done(command_id: str) -> messages.Done:
    return messages.Done(id=command_id)


def refused(code: str, command_id: str) -> messages.Refused:
    return messages.Refused(code=code, id=command_id)


def sdp_answer(offer_id: str, sdp: str) -> messages.SdpAnswer:
    return messages.SdpAnswer(id=offer_id, sdp=sdp)


def bye(code: str, *, retry: bool) -> messages.Bye:
    return messages.Bye(code=code, retry=retry)


def _only_edge(room: Room) -> str:
    running = room.course.dialogue
    if running is None:
        raise OutOfState("no dialogue is running", code="no-dialogue")
    edges = room.scripts.editions[running.edition].step(running.step).edges
    if len(edges) != 1:
        raise OutOfState("the step has several ways on", code="several-ways")
    return edges[0].id
