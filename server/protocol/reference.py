"""Writes down the wire from its only definition: `docs/protocol.md` for people, `protocol.d.ts` for the page.

Run as ``python -m server.protocol.reference``; with ``--check`` nothing is written and stale files are an error.
What a message means stands in the docstrings of `messages`; only the course of a connection is told here.
"""

from __future__ import annotations

import inspect
import json
import sys
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from server.protocol import messages
from server.protocol.messages import AnyCommand, FromPage, FromServer

ROOT = Path(__file__).parent.parent.parent
MARKDOWN = Path("docs/protocol.md")
TYPESCRIPT = Path("web/static/js/core/protocol.d.ts")

NOTICE = "Made by `python -m server.protocol.reference` from `server/protocol/messages.py`; do not edit."

StructType = type[msgspec.Struct]

INTRODUCTION = """\
# The wire

{notice}

One WebSocket per person, at `/c/<invitation>/ws`, carries everything between a page and the server but the media
itself. Messages are JSON text frames and bear their name in `type`. The version of this wire is {version}.

1. The seat's session cookie and the page's own `Origin` are checked before the upgrade (401, 403).
2. The page sends `hello` within five seconds. Another version is told `bye` with the code `version` and does not
   retry; it loads itself again.
3. The server sends the seat's `view`, whole, and again after every change that this seat may know of. A page that
   comes back after a break does the same and is up to date: resuming is the same as arriving.
4. Whatever a person does is a command with an `id` made by the page. It is stored before its effect is seen anywhere;
   then the page gets the `view`, if it has changed, and `done`; or `refused`, and nothing has changed. A page that
   lost its socket sends unacknowledged commands again with the same id: they are done once.
5. The media connection is made by one `sdp-offer` and one `sdp-answer`. It does not hang on the socket: when the
   socket breaks, sound and picture go on. A page makes a new offer only when it has loaded anew or its media
   connection failed.
6. The page sends `ping` every 1.5 s and takes 3.5 s of silence for a broken socket; the server pings every 3 s too.
7. The last message before the server closes the socket is `bye`, where there is time for one.

An offer has at most {max_offer} bytes, any other message {max_message}. Twenty messages a second are taken, sixty at
once. Times are milliseconds since 1970-01-01 UTC by the server's clock.
"""


class Unwritable(TypeError):
    """A type of the wire for which this module knows no words."""


# --- what the definition says --------------------------------------------------------------------


def _aliases() -> dict[str, Any]:
    """The named types of the wire that are no messages, in their order."""
    return {
        name: value
        for name, value in vars(messages).items()
        if not name.startswith("_") and get_origin(value) in (Annotated, Literal)
    }


def _members(union: Any) -> tuple[StructType, ...]:
    return get_args(union)


def _parts() -> tuple[StructType, ...]:
    """The structs that stand inside messages of the server, innermost first."""
    found: dict[StructType, None] = {}

    def walk(hint: Any) -> None:
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            for each in _hints(hint).values():
                walk(each)
            found[hint] = None
        for each in get_args(hint):
            walk(each)

    for message in _members(FromServer):
        for hint in _hints(message).values():
            walk(hint)
    return tuple(found)


def _hints(struct: StructType) -> dict[str, Any]:
    """Types by name on the wire."""
    hints = get_type_hints(struct, include_extras=True)
    names = zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True)
    return {on_wire: hints[name] for name, on_wire in names}


def _defaults(struct: StructType) -> dict[str, Any]:
    """Defaults by name on the wire, of those fields that may be left out."""
    return {
        field.encode_name: field.default
        for field in msgspec.structs.fields(struct)
        if field.default is not msgspec.NODEFAULT
    }


def _tag(struct: StructType) -> str | None:
    tag = struct.__struct_config__.tag
    return tag if isinstance(tag, str) else None


