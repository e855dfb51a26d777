"""What one seat may know about its room, as one pure function.

Everything a page shows comes from a `View` made for its seat alone, in its language. Nothing about
one partner reaches the other unless it is written here: a partner who waits learns of nobody but the
therapist; a partner in the room learns of the other only once that one is admitted too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.catalogue import Catalogue
from server.domain.course import Course, Layout
from server.domain.dialogue import Breath, Dialogue, Hold, Pause, TimeOut, confirms, voices
from server.domain.script import Role, Step, Voice, fill, pick, pick_tag
from server.domain.seats import PARTNERS, Occupant, Presence, Seat, is_partner, other_partner
from server.domain.talk import Talk, Talks
from server.domain.views import (
    Choice,
    Felt,
    Indicator,
    Lead,
    PartnerState,
    Person,
    Private,
    Scene,
    ScriptLine,
    Sound,
    Span,
    StepLine,
    TalkLine,
    View,
    Way,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a room the projection reads; a room hands it out of itself."""

    occupants: Mapping[Seat, Occupant]
    scripts: Catalogue
    course: Course
    private: Mapping[Seat, Private]
    talks: Talks
    softened: frozenset[Seat]
    held_back: frozenset[Seat]
    parted: bool
    ended: bool
    began: int | None
    minutes: int | None


def project(facts: Facts, seat: Seat) -> View:
    """The view of one seat."""
    me = facts.occupants[seat]
    scene = _scene(facts, seat)
    course = facts.course
    admitted = me.admitted and not facts.ended
    shown = course.dialogue if admitted and scene is not Scene.THERAPIST_GONE else None
    return View(
        seat=seat,
        name=me.name,
        scene=scene,
        language=me.language,
        mic=me.mic,
        camera=me.camera,
        revision=course.revision if admitted else None,
        people=_people(facts, seat),
        dimmed=admitted and course.interlude is not None,
        layout=course.layout if admitted else Layout.DIALOGUE,
        sound=_sound(facts, seat) if admitted else Sound.FULL,
        indicator=_indicator(facts, shown, seat) if shown else None,
        asked=admitted and course.asked,
        prompt=dict(course.prompts).get(seat) if admitted else None,
        time_out=_span(course.interlude) if admitted and isinstance(course.interlude, TimeOut) else None,
        breath=_span(course.interlude) if admitted and isinstance(course.interlude, Breath) else None,
        felt=_felt(facts, seat),
        lead=_lead(facts) if seat is Seat.THERAPIST and admitted else None,
    )


def _span(interlude: TimeOut | Breath) -> Span:
    return Span(interlude.since, interlude.until)


def _felt(facts: Facts, seat: Seat) -> Felt | None:
    said = facts.private.get(seat)
    return Felt(said.safe, said.flooded) if said and said.safe is not None and said.flooded is not None else None


def _sound(facts: Facts, seat: Seat) -> Sound:
    if seat in facts.held_back:
        return Sound.HELD
    return Sound.SOFT if seat in facts.softened else Sound.FULL


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
    match facts.course.interlude:
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
        sound = _sound(facts, other) if me.admitted else Sound.FULL
        return Person(other, occupant.name, here, occupant.mic, occupant.camera, sound)

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
    script = facts.scripts.editions[dialogue.edition]
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
    frozen = facts.course.interlude is not None
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


def _lead(facts: Facts) -> Lead:
    language = facts.occupants[Seat.THERAPIST].language
    course = facts.course
    dialogue, interlude = course.dialogue, course.interlude
    script = facts.scripts.editions[dialogue.edition] if dialogue else None
    step = script.step(dialogue.step) if script and dialogue else None
    return Lead(
        partners=tuple(_partner(facts, seat) for seat in PARTNERS),
        scripts=tuple(ScriptLine(script.id, pick(script.name, language)) for script in facts.scripts.values()),
        ways=_ways(facts, dialogue, language) if dialogue else (),
        steps=_step_lines(facts, dialogue, language) if dialogue else (),
        since=dialogue.since if dialogue else None,
        soft=step.soft if step else None,
        coach=pick(step.coach, language) if step and step.coach else None,
        open=step.open if step else False,
        draft=script is not None
        and any(pick_tag(script, it.language) in script.drafts for it in facts.occupants.values()),
        undoable=len(course.history),
        trail=_trail(facts, language),
        talk=tuple(_talk(facts, seat) for seat in PARTNERS),
        floor=course.floor,
        began=facts.began,
        minutes=facts.minutes,
        paused=isinstance(interlude, Pause),
        held=interlude.seat if isinstance(interlude, Hold) else None,
        time_out_by=interlude.by if isinstance(interlude, TimeOut) else None,
    )


def _partner(facts: Facts, seat: Seat) -> PartnerState:
    it, said = facts.occupants[seat], facts.private.get(seat, Private())
    return PartnerState(
        seat=seat,
        name=it.name,
        language=it.language,
        presence=it.presence,
        connected=it.connected,
        safe=said.safe,
        flooded=said.flooded,
        said=said.said,
        signalled=said.signalled,
        prompt=dict(facts.course.prompts).get(seat),
    )


def _talk(facts: Facts, seat: Seat) -> TalkLine:
    talk = facts.talks.get(seat, Talk())
    return TalkLine(seat, talk.spoken, talk.in_voice)


TRAIL = 12
"""How many steps back the therapist is shown by name."""


def _trail(facts: Facts, language: str) -> tuple[str, ...]:
    steps = [
        pick(facts.scripts.editions[was.edition].step(was.step).name, language) if was else ""
        for was in facts.course.history[-TRAIL:]
    ]
    return tuple(steps)


def _ways(facts: Facts, dialogue: Dialogue, language: str) -> tuple[Way, ...]:
    script = facts.scripts.editions[dialogue.edition]
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
    script = facts.scripts.editions[dialogue.edition]
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
