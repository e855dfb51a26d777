"""What is written is read as the same again."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.reading import parse
from server.domain.writing import to_data, write
from tests.playbook import shipped_editions

NAMES = sorted(shipped_editions())


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_script_is_written_and_read_as_the_same(name: str) -> None:
    script = shipped_editions()[name].script
    text = write(to_data(script))
    assert parse(text, name) == script
    assert write(to_data(parse(text, name))) == text


keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
scalars = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"])))
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3))
)


@given(st.dictionaries(keys, values, max_size=4))
def test_any_values_are_written_and_read_as_the_same(data: dict[str, object]) -> None:
    assert tomllib.loads(write(data)) == data


def test_what_is_not_there_is_not_written() -> None:
    assert (
        write({"a": None, "b": [1, None], "c": {"d": None}, "e": {"f": {"g": 1.5}}})
        == "b = [1]\n\n[c]\n\n[e.f]\ng = 1.5\n"
    )
