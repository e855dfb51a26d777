"""The only definition of the wire: every message between a page and the server.

From here come the strict decoder (`codec`), `docs/protocol.md` and `protocol.d.ts` (`reference`).
Messages travel as JSON text frames, tagged by `type`. A message about a room is made for one seat.
Times are milliseconds since 1970-01-01 UTC by the server's clock.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

VERSION = 1
"""The version of this wire. A page of another version is told to load itself again."""

MAX_MESSAGE = 8 * 1024
"""Bytes in any message but an offer."""

MAX_OFFER = 48 * 1024
"""Bytes in an SDP offer."""

SeatName = Literal["therapist", "partner-a", "partner-b"]
PartnerName = Literal["partner-a", "partner-b"]
CommandId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
ThingId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")]
Revision = Annotated[int, Meta(ge=0, le=2**31)]
Minutes = Annotated[int, Meta(ge=1, le=1440)]
BreathSeconds = Annotated[int, Meta(ge=30, le=180)]
SessionMinutes = Annotated[int, Meta(ge=10, le=240)]
Feeling = Annotated[int, Meta(ge=0, le=10)]
PromptText = Annotated[str, Meta(max_length=200)]
FloorGrade = Literal["show", "soften", "hold"]
LayoutName = Literal["dialogue", "room"]
SoundName = Literal["full", "soft", "held"]


class Message(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """What all messages share: no unknown field is taken, and `type` says which it is."""


# === from a page =================================================================================


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """The first message. `version` is the page's; `page` is a random id that the page keeps while it is open."""

    version: int
    page: CommandId


class Ping(Message, frozen=True, kw_only=True, tag="ping"):
    """Sent every 1.5 s; the server answers at once. `sent` is the page's own clock, returned unread."""

    sent: float


class SdpOffer(Message, frozen=True, kw_only=True, tag="sdp-offer"):
    """The browser's offer for the one peer connection with the host; a new one replaces the former."""

    id: CommandId
    sdp: Annotated[str, Meta(min_length=1, max_length=MAX_OFFER)]


class Command(Message, frozen=True, kw_only=True):
    """Something a person does. `id` is made by the page: sent again with the same id, it is done once."""

    id: CommandId


class Enter(Command, frozen=True, kw_only=True, tag="enter"):
    """I am ready: wait to be admitted (a partner), or be in (the therapist)."""


class Leave(Command, frozen=True, kw_only=True, tag="leave"):
    """I leave the call."""


class SetDevices(Command, frozen=True, kw_only=True, tag="set-devices"):
    """My microphone and camera are on or off."""

    mic: bool
    camera: bool


class SetLanguage(Command, frozen=True, kw_only=True, tag="set-language"):
    """Show me everything in this language from now on."""

    language: Language


class Admit(Command, frozen=True, kw_only=True, tag="admit"):
    """The therapist lets a waiting partner in."""

    seat: PartnerName


class SendBack(Command, frozen=True, kw_only=True, tag="send-back"):
    """The therapist asks an admitted partner back into the waiting room."""

    seat: PartnerName


class Dismiss(Command, frozen=True, kw_only=True, tag="dismiss"):
    """The therapist lets one partner go, before the other (a staggered end)."""

    seat: PartnerName


class SetLength(Command, frozen=True, kw_only=True, tag="set-length"):
    """How long the therapist plans this session to be."""

    minutes: SessionMinutes


class SayFelt(Command, frozen=True, kw_only=True, tag="say-felt"):
    """How safe and how flooded I feel, for the therapist alone."""

    safe: Feeling
    flooded: Feeling


class Signal(Command, frozen=True, kw_only=True, tag="signal"):
    """My silent signal to the therapist; no other screen shows anything."""


class SignalSeen(Command, frozen=True, kw_only=True, tag="signal-seen"):
    """The therapist has seen the signal of this partner."""

    seat: PartnerName


class Prompt(Command, frozen=True, kw_only=True, tag="prompt"):
    """The therapist's words on these partners' screens until the next step; empty words take them away."""

    seats: Annotated[tuple[PartnerName, ...], Meta(min_length=1, max_length=2)]
    text: PromptText


class AskToMirror(Command, frozen=True, kw_only=True, tag="ask-to-mirror"):
    """The receiver asks the sender to stop, so as to mirror."""


class EndSession(Command, frozen=True, kw_only=True, tag="end-session"):
    """The therapist closes the room for everybody."""


class DialogueCommand(Command, frozen=True, kw_only=True):
    """Something done to the dialogue. `revision` is the one on the screen; any other is refused as stale."""

    revision: Revision


class StartDialogue(DialogueCommand, frozen=True, kw_only=True, tag="start-dialogue"):
    """The therapist begins a script with one partner as the sender."""

    script: ThingId
    sender: PartnerName


class Advance(DialogueCommand, frozen=True, kw_only=True, tag="advance"):
    """The therapist takes a way on; `edge` may be left out where the step has just one."""

    edge: ThingId | None = None


class Confirm(DialogueCommand, frozen=True, kw_only=True, tag="confirm"):
    """A partner's own word on a check, a request or the like: it takes that edge."""

    edge: ThingId


