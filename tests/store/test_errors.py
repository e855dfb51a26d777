from __future__ import annotations

import pytest

from server.store.errors import BrokenDatabaseError, BrokenLogError, NewerSchemaError, StoreError


@pytest.mark.parametrize("error", [BrokenDatabaseError(), NewerSchemaError("0999"), BrokenLogError(7, "it is missing")])
def test_each_is_a_sentence_for_the_operator(error: StoreError) -> None:
    assert str(error)[0].isupper()
    assert str(error).endswith(".")


def test_a_broken_log_says_where() -> None:
    assert BrokenLogError(7, "it is missing").index == 7
