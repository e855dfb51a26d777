"""What one seat may know about its room, as one pure function.

Everything a page shows comes from a `View` made for its seat alone, in its language. Nothing about
one partner reaches the other unless it is written here: a partner who waits learns of nobody but the
therapist; a partner in the room learns of the other only once that one is admitted too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.domain.dialogue import Dialogue, Hold, Interlude, Pause, TimeOut, confirms, voices
from server.domain.script import Role, Script, Step, Voice, fill, pick
from server.domain.seats import PARTNERS, Occupant, Presence, Seat, is_partner, other_partner


class Scene(StrEnum):
    """Which screen a seat is on.

    door: not entered yet. waiting: entered, not admitted. room: in the call. apart: in the call, but
    the therapist is aside with the other. aside: with the therapist, the other is apart. time-out:
    everyone is apart until a time. therapist-gone: admitted, but the therapist is not there. left,
    ended: over, for this seat or for all.
    """

    DOOR = "door"
    WAITING = "waiting"
    ROOM = "room"
    APART = "apart"
    ASIDE = "aside"
    TIME_OUT = "time-out"
    THERAPIST_GONE = "therapist-gone"
    LEFT = "left"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Person:
    """Another seat, as far as this one may know it. `here` is false while its connection is lost."""

    seat: Seat
    name: str
    here: bool
    mic: bool
    camera: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that takes an edge, in words."""

    edge: str
    words: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """The dialogue as one seat sees it, in its language.

    `voice` is a seat, "both" or "none"; `role` is this seat's own (none for the therapist); `mine` is
    whether this seat should speak now. `stem` is there only for those who speak, and for the therapist,
    who may need to prompt it. `confirms` are this seat's own buttons. `stage` counts from 0.
    """

    script: str
    script_name: str
    step: str
    step_name: str
    sender: Seat
    sender_role: str
    receiver_role: str
    voice: str
    role: Role | None
    mine: bool
    do: str
    stem: str | None
    more_stems: tuple[str, ...]
    confirms: tuple[Choice, ...]
    stages: tuple[str, ...]
    stage: int
    leg: int


@dataclass(frozen=True, slots=True)
class TimeOutView:
    """A time-out: who called it is nobody's business on the screen. Times are ms since the epoch."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Way:
    """A way on, for the therapist: `confirm_of` is whose confirm it otherwise is."""

    edge: str
    words: str
    to: str | None
    confirm_of: Seat | None
    loop: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the therapist's list of steps."""

    step: str
    name: str
    stage: int
    current: bool
    loops: int


@dataclass(frozen=True, slots=True)
class PartnerState:
    """A partner as the therapist sees it, from the first connection on."""

    seat: Seat
    name: str
    language: str
    presence: Presence
    connected: bool


@dataclass(frozen=True, slots=True)
class ScriptLine:
    script: str
    name: str


@dataclass(frozen=True, slots=True)
class Lead:
    """What only the therapist sees. `since` is when this step began; `open` warns that the sender is unvalidated."""

    partners: tuple[PartnerState, ...]
    scripts: tuple[ScriptLine, ...]
    ways: tuple[Way, ...]
    steps: tuple[StepLine, ...]
    since: int | None
    open: bool
    undoable: int
    paused: bool
    held: Seat | None
    time_out_by: Seat | None


@dataclass(frozen=True, slots=True)
class View:
    """One seat's whole knowledge. `revision` is the dialogue's, and only for those who are admitted."""

    seat: Seat
    name: str
    scene: Scene
    language: str
    mic: bool
    camera: bool
    revision: int | None
    people: tuple[Person, ...]
    dimmed: bool
    indicator: Indicator | None
    time_out: TimeOutView | None
    lead: Lead | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a room the projection reads; a room hands it out of itself."""

    occupants: Mapping[Seat, Occupant]
    scripts: Mapping[str, Script]
    dialogue: Dialogue | None
    interlude: Interlude | None
    parted: bool
    ended: bool
    undoable: int
    revision: int


def project(facts: Facts, seat: Seat) -> View:
    """The view of one seat."""
    me = facts.occupants[seat]
    scene = _scene(facts, seat)
    admitted = me.admitted and not facts.ended
    shows_dialogue = admitted and scene is not Scene.THERAPIST_GONE and facts.dialogue is not None
    return View(
        seat=seat,
        name=me.name,
        scene=scene,
        language=me.language,
        mic=me.mic,
        camera=me.camera,
        revision=facts.revision if admitted else None,
        people=_people(facts, seat),
        dimmed=admitted and facts.interlude is not None,
        indicator=_indicator(facts, facts.dialogue, seat) if shows_dialogue and facts.dialogue else None,
        time_out=_time_out(facts.interlude) if admitted else None,
        lead=_lead(facts) if seat is Seat.THERAPIST and admitted else None,
    )


def _scene(facts: Facts, seat: Seat) -> Scene:
    me = facts.occupants[seat]
    if facts.ended:
        return Scene.ENDED
    match me.presence:
        case Presence.ABSENT:
            return Scene.DOOR
        case Presence.WAITING:
            return Scene.WAITING
        case Presence.LEFT:
            return Scene.LEFT
        case _:
            return _scene_inside(facts, seat)


def _scene_inside(facts: Facts, seat: Seat) -> Scene:
    if is_partner(seat) and (facts.parted or not facts.occupants[Seat.THERAPIST].admitted):
        return Scene.THERAPIST_GONE
    match facts.interlude:
        case TimeOut():
            return Scene.TIME_OUT
        case Hold(seat=held):
            return Scene.APART if is_partner(seat) and seat is not held else Scene.ASIDE
        case _:
            return Scene.ROOM


def _people(facts: Facts, seat: Seat) -> tuple[Person, ...]:
    """The others this seat may know of: a partner's presence shows only to those in the room with it."""
    me = facts.occupants[seat]

    def person(other: Seat) -> Person:
        occupant = facts.occupants[other]
        here = occupant.admitted and occupant.connected
        return Person(other, occupant.name, here, occupant.mic, occupant.camera)

    if facts.ended or me.presence in (Presence.ABSENT, Presence.LEFT):
        return ()
    if seat is Seat.THERAPIST:
        return tuple(person(other) for other in PARTNERS if facts.occupants[other].admitted)
    known = [person(Seat.THERAPIST)]
    other = other_partner(seat)
    if me.admitted and facts.occupants[other].admitted and not _alone(facts, seat):
        known.append(person(other))
    return tuple(known)


