"""What the log says in production: one line of JSON for each event, with what it belongs to, and nothing personal.

A line names the request and the task by their ids, organisation and membership by their keys. Of an error it holds the
kind and the places in the code, never its words: those of a database quote what people wrote. What is left of other
libraries' words loses addresses and tokens. Python's own logging does it: what matters is what is left out.
"""

import json
import logging
import re
import secrets
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[2]
#: Frames of an error that are kept, the innermost.
FRAMES = 25
#: What an event may say besides its words: never a text that somebody wrote.
FIELDS = ("method", "route", "status", "ms", "count")
#: Of Celery's words on a task: what it was given, gave, or said when it fell.
UNTOLD = {"args", "kwargs", "exc", "traceback", "return_value"}
GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
ADDRESS = re.compile(r"[^\s<>\"'(),;:/]+@[^\s<>\"'(),;:/]+")
TASK_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TOKEN = re.compile(rf"(?<![\w-])(?!{TASK_ID}\b)(?=[\w=-]*\d)[\w=-]{{24,}}")
NOTHING: Mapping[str, Any] = MappingProxyType({})
_about: ContextVar[Mapping[str, Any]] = ContextVar("about", default=NOTHING)


# ---- What is being done --------------------------------------------------------------------------------------------
@contextmanager
def about(**facts: Any) -> Iterator[None]:
    """While it lasts, each line names these, and what `add` adds."""
    token = _about.set({**_about.get(), **facts})
    try:
        yield
    finally:
        _about.reset(token)


def add(**facts: Any) -> None:
    """Have the lines from here on name these too, until what is being done is over."""
    _about.set({**_about.get(), **facts})


def now_about() -> Mapping[str, Any]:
    """What the next line would name."""
    return _about.get()


def request_id(given: str) -> str:
    """The id of a request: the one a proxy has given it, if it looks like one, else a new one."""
    return given if GIVEN.fullmatch(given) else secrets.token_hex(16)


# ---- What is said of it --------------------------------------------------------------------------------------------
class Line(logging.Formatter):
    """One event as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": words_of(record),
            **_about.get(),
        }
        entry |= {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) is not None}
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = {"kind": kind(record.exc_info[1]), "stack": stack(record.exc_info[1])}
        return json.dumps(entry, default=str)


def words_of(record: logging.LogRecord) -> str:
    """What a record says, without what it quotes."""
    given: Any = record.args
    if isinstance(given, Mapping):
        given = {name: "-" if name in UNTOLD else _told(value) for name, value in given.items()}
    elif given:
        given = tuple(_told(value) for value in given)
    try:
        said = str(record.msg) % given if given else str(record.msg)
    except (TypeError, ValueError, KeyError):
        said = str(record.msg)
    return masked(said).strip()


def masked(text: str) -> str:
    """Without addresses and tokens."""
    return TOKEN.sub("(token)", ADDRESS.sub("(address)", text))


def _told(value: Any) -> Any:
    """An argument as it may be told: numbers, ids and plain strings; of anything else what it is."""
    if value is None or isinstance(value, int | float | str | UUID):
        return value
    return kind(value) if isinstance(value, BaseException) else f"({type(value).__name__})"


def kind(error: BaseException) -> str:
    """What it is, and what it came of: "KeyError, of ValueError"."""
    names: list[str] = []
    found: BaseException | None = error
    while found is not None and len(names) < 5:
        names.append(f"{type(found).__module__}.{type(found).__qualname__}".removeprefix("builtins."))
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return ", of ".join(names)


def stack(error: BaseException) -> list[str]:
    """Where it came from in the code, the innermost last: "outsourcing/today.py:12 today"."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _place(file: str) -> str:
    _, found, library = file.rpartition("/site-packages/")
    return library if found else file.removeprefix(f"{ROOT}/")
