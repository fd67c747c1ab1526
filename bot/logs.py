"""What the process says of itself: JSON lines for machines, a line to read on a terminal; never what people said.

Names, texts and addresses come into a log by way of other libraries' messages and of the words of exceptions. So of others
only the place is told, and of an exception its kind and where it was raised.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import orjson

OURS = ("bot", "handlers")
DEBUG_SECONDS = 600.0
# What every record has of itself; anything else was handed in with ``extra``.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def start(stream: TextIO | None = None) -> None:
    """Log to a stream (standard error): our own lines, and the places of other libraries' warnings."""
    out = stream or sys.stderr
    handler = Out(out)
    handler.setFormatter(Readable() if out.isatty() else Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    level(logging.INFO)


class Out(logging.StreamHandler[TextIO]):
    """Where the lines go."""

    def write(self, line: str) -> None:
        """Write a line that is whole, between those of others."""
        with self.lock or nullcontext():
            self.stream.write(line + self.terminator)
            self.flush()


def tell(logger: logging.Logger, event: str, told: dict[str, Any]) -> None:
    """``logger.info(event, extra=told)`` for what is told of every request, in a third of the time where it becomes a line."""
    match logging.root.handlers:
        case [Out(formatter=Lines()) as out]:
            if logger.isEnabledFor(logging.INFO):
                head = {"at": _at(time.time()), "level": "info", "logger": logger.name, "event": event}
                out.write(_line(head | told))
        case _:
            logger.info(event, extra=told)


def level(number: int) -> None:
    """Set from which level on our own lines are written; other libraries stay at warnings: their details hold messages."""
    for name in OURS:
        logging.getLogger(name).setLevel(number)


def listen(loop: asyncio.AbstractEventLoop) -> None:
    """SIGUSR1 writes details for ten minutes, SIGUSR2 ends that at once; nothing where the system has no such signals."""
    ending: list[asyncio.TimerHandle] = []

    def less() -> None:
        while ending:
            ending.pop().cancel()
        level(logging.INFO)

    def more() -> None:
        less()
        level(logging.DEBUG)
        ending.append(loop.call_later(DEBUG_SECONDS, less))

    if hasattr(signal, "SIGUSR1"):
        loop.add_signal_handler(signal.SIGUSR1, more)
        loop.add_signal_handler(signal.SIGUSR2, less)


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """A record as data, without anything that a person may have written."""
    told: dict[str, Any] = {
        "at": _at(record.created),
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    if record.name.partition(".")[0] in OURS:
        told["event"] = record.getMessage()
        told |= {name: value for name, value in vars(record).items() if name not in _OWN}
    else:
        told["event"] = f"{Path(record.pathname).name}:{record.lineno} {record.funcName}"
    if record.exc_info and record.exc_info[1]:
        told |= _raised(record.exc_info[1])
    return told


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _line(told: Mapping[str, Any]) -> str:
    return orjson.dumps(told, default=str).decode()


def _raised(error: BaseException) -> Mapping[str, Any]:
    """An exception without its words, which may be a person's: its kind and the places it came through, innermost last.

    SQLite's words name tables and columns only.
    """
    frames = traceback.extract_tb(error.__traceback__)
    words = {"said": str(error)} if isinstance(error, sqlite3.Error) else {}
    return {
        "error": type(error).__name__,
        **words,
        "trace": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }


class Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return _line(fields(record))


class Readable(logging.Formatter):
    """A line for a person at a terminal; an exception's places below it."""

    def format(self, record: logging.LogRecord) -> str:
        told = fields(record)
        trace = told.pop("trace", ())
        time, shown, name, event = told.pop("at")[11:19], told.pop("level"), told.pop("logger"), told.pop("event")
        line = f"{time} {shown:7} {name}: {event}" + "".join(f" {key}={value}" for key, value in told.items())
        return "\n".join([line, *(f"        {place}" for place in trace)])
