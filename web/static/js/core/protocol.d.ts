/** The wire, as types. Made by `python -m server.protocol.reference` from `server/protocol/messages.py`; do not edit. */

/** The version of this wire, for `hello`. */
export type Version = 1;

export type SeatName = "therapist" | "partner-a" | "partner-b";

export type PartnerName = "partner-a" | "partner-b";

/** Matches `^[A-Za-z0-9_-]{1,32}$`. */
export type CommandId = string;

/** Matches `^[a-z][a-z0-9-]{0,39}$`. */
export type ThingId = string;

/** Matches `^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`. */
export type Language = string;

/** From 0 to 2147483648. */
export type Revision = number;

/** From 1 to 1440. */
export type Minutes = number;

/** From 30 to 180. */
export type BreathSeconds = number;

/** From 10 to 240. */
export type SessionMinutes = number;

/** From 0 to 10. */
export type Feeling = number;

export type PromptText = string;

export type FloorGrade = "show" | "soften" | "hold";

export type LayoutName = "dialogue" | "room";

export type SoundName = "full" | "soft" | "held";

/** The first message. `version` is the page's; `page` is a random id that the page keeps while it is open. */
export interface Hello {
  readonly type: "hello";
  readonly version: number;
  readonly page: CommandId;
}

/** Sent every 1.5 s; the server answers at once. `sent` is the page's own clock, returned unread. */
export interface Ping {
  readonly type: "ping";
  readonly sent: number;
}

/** The browser's offer for the one peer connection with the host; a new one replaces the former. */
export interface SdpOffer {
  readonly type: "sdp-offer";
  readonly id: CommandId;
  readonly sdp: string;
}

/** I am ready: wait to be admitted (a partner), or be in (the therapist). */
export interface Enter {
  readonly type: "enter";
  readonly id: CommandId;
}

/** The therapist lets one partner go, before the other (a staggered end). */
export interface Dismiss {
  readonly type: "dismiss";
  readonly id: CommandId;
  readonly seat: PartnerName;
}

/** How long the therapist plans this session to be. */
export interface SetLength {
  readonly type: "set-length";
  readonly id: CommandId;
  readonly minutes: SessionMinutes;
}

/** How safe and how flooded I feel, for the therapist alone. */
export interface SayFelt {
  readonly type: "say-felt";
  readonly id: CommandId;
  readonly safe: Feeling;
  readonly flooded: Feeling;
}

/** My silent signal to the therapist; no other screen shows anything. */
export interface Signal {
  readonly type: "signal";
  readonly id: CommandId;
}

/** The therapist has seen the signal of this partner. */
export interface SignalSeen {
  readonly type: "signal-seen";
  readonly id: CommandId;
  readonly seat: PartnerName;
}

/** The therapist's words on these partners' screens until the next step; empty words take them away. */
export interface Prompt {
  readonly type: "prompt";
  readonly id: CommandId;
  readonly seats: readonly PartnerName[];
  readonly text: PromptText;
}

/** The receiver asks the sender to stop, so as to mirror. */
export interface AskToMirror {
  readonly type: "ask-to-mirror";
  readonly id: CommandId;
}

/** The therapist goes back several steps at once. */
export interface Rewind {
  readonly type: "rewind";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly count: number;
}

/** The therapist goes to any step of the script, against its ways: a deliberate override. */
export interface Skip {
  readonly type: "skip";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly step: ThingId;
}

/** The therapist goes over from the running script to the start of another. */
export interface ChangeScript {
  readonly type: "change-script";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly script: ThingId;
  readonly sender: PartnerName;
}

/** What happens to the sound of a partner whose voice it is not: shown only, softened, or held back by the host. */
export interface SetFloor {
  readonly type: "set-floor";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly floor: FloorGrade;
}

/** How the pictures stand on all three screens. */
export interface SetLayout {
  readonly type: "set-layout";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly layout: LayoutName;
}

/** The therapist leads all into a silence of so many seconds; it ends when the therapist resumes. */
export interface Breathe {
  readonly type: "breathe";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly seconds?: BreathSeconds;
}

/** I leave the call. */
export interface Leave {
  readonly type: "leave";
  readonly id: CommandId;
}

/** My microphone and camera are on or off. */
export interface SetDevices {
  readonly type: "set-devices";
  readonly id: CommandId;
  readonly mic: boolean;
  readonly camera: boolean;
}

/** Show me everything in this language from now on. */
export interface SetLanguage {
  readonly type: "set-language";
  readonly id: CommandId;
  readonly language: Language;
}

