"""Writes a script as the TOML text that `reading` reads: the counterpart of a form, in which nobody sees TOML.

What is written may be unsound; to say so is left to `reading`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from server.domain.script import Script

Data = Mapping[str, Any]
"""A script as plain values under the keys of its TOML text; what is None is left out."""


def to_data(script: Script) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(script)
    return data


def write(data: Data) -> str:
    """The text of a script that stands in plain values."""
    return "\n".join(_lines(data, "")).lstrip("\n") + "\n"


def _lines(data: Data, table: str) -> Iterator[str]:
    """What stands on one line first: behind a table's header everything belongs to that table."""
    there = {key: value for key, value in data.items() if value is not None}
    for key, value in there.items():
        if not isinstance(value, dict) and not _tables(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in there.items():
        name = f"{table}.{_key(key)}" if table else _key(key)
        if isinstance(value, dict):
            if not value or any(not isinstance(inner, dict) for inner in value.values()):
                yield f"\n[{name}]"
            yield from _lines(value, name)
        elif _tables(value):
            for inner in value:
                yield f"\n[[{name}]]"
                yield from _lines(inner, name)


def _tables(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(inner, dict) for inner in value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list() | tuple():
            return f"[{', '.join(_value(inner) for inner in value if inner is not None)}]"
        case dict():
            return f"{{ {', '.join(f'{_key(key)} = {_value(inner)}' for key, inner in value.items())} }}"
        case int() | float():
            return repr(value)
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    """Strings of TOML are those of JSON, but for one sign that may not stand for itself."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
