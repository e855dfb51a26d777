"""Refusals carry stable codes."""

from __future__ import annotations

from server.domain.errors import DomainError, NotAllowed, OutOfState, ScriptError, Stale, UnknownThing


def test_each_refusal_has_its_code_unless_a_finer_one_is_given() -> None:
    codes = [kind("because").code for kind in (DomainError, NotAllowed, OutOfState, Stale, UnknownThing)]
    assert codes == ["refused", "not-allowed", "out-of-state", "stale", "unknown"]
    assert OutOfState("because", code="paused").code == "paused"
    assert OutOfState("because").code == "out-of-state"


def test_a_script_error_says_where_and_why() -> None:
    error = ScriptError("three-step.toml, line 4", "no way on")
    assert (error.where, error.why) == ("three-step.toml, line 4", "no way on")
    assert str(error) == "three-step.toml, line 4: no way on"
