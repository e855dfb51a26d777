from __future__ import annotations

import pytest

from server.protocol.messages import CLOSE_CODES, REFUSALS
from server.signalling.endings import ENDINGS, UNEXPECTED, Ending, HelloMissingError, ending_of


@pytest.mark.parametrize("ending", [*ENDINGS.values(), UNEXPECTED], ids=lambda ending: ending.code)
def test_every_ending_has_codes_of_the_wire(ending: Ending) -> None:
    assert ending.close_code in CLOSE_CODES
    named = {text.partition(":")[0] for text in CLOSE_CODES.values()}
    assert ending.code in named | REFUSALS.keys()


def test_what_is_final_is_not_to_be_retried() -> None:
    for ending in ENDINGS.values():
        assert not (ending.retry and ending.close_code in (4401, 4403, 4409))


def test_what_nobody_expected_is_told_too() -> None:
    assert ending_of(ZeroDivisionError()) == UNEXPECTED
    assert ending_of(HelloMissingError()) == Ending("hello-first", 4400, retry=True)
