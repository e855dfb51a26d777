"""A text becomes a script, or is refused in plain words and with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import ScriptError
from server.domain.reading import parse, read
from tests.domain.test_script import SMALL
from tests.playbook import DIALOGUES


def refusal(text: str) -> ScriptError:
    with pytest.raises(ScriptError) as caught:
        parse(text, "small.toml")
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "marked", "why"),
    [
        ("version = 1", "version = ", "version = ", "This is not TOML: Invalid value"),
        ("version = 1", "version = 0", "version = 0", "A number must be >= 1"),
        ("version = 1", 'version = "1"', 'version = "1"', "Expected int, and this is str"),
        ("version = 1\n", "", None, "'version' is missing"),
        ("version = 1", "version = 1\ncolour = 1", None, "'colour' is not known here"),
        ('id = "small"', 'id = "Not An Id"', 'id = "Not An Id"', "small letters, digits and hyphens only, at most 40"),
        ('voice = "sender"\n', "", "[[step]]", "'voice' is missing"),
        ('voice = "sender"', 'voice = "dog"', 'voice = "dog"', "'dog' is none of the words that may stand here"),
        ("do = { sender", "do = { dog", "do = {", "'dog' is none of the words that may stand here"),
        ('id = "said"', 'id = "said"\nswop = true', "[[step.edge]]", "'swop' is not known here"),
        ('name = { en = "Say", de = "Sagen" }', 'name = { en = "" }', 'name = { en = ""', "A text is empty"),
        ('en = "Say"', f'en = "{"o" * 241}"', 'name = { en = "oo', "A text is longer than 240 letters"),
        ('en = ["I feel…"]', "en = []", "stems = {", "A list is empty"),
        ('en = ["I feel…"]', f"en = {['o'] * 9}", "stems = {", "A list has more than 8 entries"),
    ],
)
def test_a_wrong_form_is_refused_in_plain_words(old: str, new: str, marked: str | None, why: str) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    error = refusal(text)
    assert why in error.why
    assert (error.line is None) == (marked is None)
    if error.line is not None and marked is not None:
        assert text.splitlines()[error.line - 1].startswith(marked)


def test_a_text_that_ends_too_early_is_marked_at_its_end() -> None:
    error = refusal("id = 'a'\nabout = [")
    assert error.line == 2


def test_brackets_without_end_are_refused() -> None:
    assert "brackets" in refusal("a = " + "[" * 5000 + "]" * 5000).why


def test_an_edition_of_former_days_is_read_though_it_would_not_be_taken_today() -> None:
    text = SMALL.replace('through = "asked/yes"', 'through = "asked/perhaps"')
    assert "names no step" in refusal(text).why
    assert read(text, "an edition").id == "small"
    with pytest.raises(ScriptError):
        read(text.replace("version = 1", ""), "an edition")


LINES = (DIALOGUES / "free.toml").read_text("utf-8").splitlines()


@given(st.integers(0, len(LINES)), st.integers(0, len(LINES)), st.text(max_size=20))
def test_whatever_is_cut_out_or_typed_in_is_a_script_or_a_fault(one: int, other: int, typed: str) -> None:
    first, last = sorted((one, other))
    text = "\n".join([*LINES[:first], typed, *LINES[last:]])
    refused: list[ScriptError] = []
    try:
        parse(text, "free.toml")
    except ScriptError as error:
        refused.append(error)
    for fault in refused:
        assert fault.line is None or 1 <= fault.line <= len(text.splitlines())
        assert fault.why