def _doc(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def _type(hint: Any) -> str:
    """A type in TypeScript's words, by its name where it has one."""
    for name, value in _aliases().items():
        if value == hint:
            return name
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint.__name__
    return _spelled(hint)


def _spelled(hint: Any) -> str:
    """A type in TypeScript's words, spelled out."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return " | ".join(json.dumps(value) for value in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join(_type(argument) for argument in arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return f"readonly {_type(arguments[0])}[]"
    plain = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
    if hint in plain:
        return plain[hint]
    raise Unwritable(str(hint))


def _limits(hint: Any) -> str:
    """What must hold beyond the type, in words."""
    found = []
    for meta in get_args(hint)[1:] if get_origin(hint) is Annotated else ():
        if meta.pattern is not None:
            found.append(f"matches `{meta.pattern}`")
        if meta.ge is not None and meta.le is not None:
            found.append(f"from {meta.ge} to {meta.le}")
        elif meta.ge is not None:
            found.append(f"at least {meta.ge}")
        if meta.min_length is not None and meta.max_length is not None:
            found.append(f"from {meta.min_length} to {meta.max_length} characters")
    return "; ".join(found)


# --- for the page --------------------------------------------------------------------------------


def typescript() -> str:
    """The text of `protocol.d.ts`."""
    return "\n".join(_typescript())


def _typescript() -> Iterator[str]:
    yield from _comment(f"The wire, as types. {NOTICE}")
    yield ""
    yield from _comment("The version of this wire, for `hello`.")
    yield f"export type Version = {messages.VERSION};"
    yield ""
    for name, hint in _aliases().items():
        if limits := _limits(hint):
            yield from _comment(f"{limits[0].upper()}{limits[1:]}.")
        yield f"export type {name} = {_spelled(hint)};"
        yield ""
    commands = _members(AnyCommand)
    for struct in _members(FromPage):
        yield from _interface(struct, from_page=True)
    for struct in (*_parts(), *_members(FromServer)):
        yield from _interface(struct, from_page=False)
    yield from _comment("Something a person does; the server says `done` or `refused`.")
    yield from _union("AnyCommand", [struct.__name__ for struct in commands])
    yield from _comment("Everything a page may send.")
    others = [struct.__name__ for struct in _members(FromPage) if struct not in commands]
    yield from _union("FromPage", [*others, "AnyCommand"])
    yield from _comment("Everything the server may send.")
    yield from _union("FromServer", [struct.__name__ for struct in _members(FromServer)])
    yield from _comment("Every code of `refused`.")
    yield from _union("RefusalCode", [json.dumps(code) for code in messages.REFUSALS])
    yield from _comment("Every close code of the server's own; 4401, 4403 and 4409 are not to be retried.")
    yield from _union("CloseCode", [str(code) for code in messages.CLOSE_CODES])


def _interface(struct: StructType, *, from_page: bool) -> Iterator[str]:
    yield from _comment(_doc(struct))
    yield f"export interface {struct.__name__} {{"
    if (tag := _tag(struct)) is not None:
        yield f"  readonly type: {json.dumps(tag)};"
    defaults = _defaults(struct)
    for name, hint in _hints(struct).items():
        optional = "?" if from_page and name in defaults else ""
        yield f"  readonly {name}{optional}: {_type(hint)};"
    yield "}"
    yield ""


def _union(name: str, members: Sequence[str]) -> Iterator[str]:
    yield f"export type {name} ="
    yield "\n".join(f"  | {member}" for member in members) + ";"
    yield ""


def _comment(text: str) -> Iterator[str]:
    lines = text.splitlines()
    if len(lines) == 1:
        yield f"/** {lines[0]} */"
        return
    yield "/**"
    yield from (f" * {line}".rstrip() for line in lines)
    yield " */"


# --- for people ----------------------------------------------------------------------------------


def markdown() -> str:
    """The text of `docs/protocol.md`."""
    return "\n".join(_markdown())


def _markdown() -> Iterator[str]:
    yield INTRODUCTION.format(
        notice=NOTICE,
        version=messages.VERSION,
        max_offer=messages.MAX_OFFER,
        max_message=messages.MAX_MESSAGE,
    )
    commands = _members(AnyCommand)
    yield "## From the page\n"
    for struct in _members(FromPage):
        if struct not in commands:
            yield from _section(struct, from_page=True)
    yield "## Commands, from the page\n"
    for struct in commands:
        yield from _section(struct, from_page=True)
    yield "## From the server\n"
    for struct in _members(FromServer):
        yield from _section(struct, from_page=False)
    yield "## Parts of messages from the server\n"
    for struct in _parts():
        yield from _section(struct, from_page=False)
    yield "## Named types\n"
    yield "| name | type | limits |\n|---|---|---|"
    for name, hint in _aliases().items():
        yield f"| {name} | {_cell(_spelled(hint))} | {_escape(_limits(hint))} |"
    yield "\n## Codes of `refused`\n"
    yield "| code | meaning |\n|---|---|"
    yield from (f"| `{code}` | {_escape(meaning)} |" for code, meaning in messages.REFUSALS.items())
    yield "\n## Close codes\n"
    yield "| code | name | meaning |\n|---|---|---|"
    for number, text in messages.CLOSE_CODES.items():
        name, _, meaning = text.partition(": ")
        yield f"| {number} | `{name}` | {_escape(meaning)} |"
    yield "\n" + _doc_of_constant("CLOSE_CODES") + "\n"


def _section(struct: StructType, *, from_page: bool) -> Iterator[str]:
    yield f"### `{_tag(struct) or struct.__name__}`\n"
    yield _doc(struct) + "\n"
    hints, defaults = _hints(struct), _defaults(struct)
    if not hints:
        return
    yield "| field | type | limits |\n|---|---|---|"
    for name, hint in hints.items():
        limits = [text for text in (_limits(hint),) if text and _type(hint) not in _aliases()]
        if from_page and name in defaults:
            limits.append(f"may be left out: {json.dumps(defaults[name])}")
        yield f"| `{name}` | {_cell(_type(hint))} | {_escape('; '.join(limits))} |"
    yield ""


def _doc_of_constant(name: str) -> str:
    """The string that stands below a constant of `messages`."""
    source = inspect.getsource(messages)
    after = source.split(f"\n{name}:", 1)[1]
    return after.split('"""', 2)[1].strip()


def _cell(code: str) -> str:
    return f"`{code}`".replace("|", "\\|")


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


# --- on disk -------------------------------------------------------------------------------------


def stale(root: Path) -> list[Path]:
    """Those of the two files below `root` that do not say what the definition says."""
    return [path for path, text in _files() if not (root / path).is_file() or (root / path).read_text("utf-8") != text]


def write(root: Path) -> None:
    """Write both files below `root`."""
    for path, text in _files():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def _files() -> Iterator[tuple[Path, str]]:
    yield MARKDOWN, markdown()
    yield TYPESCRIPT, typescript()


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """The exit status: 1 when ``--check`` finds a stale file."""
    if list(arguments) == ["--check"]:
        for path in (found := stale(root)):
            sys.stderr.write(f"{path} is stale: run python -m server.protocol.reference\n")
        return 1 if found else 0
    if arguments:
        sys.stderr.write("usage: python -m server.protocol.reference [--check]\n")
        return 2
    write(root)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
