from __future__ import annotations

import ast
import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server import log as module
from server.log import Fields, LineFormatter, logger, setup

SERVER = Path(__file__).parent.parent / "server"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What setup() writes to; the logging of the test process is put back afterwards."""
    root, ours, access = logging.getLogger(), logging.getLogger("server"), logging.getLogger("aiohttp.access")
    before = root.handlers[:], root.level, ours.level
    stream = io.StringIO()
    setup(stream=stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])
    access.disabled = False


def test_a_line_has_time_level_sentence_and_fields(lines: io.StringIO) -> None:
    logger("server.rooms").info("A room was opened.", room="r7Qk", seat="partner-a", revision=3, seconds=0.5)

    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info    A room was opened\. "
        r"room=r7Qk seat=partner-a revision=3 seconds=0\.500\n",
        lines.getvalue(),
    )


def test_each_level_has_its_method(lines: io.StringIO) -> None:
    setup(stream=lines, level=logging.DEBUG)
    log = logger("server.any")

    log.debug("One.")
    log.info("Two.")
    log.warning("Three.")
    log.error("Four.")

    assert [line.split()[1] for line in lines.getvalue().splitlines()] == ["debug", "info", "warning", "error"]


def test_debug_is_silent_by_default(lines: io.StringIO) -> None:
    logger("server.any").debug("One.")

    assert lines.getvalue() == ""


def test_an_unlisted_key_is_a_mistake_in_the_program_at_every_level(lines: io.StringIO) -> None:
    fields: Any = {"name": "Maya", "email": "maya@example.org"}

    with pytest.raises(TypeError, match="may carry: email, name"):
        logger("server.any").debug("One.", **fields)
    assert lines.getvalue() == ""


def test_a_value_cannot_break_the_line(lines: io.StringIO) -> None:
    logger("server.any").info("One.", code='a "b"\n2026 error forged', data="/var/lib/thirdchair")

    assert lines.getvalue().endswith(' code="a \\"b\\"\\n2026 error forged" data=/var/lib/thirdchair\n')
    assert lines.getvalue().count("\n") == 1


def test_an_exception_is_told_by_type_and_place_never_by_its_text(lines: io.StringIO) -> None:
    def speak() -> None:
        raise ValueError("Maya said something private")

    try:
        speak()
    except ValueError as error:
        logger("server.any").error("Something failed.", error=error)

    assert re.search(
        r'error=ValueError error="tests/test_log\.py:\d+ speak < tests/test_log\.py:\d+ test_', lines.getvalue()
    )
    assert "private" not in lines.getvalue()


def test_an_exception_that_was_never_raised_has_no_places(lines: io.StringIO) -> None:
    logger("server.any").error("Something failed.", error=io.UnsupportedOperation("private"))

    assert lines.getvalue().endswith(" error=io.UnsupportedOperation\n")


def test_only_the_innermost_places_are_told(lines: io.StringIO) -> None:
    def fall(depth: int) -> None:
        if depth == 0:
            raise ValueError
        fall(depth - 1)

    try:
        fall(50)
    except ValueError as error:
        logger("server.any").error("Something failed.", error=error)

    assert lines.getvalue().count("test_log.py") == 8


@pytest.mark.parametrize("name", ["aioice.ice", "aiortc.rtcdtlstransport", "asyncio", "sqlalchemy.engine"])
def test_the_words_of_a_library_are_withheld(lines: io.StringIO, name: str) -> None:
    library = logging.getLogger(name)

    library.info("Check 192.0.2.7 succeeded")
    assert lines.getvalue() == ""

    try:
        raise ConnectionError("192.0.2.7 said no")
    except ConnectionError:
        library.exception("Lost %s", "192.0.2.7")
    assert "192.0.2.7" not in lines.getvalue()
    assert f"withheld. logger={name} place=test_log:" in lines.getvalue()
    assert "error=ConnectionError" in lines.getvalue()


def test_the_access_log_is_off(lines: io.StringIO) -> None:
    logging.getLogger("aiohttp.access").critical("192.0.2.7 GET /join")

    assert lines.getvalue() == ""


def test_a_library_without_an_exception_is_still_told() -> None:
    record = logging.LogRecord("aiortc", logging.WARNING, "rtp.py", 7, "Packet %s", ("from Maya",), None)

    assert LineFormatter().format(record).endswith("withheld. logger=aiortc place=rtp:7")


def test_standard_error_is_the_default(lines: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    setup()
    logger("server.any").info("One.")

    assert capsys.readouterr().err.endswith("One.\n")


def _calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a module's `log` in the server."""
    for path in sorted(SERVER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log"))):
                    yield f"{path.relative_to(SERVER.parent)}:{node.lineno}", node
                case _:
                    pass


def test_every_line_of_the_server_is_a_fixed_sentence_with_listed_keys() -> None:
    allowed = Fields.__annotations__.keys()
    calls = list(_calls())
    assert calls, "this test looks for calls in the wrong place"

    for place, call in calls:
        assert len(call.args) == 1, f"{place}: one sentence and keys, no more"
        sentence = call.args[0]
        assert isinstance(sentence, ast.Constant), f"{place}: the sentence is not fixed"
        assert str(sentence.value).endswith("."), f"{place}: not a sentence"
        assert {keyword.arg for keyword in call.keywords} <= allowed, f"{place}: a key that is not listed"


def test_no_module_of_the_server_logs_past_this_one() -> None:
    for path in sorted(SERVER.rglob("*.py")):
        if path == Path(module.__file__) or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert "logging" not in {alias.name for alias in node.names}, f"{path.name} imports logging"
            elif isinstance(node, ast.ImportFrom):
                assert node.module != "logging", f"{path.name} imports from logging"
