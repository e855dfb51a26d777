from __future__ import annotations

import re

import pytest

from server.pages.errors import REFUSALS, RefusalError, code_of


@pytest.mark.parametrize("code", REFUSALS)
def test_each_code_says_what_happened_and_what_to_do(code: str) -> None:
    refusal = REFUSALS[code]

    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert re.fullmatch(r"[A-Z].*\.", refusal.title)
    assert re.fullmatch(r"[A-Z].*\.", refusal.advice)


@pytest.mark.parametrize("status", [*range(400, 430), 431, 451, *range(500, 512)])
def test_each_status_has_a_code_that_has_words(status: int) -> None:
    assert code_of(status) in REFUSALS


def test_a_refusal_carries_what_the_response_needs() -> None:
    refusal = RefusalError(429, "rate", retry_after=60)

    assert (refusal.status, refusal.code, refusal.retry_after, str(refusal)) == (429, "rate", 60, "rate")
