"""Logging: a fixed sentence, and attributes from a closed list of keys.

What a couple says, who they are and where they connect from must never reach a log file. So a line is one literal
sentence plus :class:`Fields`, an exception is told by its type and the places it passed through but never by its text,
and a library's own words are withheld: only its name, the place and the type of error are kept (docs/adr/0008).
"""

from __future__ import annotations

import datetime
import json
import logging
import re
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, LiteralString, TextIO, TypedDict, Unpack

from typing_extensions import override


class Fields(TypedDict, total=False):
    """Every key that a log line may carry; mypy and Python refuse any other.

    Identifiers are the random public ones. A new key needs a yes to: may a stranger read every value it can take?
    """

    attempt: int
    bytes: int
    close_code: int
    code: str  # a stable code of an error, as on the wire
    command: str  # the name of a message, never its content
    connection: str  # random, one per socket
    count: int
    data: str  # the folder that the operator chose
    database: str  # "sqlite" or "postgresql", never the address
    effect: str
    error: BaseException  # written as its type and places, never its text
    event: str
    fault: str  # what is wrong with a dialogue file of the operator's
    host: str  # where the server itself listens
    kind: str
    level: str
    limit: int
    milliseconds: float
    peers: int
    port: int
    revision: int
    room: str
    rooms: int
    route: str  # the pattern, such as /call/{room}, never the path asked for
    script: str
    seat: str
    seconds: float
    setting: str
    state: str
    status: int
    step: str
    task: str
    version: str


class Log:
    """The logger of one module."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, sentence: LiteralString, **fields: Unpack[Fields]) -> None:
        """For whoever looks for a fault; off by default."""
        self._log(logging.DEBUG, sentence, fields)

    def info(self, sentence: LiteralString, **fields: Unpack[Fields]) -> None:
        """What an operator wants to see on a good day."""
        self._log(logging.INFO, sentence, fields)

    def warning(self, sentence: LiteralString, **fields: Unpack[Fields]) -> None:
        """Something was refused or is amiss, and the server dealt with it."""
        self._log(logging.WARNING, sentence, fields)

    def error(self, sentence: LiteralString, **fields: Unpack[Fields]) -> None:
        """A bug or a broken installation: somebody has to act."""
        self._log(logging.ERROR, sentence, fields)

    def _log(self, level: int, sentence: str, fields: Fields) -> None:
        if unlisted := fields.keys() - Fields.__annotations__.keys():
            raise TypeError(f"keys that no log line may carry: {', '.join(sorted(unlisted))}")
        if self._logger.isEnabledFor(level):
            self._logger.log(level, sentence, extra={"fields": fields})


def logger(name: str) -> Log:
    """Make the logger of the module `name`; every module that logs has one, called `log`."""
    return Log(name)


def setup(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every record of this process to `stream` (standard error) in the product's form.

    Libraries are heard from WARNING on, and aiohttp's access log, which has addresses and paths, not at all.
    """
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("server").setLevel(level)
    for name in ("aioice", "aiortc"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").disabled = True


class LineFormatter(logging.Formatter):
    """Writes one record as one line: time, level, sentence, then ``key=value`` in the order given."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] | None = getattr(record, "fields", None)
        if fields is None:
            sentence = "A library reported a problem; its words are withheld."
            fields = {"logger": record.name, "place": f"{record.module}:{record.lineno}"}
            if record.exc_info and record.exc_info[1]:
                fields["error"] = record.exc_info[1]
        else:
            sentence = record.getMessage()
        time = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        words = [time.replace("+00:00", "Z"), f"{record.levelname.lower():<7}", sentence]
        words += [f"{key}={text}" for key, value in fields.items() for text in _render(value)]
        return " ".join(words)


_PLAIN: Final = re.compile(r"[\w.:/+@-]+", re.ASCII)
_PLACES: Final = 8
"""How many of the innermost places of an error are written."""


def _render(value: object) -> list[str]:
    if isinstance(value, BaseException):
        kind = type(value)
        places = " < ".join(_places(value.__traceback__))
        return [
            f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."),
            *([f'"{places}"'] if places else []),
        ]
    if isinstance(value, float):
        return [f"{value:.3f}"]
    text = str(value)
    return [text if _PLAIN.fullmatch(text) else json.dumps(text)]


def _places(traceback: TracebackType | None) -> list[str]:
    """Where an error came through, innermost first, as ``file:line function``."""
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        path = Path(code.co_filename)
        places.append(f"{path.parent.name}/{path.name}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[: -_PLACES - 1 : -1]