def _alone(facts: Facts, seat: Seat) -> bool:
    """Whether a partner is kept apart now, and so learns nothing of the other's comings and goings."""
    return _scene(facts, seat) in (Scene.APART, Scene.ASIDE, Scene.TIME_OUT, Scene.THERAPIST_GONE)


def _indicator(facts: Facts, dialogue: Dialogue, seat: Seat) -> Indicator:
    script = facts.scripts[dialogue.script]
    step = script.step(dialogue.step)
    language = facts.occupants[seat].language
    role = dialogue.role_of(seat)
    speakers = voices(step, dialogue)

    def words(text: str) -> str:
        return fill(
            text,
            sender=facts.occupants[dialogue.sender].name,
            receiver=facts.occupants[dialogue.receiver].name,
        )

    stems = _stems(step, role, seat in speakers)
    texts = tuple(words(stem) for stem in pick(stems, language)) if stems else ()
    frozen = facts.interlude is not None
    return Indicator(
        script=script.id,
        script_name=pick(script.name, language),
        step=step.id,
        step_name=pick(step.name, language),
        sender=dialogue.sender,
        sender_role=pick(script.roles[Role.SENDER], language),
        receiver_role=pick(script.roles[Role.RECEIVER], language),
        voice=_voice(step, speakers),
        role=role,
        mine=seat in speakers,
        do=words(pick(step.do[role or _speaking_role(step)], language)),
        stem=texts[0] if texts else None,
        more_stems=texts[1:],
        confirms=()
        if frozen
        else tuple(
            Choice(edge.id, words(pick(edge.say, language)))
            for edge in confirms(step, dialogue, seat)
            if edge.say is not None
        ),
        stages=tuple(pick(stage.name, language) for stage in script.stages),
        stage=script.stage_index(step),
        leg=dialogue.leg,
    )


def _stems(step: Step, role: Role | None, mine: bool) -> dict[str, tuple[str, ...]]:
    """The speaker's own stems; for the therapist those of whoever speaks."""
    if role is None:
        return step.stems.get(_speaking_role(step), {})
    return step.stems.get(role, {}) if mine else {}


def _speaking_role(step: Step) -> Role:
    return Role.RECEIVER if step.voice is Voice.RECEIVER else Role.SENDER


def _voice(step: Step, speakers: tuple[Seat, ...]) -> str:
    return speakers[0].value if len(speakers) == 1 else step.voice.value


def _time_out(interlude: Interlude | None) -> TimeOutView | None:
    return TimeOutView(interlude.since, interlude.until) if isinstance(interlude, TimeOut) else None


def _lead(facts: Facts) -> Lead:
    language = facts.occupants[Seat.THERAPIST].language
    dialogue = facts.dialogue
    step = facts.scripts[dialogue.script].step(dialogue.step) if dialogue else None
    return Lead(
        partners=tuple(
            PartnerState(seat, it.name, it.language, it.presence, it.connected)
            for seat, it in facts.occupants.items()
            if is_partner(seat)
        ),
        scripts=tuple(ScriptLine(script.id, pick(script.name, language)) for script in facts.scripts.values()),
        ways=_ways(facts, dialogue, language) if dialogue else (),
        steps=_step_lines(facts, dialogue, language) if dialogue else (),
        since=dialogue.since if dialogue else None,
        open=step.open if step else False,
        undoable=facts.undoable,
        paused=isinstance(facts.interlude, Pause),
        held=facts.interlude.seat if isinstance(facts.interlude, Hold) else None,
        time_out_by=facts.interlude.by if isinstance(facts.interlude, TimeOut) else None,
    )


def _ways(facts: Facts, dialogue: Dialogue, language: str) -> tuple[Way, ...]:
    script = facts.scripts[dialogue.script]
    names = {step.id: pick(step.name, language) for step in script.steps}
    sender, receiver = facts.occupants[dialogue.sender].name, facts.occupants[dialogue.receiver].name
    who = {Role.SENDER: dialogue.sender, Role.RECEIVER: dialogue.receiver}
    return tuple(
        Way(
            edge=edge.id,
            words=fill(pick(edge.label, language), sender=sender, receiver=receiver),
            to=names.get(edge.to),
            confirm_of=who[edge.by] if edge.by else None,
            loop=edge.loop is not None,
        )
        for edge in script.step(dialogue.step).edges
    )


def _step_lines(facts: Facts, dialogue: Dialogue, language: str) -> tuple[StepLine, ...]:
    script = facts.scripts[dialogue.script]
    taken = dict(dialogue.loops)
    return tuple(
        StepLine(
            step=step.id,
            name=pick(step.name, language),
            stage=script.stage_index(step),
            current=step.id == dialogue.step,
            loops=sum(taken.get(loop, 0) for loop in {edge.loop for edge in step.edges} if loop is not None),
        )
        for step in script.steps
    )
