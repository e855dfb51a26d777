"""Reads a script from its TOML text, or says in plain words what is wrong with it, and in which line.

Whoever wrote the text may be a therapist and no programmer. What a script must be is said in `script` and `soundness`.
"""

from __future__ import annotations

import re
import tomllib

import msgspec

from server.domain.errors import ScriptError
from server.domain.script import Script
from server.domain.soundness import Fault, faults


def parse(text: str, where: str) -> Script:
    """Read one script. Raises ScriptError with the line (where it can be told) and the reason."""
    script = read(text, where)
    for fault in faults(script):
        raise _error(fault, text, where)
    return script


def read(text: str, where: str) -> Script:
    """Read a text that was found sound before: its form is checked, and not again what it says. Raises ScriptError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        number = int(line[1]) if line else len(text.splitlines())
        raise ScriptError(where, "This is not TOML: {reason}", line=number, reason=reason) from error
    except RecursionError as error:
        raise ScriptError(where, "Too many brackets stand within one another") from error
    try:
        return msgspec.convert(data, type=Script)
    except msgspec.ValidationError as error:
        raise _error(_form_fault(str(error)), text, where) from error


def _error(fault: Fault, text: str, where: str) -> ScriptError:
    return ScriptError(
        where, fault.sentence, line=_line_of(text, fault.place), place=" ".join(fault.place), **fault.values
    )


_HEADER = re.compile(r"\s*\[(\[?)\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")


def _line_of(text: str, place: tuple[str, ...]) -> int | None:
    """The first of the lines that come nearest to the place: its own, else that of what it stands in; from 1."""
    nearest, found = 0, None
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        here = table
        if header := _HEADER.match(line):
            here = table = _table_path(header[2].split("."), counts, new=bool(header[1]))
        elif key := _KEY.match(line):
            here = (*table, *key[1].split("."))
        common = next((n for n, (mine, other) in enumerate(zip(here, place, strict=False)) if mine != other), None)
        near = min(len(here), len(place)) if common is None else common
        if near > nearest and near >= min(len(place), 2 if place[0] in _LISTS else 1):
            nearest, found = near, number
    return found


_LISTS = ("step", "stage", "rule")


def _table_path(names: list[str], counts: dict[tuple[str, ...], int], *, new: bool) -> tuple[str, ...]:
    """The place of a table's header, with an index behind the name of each list."""
    path: tuple[str, ...] = ()
    for depth, name in enumerate(names):
        path = (*path, name)
        if new and depth == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, str(counts[path]))
    return path


_FORM_FAULTS = (
    (r"Object missing required field `(?P<field>.+)`", "'{field}' is missing"),
    (r"Object contains unknown field `(?P<field>.+)`", "'{field}' is not known here"),
    (r"Invalid enum value '(?P<value>.*)'", "'{value}' is none of the words that may stand here"),
    (r"Expected `str` of length >= 1", "A text is empty"),
    (r"Expected `str` of length <= (?P<most>\d+)", "A text is longer than {most} letters"),
    (r"Expected `str` matching regex .*", "A name of this kind has small letters, digits and hyphens only, at most 40"),
    (r"Expected `array` of length >= 1", "A list is empty"),
    (r"Expected `array` of length <= (?P<most>\d+)", "A list has more than {most} entries"),
    (r"Expected `int` (?P<bound>[<>]= \d+)", "A number must be {bound}"),
    (r"Expected `(?P<wanted>.+)`, got `(?P<got>.+)`", "Expected {wanted}, and this is {got}"),
    (r"(?P<reason>[\s\S]*)", "{reason}"),
)
"""What msgspec says of a wrong form, and how it is said here."""


def _form_fault(message: str) -> Fault:
    said, _, path = re.sub(r" - at `key` in `", " - at `", message).partition(" - at `")
    place = " ".join(re.findall(r"\w+", path.replace("[...]", "")))
    matches = ((re.fullmatch(pattern, said), sentence) for pattern, sentence in _FORM_FAULTS)
    found, sentence = next((found, sentence) for found, sentence in matches if found is not None)
    return Fault(place, sentence, **found.groupdict())
