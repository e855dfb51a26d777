"""What can be wrong with a script that has the right form: the checks that its types cannot say.

The counterpart of `reading`, which finds the line of a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from server.domain.script import END, PLACEHOLDERS, Role, Script, Step, Voice


class Fault:
    """What is wrong, and at which place: the keys and indices that lead there, such as ``step 3 edge 0 to``."""

    def __init__(self, place: str, sentence: str, **values: str) -> None:
        self.place = tuple(place.split())
        self.sentence = sentence
        self.values = values


def faults(script: Script) -> Iterator[Fault]:
    """What is wrong with the script, the most basic first."""
    step_ids = [step.id for step in script.steps]
    stage_ids = {stage.id for stage in script.stages}
    for index, step_id in enumerate(step_ids):
        if step_id == END or step_id in step_ids[:index]:
            yield Fault(f"step {index} id", "step '{step}' stands twice, or bears the reserved name", step=step_id)
    if script.start not in step_ids:
        yield Fault("start", "the start '{step}' is no step", step=script.start)
    if not script.languages:
        yield Fault("languages", "no language is named")
    for language in script.drafts:
        if language not in script.languages:
            yield Fault("drafts", "the draft '{language}' is none of the languages", language=language)
    if set(script.roles) != set(Role):
        yield Fault("roles", "both roles need a name")
    for index, step in enumerate(script.steps):
        if step.stage not in stage_ids:
            yield Fault(
                f"step {index} stage",
                "step '{step}' stands on no known stage: '{stage}'",
                step=step.id,
                stage=step.stage,
            )
        yield from _step_faults(step, f"step {index}", step_ids)
    yield from _word_faults(script)
    yield from _graph_faults(script)


def _step_faults(step: Step, place: str, step_ids: list[str]) -> Iterator[Fault]:
    if not step.edges:
        yield Fault(place, "step '{step}' has no way on", step=step.id)
    if set(step.do) != set(Role):
        yield Fault(f"{place} do", "step '{step}' must say what each role does", step=step.id)
    for role in Role:
        if step.voice in (role.value, Voice.BOTH) and role not in step.stems:
            yield Fault(
                f"{place} stems", "step '{step}' has no stem for the {role}, who speaks", step=step.id, role=role.value
            )
    seen: set[str] = set()
    for index, edge in enumerate(step.edges):
        here, name = f"{place} edge {index}", f"{step.id}/{edge.id}"
        if edge.id in seen:
            yield Fault(f"{here} id", "edge '{edge}' stands twice", edge=name)
        seen.add(edge.id)
        if edge.to not in step_ids and edge.to != END:
            yield Fault(f"{here} to", "edge '{edge}' leads nowhere: '{to}'", edge=name, to=edge.to)
        if (edge.by is None) != (edge.say is None):
            yield Fault(f"{here} by", "edge '{edge}': 'by' and 'say' go together", edge=name)
        if step.check and edge.by is Role.RECEIVER:
            yield Fault(f"{here} by", "edge '{edge}': the receiver cannot release a check", edge=name)
    if step.check and not any(edge.by is Role.SENDER for edge in step.edges):
        yield Fault(f"{place} check", "step '{step}' is a check, and the sender has no way to release it", step=step.id)


_AnyWords = dict[str, str] | dict[str, tuple[str, ...]]


def _word_faults(script: Script) -> Iterator[Fault]:
    """Each text in each language, and nothing in braces but the two names."""
    for place, words in _all_words(script):
        missing = [language for language in script.languages if language not in words]
        if missing:
            yield Fault(place, "words are missing in: {languages}", languages=", ".join(missing))
        for language, texts in words.items():
            for text in (texts,) if isinstance(texts, str) else texts:
                strange = set(re.findall(r"\{([^}]*)\}", text)) - PLACEHOLDERS
                if strange:
                    yield Fault(
                        f"{place} {language}",
                        "an unknown name stands in braces: {names}",
                        names=", ".join(sorted(strange)),
                    )


def _all_words(script: Script) -> Iterator[tuple[str, _AnyWords]]:
    """Every text of a script, with its place."""
    yield "name", script.name
    yield "about", script.about
    yield from ((f"roles {role}", words) for role, words in script.roles.items())
    yield from ((f"stage {index} name", stage.name) for index, stage in enumerate(script.stages))
    for index, step in enumerate(script.steps):
        here = f"step {index}"
        yield f"{here} name", step.name
        yield from ((f"{here} do {role}", words) for role, words in step.do.items())
        yield from ((f"{here} stems {role}", stems) for role, stems in step.stems.items())
        if step.coach is not None:
            yield f"{here} coach", step.coach
        for number, edge in enumerate(step.edges):
            yield f"{here} edge {number} label", edge.label
            if edge.say is not None:
                yield f"{here} edge {number} say", edge.say


def _graph_faults(script: Script) -> Iterator[Fault]:
    reached = _reachable(script, [script.start])
    for index, step in enumerate(script.steps):
        if step.id not in reached:
            yield Fault(f"step {index}", "step '{step}' cannot be reached", step=step.id)
        if END not in _reachable(script, [step.id]):
            yield Fault(f"step {index}", "from step '{step}' the dialogue can never end", step=step.id)
    entries = [script.start, *(edge.to for step in script.steps for edge in step.edges if edge.swap)]
    edges = {f"{step.id}/{edge.id}" for step in script.steps for edge in step.edges}
    for index, rule in enumerate(script.rules):
        names = {"reach": rule.reach, "through": rule.through}
        if rule.reach not in reached or rule.through not in edges:
            yield Fault(f"rule {index}", "the rule '{reach}' through '{through}' names no step or no edge", **names)
        elif rule.reach in _reachable(script, entries, without=rule.through):
            yield Fault(f"rule {index}", "the rule is broken: '{reach}' can be reached without '{through}'", **names)


def _reachable(script: Script, starts: Iterable[str], without: str = "") -> set[str]:
    """Step ids (and END) that can be reached from `starts` without taking the edge `without`."""
    reached: set[str] = set()
    waiting = [start for start in starts if start != END]
    while waiting:
        step_id = waiting.pop()
        if step_id in reached:
            continue
        reached.add(step_id)
        for edge in script.step(step_id).edges:
            if f"{step_id}/{edge.id}" == without:
                continue
            if edge.to == END:
                reached.add(END)
            else:
                waiting.append(edge.to)
    return reached
