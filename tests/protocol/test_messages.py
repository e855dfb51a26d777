"""The wire says what it means: every message is tagged, every refusal known, every close code told."""

from __future__ import annotations

import ast
import typing
from pathlib import Path

import msgspec

from server.protocol import messages

ROOT = Path(__file__).resolve().parents[2]


def test_every_message_has_a_tag_of_its_own_and_says_what_it_is() -> None:
    for union in (messages.FromPage, messages.FromServer):
        kinds = typing.get_args(union)
        infos = [msgspec.inspect.type_info(kind) for kind in kinds]
        tags = [info.tag for info in infos if isinstance(info, msgspec.inspect.StructType)]
        assert len(set(tags)) == len(kinds)
        assert all(kind.__doc__ for kind in kinds)


def test_every_code_a_room_can_refuse_with_is_on_the_wire() -> None:
    """Codes given in the domain's source, read from its syntax, are all documented."""
    used = set()
    for path in [*(ROOT / "server" / "domain").glob("*.py"), *(ROOT / "server" / "rooms").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                used.add(node.value.value)
    used |= {"not-allowed", "out-of-state", "stale"}
    assert {code for code in used if isinstance(code, str)} <= set(messages.REFUSALS)


def test_codes_of_both_kinds_have_words() -> None:
    assert all(messages.REFUSALS.values())
    assert all(4000 <= code < 5000 and ": " in words for code, words in messages.CLOSE_CODES.items())
