from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import msgspec
import pytest

from server.protocol import messages, reference

EVERY_MESSAGE = [*get_args(messages.FromPage), *get_args(messages.FromServer)]


def test_the_written_files_are_fresh() -> None:
    assert reference.stale(reference.ROOT) == [], "run python -m server.protocol.reference"


def test_a_missing_or_changed_file_is_stale_until_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--check"], tmp_path) == 1
    assert "docs/protocol.md is stale" in capsys.readouterr().err

    assert reference.main([], tmp_path) == 0
    assert reference.main(["--check"], tmp_path) == 0

    with (tmp_path / reference.TYPESCRIPT).open("a") as file:
        file.write("// by hand\n")
    assert reference.stale(tmp_path) == [reference.TYPESCRIPT]


def test_any_other_argument_writes_nothing(tmp_path: Path) -> None:
    assert reference.main(["--chekc"], tmp_path) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda message: message.__name__)
def test_every_message_and_field_is_documented(message: type[msgspec.Struct]) -> None:
    tag = message.__struct_config__.tag
    assert message.__doc__
    _, section = reference.markdown().split(f"### `{tag}`\n", 1)
    section = section.split("\n##", 1)[0]
    assert message.__doc__.splitlines()[0] in section
    assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == list(
        message.__struct_encode_fields__
    )


@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda message: message.__name__)
def test_every_message_is_a_type_with_its_tag_and_fields_as_on_the_wire(message: type[msgspec.Struct]) -> None:
    _, body = reference.typescript().split(f"export interface {message.__name__} {{\n", 1)
    lines = [line.removeprefix("  readonly ") for line in body.split("\n}", 1)[0].splitlines()]
    names = [line.split(":")[0].rstrip("?") for line in lines]

    assert lines[0] == f'type: "{message.__struct_config__.tag}";'
    assert names == ["type", *message.__struct_encode_fields__]


def test_only_what_a_page_may_leave_out_is_optional() -> None:
    optional = [line.strip() for line in reference.typescript().splitlines() if "?:" in line]

    assert [line.removeprefix("readonly ").split("?:")[0] for line in optional] == ["seconds", "edge", "minutes"]


def test_every_code_is_documented() -> None:
    text, types = reference.markdown(), reference.typescript()

    for code, meaning in messages.REFUSALS.items():
        assert f"| `{code}` | {meaning} |" in text
        assert f'  | "{code}"' in types
    for number in messages.CLOSE_CODES:
        assert f"| {number} | `" in text
        assert f"  | {number}" in types


def test_limits_are_told_in_words() -> None:
    text = reference.markdown()

    assert "| `sdp` | `string` | from 1 to 49152 characters |" in text
    assert "| Minutes | `number` | from 1 to 1440 |" in text
    assert "| `edge` | `ThingId \\| null` | may be left out: null |" in text


def test_a_type_without_words_is_refused() -> None:
    with pytest.raises(reference.Unwritable):
        reference._type(Annotated[bytes, msgspec.Meta(max_length=1)])