/** The therapist lets a waiting partner in. */
export interface Admit {
  readonly type: "admit";
  readonly id: CommandId;
  readonly seat: PartnerName;
}

/** The therapist asks an admitted partner back into the waiting room. */
export interface SendBack {
  readonly type: "send-back";
  readonly id: CommandId;
  readonly seat: PartnerName;
}

/** The therapist closes the room for everybody. */
export interface EndSession {
  readonly type: "end-session";
  readonly id: CommandId;
}

/** The therapist begins a script with one partner as the sender. */
export interface StartDialogue {
  readonly type: "start-dialogue";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly script: ThingId;
  readonly sender: PartnerName;
}

/** The therapist takes a way on; `edge` may be left out where the step has just one. */
export interface Advance {
  readonly type: "advance";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly edge?: ThingId | null;
}

/** A partner's own word on a check, a request or the like: it takes that edge. */
export interface Confirm {
  readonly type: "confirm";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly edge: ThingId;
}

/** The therapist goes back to exactly where the dialogue stood before. */
export interface Undo {
  readonly type: "undo";
  readonly id: CommandId;
  readonly revision: Revision;
}

/** The therapist speaks: the dialogue dims and stands still. */
export interface Pause {
  readonly type: "pause";
  readonly id: CommandId;
  readonly revision: Revision;
}

/** The therapist goes aside with one partner; the other waits apart, and no media flows between the two. */
export interface Hold {
  readonly type: "hold";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly seat: PartnerName;
}

/** Either partner, or the therapist, stops everything for a while; never refused as stale. */
export interface TimeOut {
  readonly type: "time-out";
  readonly id: CommandId;
  readonly revision: Revision;
  readonly minutes?: Minutes;
}

/** The therapist ends a pause, a hold or a time-out. */
export interface Resume {
  readonly type: "resume";
  readonly id: CommandId;
  readonly revision: Revision;
}

/** The therapist closes the dialogue; the three go on talking. */
export interface EndDialogue {
  readonly type: "end-dialogue";
  readonly id: CommandId;
  readonly revision: Revision;
}

/**
 * Another seat, as far as this one may know it.
 *
 * `here` is false while its connection is lost. `sound` is how it is heard: `soft` is softened by the
 * listening browser, `held` is held back by the host.
 */
export interface Person {
  readonly seat: SeatName;
  readonly name: string;
  readonly here: boolean;
  readonly mic: boolean;
  readonly camera: boolean;
  readonly sound: SoundName;
}

/** A confirm of this seat's own. */
export interface Choice {
  readonly edge: string;
  readonly words: string;
}

/**
 * The dialogue as this seat sees it, in its language.
 *
 * `voice` is a seat, `both` or `none`; `role` is this seat's own; `mine` whether it should speak now.
 * `stem` is for those who speak (and for the therapist, who may prompt). `stage` counts from 0.
 */
export interface Indicator {
  readonly script: string;
  readonly scriptName: string;
  readonly step: string;
  readonly stepName: string;
  readonly sender: PartnerName;
  readonly senderRole: string;
  readonly receiverRole: string;
  readonly voice: "therapist" | "partner-a" | "partner-b" | "both" | "none";
  readonly role: "sender" | "receiver" | null;
  readonly mine: boolean;
  readonly do: string;
  readonly stem: string | null;
  readonly moreStems: readonly string[];
  readonly confirms: readonly Choice[];
  readonly stages: readonly string[];
  readonly stage: number;
  readonly leg: number;
}

/** From when until when. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** What this seat said of its own feelings. */
export interface Felt {
  readonly safe: number;
  readonly flooded: number;
}

/** A partner as the therapist sees it: feelings said in private (`said` is when), a signal, a prompt. */
export interface PartnerState {
  readonly seat: PartnerName;
  readonly name: string;
  readonly language: string;
  readonly presence: "absent" | "waiting" | "admitted" | "left";
  readonly connected: boolean;
  readonly safe: number | null;
  readonly flooded: number | null;
  readonly said: number | null;
  readonly signalled: number | null;
  readonly prompt: string | null;
}

/** A script that can be started. */
export interface ScriptLine {
  readonly script: string;
  readonly name: string;
}

/** A way on, for the therapist. `to` is the next step's name (none: the end); `confirm_of` whose confirm it is. */
export interface Way {
  readonly edge: string;
  readonly words: string;
  readonly to: string | null;
  readonly confirmOf: PartnerName | null;
  readonly loop: boolean;
}

/**
 * One line of the therapist's list of steps.
 *
 * `stage` is its place in the indicator's `stages`; `loops` is how often its loops were taken in this leg.
 */
