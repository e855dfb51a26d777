"""What happened to a room, in the past tense; the twin of `effects`.

An event is offered to a room, which takes it or refuses it. Those taken are the room's log, and the
room is their fold, so an event carries everything that the fold needs: its time, who caused it, and
the edition of the script that was started. Times are milliseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.seats import Seat


@dataclass(frozen=True, slots=True)
class Event:
    """`at` is when it happened, by the server's clock."""

    at: int


@dataclass(frozen=True, slots=True)
class SeatNamed:
    """Who a seat is made for: the name as used in the call, and a BCP 47 language tag."""

    seat: Seat
    name: str
    language: str


# --- the room and its seats ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoomOpened(Event):
    """The room exists. The first event of every log."""

    seats: tuple[SeatNamed, ...]


@dataclass(frozen=True, slots=True)
class RoomReopened(Event):
    """The server came back and read the log: nobody is connected yet."""


@dataclass(frozen=True, slots=True)
class SeatConnected(Event):
    seat: Seat


@dataclass(frozen=True, slots=True)
class SeatDisconnected(Event):
    seat: Seat


@dataclass(frozen=True, slots=True)
class SeatEntered(Event):
    """The person is ready: a partner now waits, a therapist is in."""

    seat: Seat


@dataclass(frozen=True, slots=True)
class SeatAdmitted(Event):
    seat: Seat
    by: Seat


@dataclass(frozen=True, slots=True)
class SeatSentBack(Event):
    """The therapist asked an admitted partner back into the waiting room."""

    seat: Seat
    by: Seat


@dataclass(frozen=True, slots=True)
class SeatLeft(Event):
    seat: Seat


@dataclass(frozen=True, slots=True)
class DevicesChanged(Event):
    """Which of a seat's microphone and camera are on."""

    seat: Seat
    mic: bool
    camera: bool


@dataclass(frozen=True, slots=True)
class LanguageChosen(Event):
    seat: Seat
    language: str


@dataclass(frozen=True, slots=True)
class VoiceHeard(Event):
    """Somebody spoke from `since` until now, by the level of their sound alone."""

    seat: Seat
    since: int


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    """The therapist closed the room for everybody."""

    by: Seat


@dataclass(frozen=True, slots=True)
class TimerFired(Event):
    """A timer that the room asked for (`effects.SetTimer`) came back."""

    timer: str


@dataclass(frozen=True, slots=True)
class SeatDismissed(Event):
    """The therapist let one partner go at the end, before the other."""

    seat: Seat
    by: Seat


@dataclass(frozen=True, slots=True)
class LengthChosen(Event):
    """How long the therapist plans this session to be."""

    by: Seat
    minutes: int


# --- between one partner and the therapist: the other never learns of it --------------------------


@dataclass(frozen=True, slots=True)
class FeltSaid(Event):
    """How safe and how flooded a partner feels, each from 0 to 10."""

    seat: Seat
    safe: int
    flooded: int


@dataclass(frozen=True, slots=True)
class SafetySignalled(Event):
    """A partner's silent signal to the therapist."""

    seat: Seat


@dataclass(frozen=True, slots=True)
class SignalSeen(Event):
    """The therapist has seen the signal of `seat`."""

    seat: Seat
    by: Seat


@dataclass(frozen=True, slots=True)
class PromptShown(Event):
    """The therapist's words on the screens of `seats`, until the next step; empty words take them away."""

    seats: tuple[Seat, ...]
    text: str
    by: Seat


@dataclass(frozen=True, slots=True)
class MirrorAsked(Event):
    """The receiver asks the sender to stop, so as to mirror."""

    seat: Seat


# --- the dialogue --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DialogueEvent(Event):
    """Something that a person does to the dialogue.

    `revision` is the one that the person saw: given for another revision the event is stale and
    refused, so that a double click or a late message never takes two steps.
    """

    by: Seat
    revision: int


@dataclass(frozen=True, slots=True)
class DialogueStarted(DialogueEvent):
    """A script begins with `sender` as the one who holds the floor.

    `edition` is the exact text that is used (`catalogue`); in logs from before there were editions it is empty.
    """

    script: str
    sender: Seat
    edition: str = ""


@dataclass(frozen=True, slots=True)
class StepTaken(DialogueEvent):
    """An edge of the present step was taken, by the therapist or by the one whose confirm it is."""

    edge: str


@dataclass(frozen=True, slots=True)
class StepUndone(DialogueEvent):
    """The therapist went back to exactly where the dialogue stood before."""


@dataclass(frozen=True, slots=True)
class DialoguePaused(DialogueEvent):
    """The therapist speaks; the dialogue dims and stands still."""


@dataclass(frozen=True, slots=True)
class StepsRewound(DialogueEvent):
    """The therapist went back several steps at once."""

    count: int


@dataclass(frozen=True, slots=True)
class StepSkipped(DialogueEvent):
    """The therapist went to any step of the script, against its edges: a deliberate override."""

    step: str


@dataclass(frozen=True, slots=True)
class ScriptChanged(DialogueEvent):
    """The therapist went over from the running script to another, from its start; `edition` as in DialogueStarted."""

    script: str
    sender: Seat
    edition: str = ""


@dataclass(frozen=True, slots=True)
class FloorChosen(DialogueEvent):
    """The therapist chose what happens to the sound of one whose voice it is not (`course.Floor`)."""

    floor: str


@dataclass(frozen=True, slots=True)
class LayoutChosen(DialogueEvent):
    """The therapist chose how the pictures stand on all three screens (`course.Layout`)."""

    layout: str


@dataclass(frozen=True, slots=True)
class BreathBegan(DialogueEvent):
    """All breathe in silence until `until`; the dialogue stands still until the therapist resumes it."""

    until: int


@dataclass(frozen=True, slots=True)
class PartnerHeld(DialogueEvent):
    """The therapist takes `seat` aside; the other partner waits apart."""

    seat: Seat


@dataclass(frozen=True, slots=True)
class TimeOutCalled(DialogueEvent):
    """Either partner, or the therapist, stops everything. Nobody can refuse it. `until` is the return time."""

    until: int


@dataclass(frozen=True, slots=True)
class DialogueResumed(DialogueEvent):
    """The therapist ends a pause, a hold or a time-out; the dialogue stands where it stood."""


@dataclass(frozen=True, slots=True)
class DialogueEnded(DialogueEvent):
    """The therapist closed the dialogue; the three talk freely."""


AnyEvent = (
    RoomOpened
    | RoomReopened
    | SeatConnected
    | SeatDisconnected
    | SeatEntered
    | SeatAdmitted
    | SeatSentBack
    | SeatLeft
    | DevicesChanged
    | LanguageChosen
    | VoiceHeard
    | SeatDismissed
    | LengthChosen
    | FeltSaid
    | SafetySignalled
    | SignalSeen
    | PromptShown
    | MirrorAsked
    | SessionEnded
    | TimerFired
    | DialogueStarted
    | StepTaken
    | StepUndone
    | StepsRewound
    | StepSkipped
    | ScriptChanged
    | FloorChosen
    | LayoutChosen
    | DialoguePaused
    | BreathBegan
    | PartnerHeld
    | TimeOutCalled
    | DialogueResumed
    | DialogueEnded
)