class Undo(DialogueCommand, frozen=True, kw_only=True, tag="undo"):
    """The therapist goes back to exactly where the dialogue stood before."""


class Rewind(DialogueCommand, frozen=True, kw_only=True, tag="rewind"):
    """The therapist goes back several steps at once."""

    count: Annotated[int, Meta(ge=1, le=1000)]


class Skip(DialogueCommand, frozen=True, kw_only=True, tag="skip"):
    """The therapist goes to any step of the script, against its ways: a deliberate override."""

    step: ThingId


class ChangeScript(DialogueCommand, frozen=True, kw_only=True, tag="change-script"):
    """The therapist goes over from the running script to the start of another."""

    script: ThingId
    sender: PartnerName


class SetFloor(DialogueCommand, frozen=True, kw_only=True, tag="set-floor"):
    """What happens to the sound of a partner whose voice it is not: shown only, softened, or held back by the host."""

    floor: FloorGrade


class SetLayout(DialogueCommand, frozen=True, kw_only=True, tag="set-layout"):
    """How the pictures stand on all three screens."""

    layout: LayoutName


class Breathe(DialogueCommand, frozen=True, kw_only=True, tag="breathe"):
    """The therapist leads all into a silence of so many seconds; it ends when the therapist resumes."""

    seconds: BreathSeconds = 60


class Pause(DialogueCommand, frozen=True, kw_only=True, tag="pause"):
    """The therapist speaks: the dialogue dims and stands still."""


class Hold(DialogueCommand, frozen=True, kw_only=True, tag="hold"):
    """The therapist goes aside with one partner; the other waits apart, and no media flows between the two."""

    seat: PartnerName


class TimeOut(DialogueCommand, frozen=True, kw_only=True, tag="time-out"):
    """Either partner, or the therapist, stops everything for a while; never refused as stale."""

    minutes: Minutes = 20


class Resume(DialogueCommand, frozen=True, kw_only=True, tag="resume"):
    """The therapist ends a pause, a hold or a time-out."""


class EndDialogue(DialogueCommand, frozen=True, kw_only=True, tag="end-dialogue"):
    """The therapist closes the dialogue; the three go on talking."""


AnyCommand = (
    Enter
    | Dismiss
    | SetLength
    | SayFelt
    | Signal
    | SignalSeen
    | Prompt
    | AskToMirror
    | Rewind
    | Skip
    | ChangeScript
    | SetFloor
    | SetLayout
    | Breathe
    | Leave
    | SetDevices
    | SetLanguage
    | Admit
    | SendBack
    | EndSession
    | StartDialogue
    | Advance
    | Confirm
    | Undo
    | Pause
    | Hold
    | TimeOut
    | Resume
    | EndDialogue
)

FromPage = Hello | Ping | SdpOffer | AnyCommand


# === from the server =============================================================================


class Pong(Message, frozen=True, kw_only=True, tag="pong"):
    """The answer to a ping: the page's own time, and the server's clock."""

    sent: float
    now: float


class SdpAnswer(Message, frozen=True, kw_only=True, tag="sdp-answer"):
    """The host's answer to the offer with this id."""

    id: CommandId
    sdp: str


class Done(Message, frozen=True, kw_only=True, tag="done"):
    """The command is stored and in force."""

    id: CommandId


class Refused(Message, frozen=True, kw_only=True, tag="refused"):
    """The command (or, without an id, the message) changed nothing. `code` is stable; the page has words for it."""

    code: str
    id: CommandId | None = None


class Bye(Message, frozen=True, kw_only=True, tag="bye"):
    """The last message before the socket closes. `retry` says whether coming back makes sense."""

    code: str
    retry: bool


class Person(Message, frozen=True, kw_only=True):
    """Another seat, as far as this one may know it.

    `here` is false while its connection is lost. `sound` is how it is heard: `soft` is softened by the
    listening browser, `held` is held back by the host.
    """

    seat: SeatName
    name: str
    here: bool
    mic: bool
    camera: bool
    sound: SoundName


class Choice(Message, frozen=True, kw_only=True):
    """A confirm of this seat's own."""

    edge: str
    words: str


class Indicator(Message, frozen=True, kw_only=True):
    """The dialogue as this seat sees it, in its language.

    `voice` is a seat, `both` or `none`; `role` is this seat's own; `mine` whether it should speak now.
    `stem` is for those who speak (and for the therapist, who may prompt). `stage` counts from 0.
    """

    script: str
    script_name: str
    step: str
    step_name: str
    sender: PartnerName
    sender_role: str
    receiver_role: str
    voice: Literal["therapist", "partner-a", "partner-b", "both", "none"]
    role: Literal["sender", "receiver"] | None
    mine: bool
    do: str
    stem: str | None
    more_stems: tuple[str, ...]
    confirms: tuple[Choice, ...]
    stages: tuple[str, ...]
    stage: int
    leg: int


class Span(Message, frozen=True, kw_only=True):
    """From when until when."""

    since: int
    until: int