export interface StepLine {
  readonly step: string;
  readonly name: string;
  readonly stage: number;
  readonly current: boolean;
  readonly loops: number;
}

/** How long a partner spoke, and how much of it while it was their voice, in ms. */
export interface TalkLine {
  readonly seat: PartnerName;
  readonly spoken: number;
  readonly inVoice: number;
}

/**
 * What only the therapist sees.
 *
 * `since` is when this step began and `soft` its soft span in seconds; `coach` is a note. `open` warns that
 * the sender has opened up and is not validated yet; `draft` that somebody's words are unreviewed. `trail`
 * names the steps that can be gone back to, the latest last. `began` and `minutes` are the session's.
 */
export interface Lead {
  readonly partners: readonly PartnerState[];
  readonly scripts: readonly ScriptLine[];
  readonly ways: readonly Way[];
  readonly steps: readonly StepLine[];
  readonly since: number | null;
  readonly soft: number | null;
  readonly coach: string | null;
  readonly open: boolean;
  readonly draft: boolean;
  readonly undoable: number;
  readonly trail: readonly string[];
  readonly talk: readonly TalkLine[];
  readonly floor: FloorGrade;
  readonly began: number | null;
  readonly minutes: number | null;
  readonly paused: boolean;
  readonly held: PartnerName | null;
  readonly timeOutBy: SeatName | null;
}

/** The answer to a ping: the page's own time, and the server's clock. */
export interface Pong {
  readonly type: "pong";
  readonly sent: number;
  readonly now: number;
}

/** The host's answer to the offer with this id. */
export interface SdpAnswer {
  readonly type: "sdp-answer";
  readonly id: CommandId;
  readonly sdp: string;
}

/** The command is stored and in force. */
export interface Done {
  readonly type: "done";
  readonly id: CommandId;
}

/** The command (or, without an id, the message) changed nothing. `code` is stable; the page has words for it. */
export interface Refused {
  readonly type: "refused";
  readonly code: string;
  readonly id: CommandId | null;
}

/** The last message before the socket closes. `retry` says whether coming back makes sense. */
export interface Bye {
  readonly type: "bye";
  readonly code: string;
  readonly retry: boolean;
}

/**
 * One seat's whole knowledge of its room, sent whole after every change that this seat may know of.
 *
 * `revision` is the dialogue's; it is there only for those who are admitted. `dimmed` says that the
 * dialogue stands still. `asked`: the receiver asks to mirror. `prompt`: the therapist's words for this seat.
 */
export interface View {
  readonly type: "view";
  readonly seat: SeatName;
  readonly name: string;
  readonly scene: "door" | "waiting" | "room" | "apart" | "aside" | "time-out" | "therapist-gone" | "left" | "ended";
  readonly language: string;
  readonly mic: boolean;
  readonly camera: boolean;
  readonly revision: number | null;
  readonly people: readonly Person[];
  readonly dimmed: boolean;
  readonly layout: LayoutName;
  readonly sound: SoundName;
  readonly indicator: Indicator | null;
  readonly asked: boolean;
  readonly prompt: string | null;
  readonly timeOut: Span | null;
  readonly breath: Span | null;
  readonly felt: Felt | null;
  readonly lead: Lead | null;
}

/** Something a person does; the server says `done` or `refused`. */
export type AnyCommand =
  | Enter
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
  | EndDialogue;

/** Everything a page may send. */
export type FromPage =
  | Hello
  | Ping
  | SdpOffer
  | AnyCommand;

/** Everything the server may send. */
export type FromServer =
  | Pong
  | SdpAnswer
  | Done
  | Refused
  | Bye
  | View;

/** Every code of `refused`. */
export type RefusalCode =
  | "bad-message"
  | "too-large"
  | "version"
  | "hello-first"
  | "rate"
  | "bad-offer"
  | "too-many-offers"
  | "not-allowed"
  | "out-of-state"
  | "stale"
  | "ended"
  | "parted"
  | "paused"
  | "not-paused"
  | "not-waiting"
  | "not-admitted"
  | "no-dialogue"
  | "dialogue-running"
  | "partners-missing"
  | "nothing-to-undo"
  | "unknown-edge"
  | "unknown-script"
  | "several-ways"
  | "unknown-step"
  | "bad-time"
  | "bad-number"
  | "not-saved"
  | "internal";

/** Every close code of the server's own; 4401, 4403 and 4409 are not to be retried. */
export type CloseCode =
  | 4400
  | 4401
  | 4403
  | 4408
  | 4409
  | 4429
  | 4503;
