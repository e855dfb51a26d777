"""Events of the domain as rows: the class's name, and the fields as JSON.

A name or a field once stored must stay readable: a renamed class needs a migration.
"""

from __future__ import annotations

from typing import Final, get_args

import msgspec

from server.domain.events import AnyEvent

KINDS: Final[dict[str, type[AnyEvent]]] = {kind.__name__: kind for kind in get_args(AnyEvent)}


class UnreadableEventError(ValueError):
    """A row that is no event of this version; the text names the kind and the field, never a value."""


def to_row(event: AnyEvent) -> tuple[str, str]:
    """(type, payload)."""
    return type(event).__name__, msgspec.json.encode(event).decode()


def from_row(kind: str, payload: str) -> AnyEvent:
    """The event of a row. Raises UnreadableEventError."""
    if kind not in KINDS:
        raise UnreadableEventError(f"its type {kind[:40]!r} is not known to this version")
    try:
        return msgspec.json.decode(payload, type=KINDS[kind])
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise UnreadableEventError(f"its payload is no {kind} ({error})") from error
