"""Views are values that can be compared, which is how a page is told only of what changed."""

from __future__ import annotations

import dataclasses

import pytest

from server.domain import views
from tests.playbook import A, full_room


def test_equal_knowledge_is_an_equal_view() -> None:
    assert full_room().view(A) == full_room().view(A)
    assert views.Private() == views.Private(None, None, None, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        full_room().view(A).name = "x"  # type: ignore[misc]