class Felt(Message, frozen=True, kw_only=True):
    """What this seat said of its own feelings."""

    safe: int
    flooded: int


class Way(Message, frozen=True, kw_only=True):
    """A way on, for the therapist. `to` is the next step's name (none: the end); `confirm_of` whose confirm it is."""

    edge: str
    words: str
    to: str | None
    confirm_of: PartnerName | None
    loop: bool


class StepLine(Message, frozen=True, kw_only=True):
    """One line of the therapist's list of steps.

    `stage` is its place in the indicator's `stages`; `loops` is how often its loops were taken in this leg.
    """

    step: str
    name: str
    stage: int
    current: bool
    loops: int


class PartnerState(Message, frozen=True, kw_only=True):
    """A partner as the therapist sees it: feelings said in private (`said` is when), a signal, a prompt."""

    seat: PartnerName
    name: str
    language: str
    presence: Literal["absent", "waiting", "admitted", "left"]
    connected: bool
    safe: int | None
    flooded: int | None
    said: int | None
    signalled: int | None
    prompt: str | None


class TalkLine(Message, frozen=True, kw_only=True):
    """How long a partner spoke, and how much of it while it was their voice, in ms."""

    seat: PartnerName
    spoken: int
    in_voice: int


class ScriptLine(Message, frozen=True, kw_only=True):
    """A script that can be started."""

    script: str
    name: str


class Lead(Message, frozen=True, kw_only=True):
    """What only the therapist sees.

    `since` is when this step began and `soft` its soft span in seconds; `coach` is a note. `open` warns that
    the sender has opened up and is not validated yet; `draft` that somebody's words are unreviewed. `trail`
    names the steps that can be gone back to, the latest last. `began` and `minutes` are the session's.
    """

    partners: tuple[PartnerState, ...]
    scripts: tuple[ScriptLine, ...]
    ways: tuple[Way, ...]
    steps: tuple[StepLine, ...]
    since: int | None
    soft: int | None
    coach: str | None
    open: bool
    draft: bool
    undoable: int
    trail: tuple[str, ...]
    talk: tuple[TalkLine, ...]
    floor: FloorGrade
    began: int | None
    minutes: int | None
    paused: bool
    held: PartnerName | None
    time_out_by: SeatName | None


class View(Message, frozen=True, kw_only=True, tag="view"):
    """One seat's whole knowledge of its room, sent whole after every change that this seat may know of.

    `revision` is the dialogue's; it is there only for those who are admitted. `dimmed` says that the
    dialogue stands still. `asked`: the receiver asks to mirror. `prompt`: the therapist's words for this seat.
    """

    seat: SeatName
    name: str
    scene: Literal["door", "waiting", "room", "apart", "aside", "time-out", "therapist-gone", "left", "ended"]
    language: str
    mic: bool
    camera: bool
    revision: int | None
    people: tuple[Person, ...]
    dimmed: bool
    layout: LayoutName
    sound: SoundName
    indicator: Indicator | None
    asked: bool
    prompt: str | None
    time_out: Span | None
    breath: Span | None
    felt: Felt | None
    lead: Lead | None


FromServer = Pong | SdpAnswer | Done | Refused | Bye | View


# === codes =======================================================================================

CLOSE_CODES: dict[int, str] = {
    4400: "bad-message: too many messages that break this protocol",
    4401: "revoked: the session or the link is no longer valid",
    4403: "ended: this seat left, or the session is over",
    4408: "slow: the page did not read what was sent to it",
    4409: "superseded: the seat was opened on another page, which has it now",
    4429: "rate: too many messages; come back after a pause",
    4503: "drain: the server is going down or moving the room; come back",
}
"""The close codes of the socket. 4401, 4403 and 4409 are not to be retried."""

REFUSALS: dict[str, str] = {
    "bad-message": "the message is not valid",
    "too-large": "the message is larger than allowed",
    "version": "the page is of another version: load it again",
    "hello-first": "the first message must be hello",
    "rate": "too many messages in a short time",
    "bad-offer": "the SDP offer cannot be hosted",
    "too-many-offers": "too many offers in a short time",
    "not-allowed": "this seat may not do that",
    "out-of-state": "not in this state of the room",
    "stale": "the dialogue has moved on since",
    "ended": "the session is over",
    "parted": "the therapist's connection is gone; everything stands still",
    "paused": "the dialogue stands still",
    "not-paused": "nothing is paused",
    "not-waiting": "this seat does not wait",
    "not-admitted": "this seat is not in the room",
    "no-dialogue": "no dialogue is running",
    "dialogue-running": "a dialogue is running already",
    "partners-missing": "both partners must be in the room",
    "nothing-to-undo": "there is nothing to undo",
    "unknown-edge": "the present step has no such way on",
    "unknown-script": "there is no such script",
    "several-ways": "the present step has several ways on: name one",
    "unknown-step": "the script has no such step",
    "bad-time": "that is too short or too long",
    "bad-number": "a feeling is said from 0 to 10",
    "not-saved": "the server could not store it: nothing was done",
    "internal": "the server failed: nothing was done",
}
"""Every code of `refused`, with what it means."""
