"""Log lines as JSON, one per record, and nothing in them that tells who somebody is.

A line has ``time`` (UTC), ``level``, ``logger``, ``event``, ``request_id`` and the plain values of the caller's
``extra``: requests, arguments and other objects are left out. Of an exception the class, its first line and the
places in the code are written: PostgreSQL repeats the values of a row on the next line.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType

from kvk2.core import context

_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_QUERY_STRING = re.compile(r"(?<=[\w/])\?[^\s\"']+")
_LONG_NUMBER = re.compile(r"\b(?:NL\d{2}[A-Z]{4}\d{10}|\d{8,9})\b")  # IBAN, BSN, RSIN, KvK number
_LONGEST_EVENT = 1000
_OF_EVERY_RECORD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


def without_personal_data(text: str) -> str:
    """The first line of the text, less e-mail addresses, query strings and numbers of persons."""
    text = text.partition("\n")[0][:_LONGEST_EVENT]
    text = _E_MAIL.sub("<e-mail>", text)
    text = _QUERY_STRING.sub("?…", text)
    return _LONG_NUMBER.sub("<number>", text)


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _plain_extras(record: logging.LogRecord) -> dict[str, object]:
    extras: dict[str, object] = {}
    for name, value in vars(record).items():
        if name in _OF_EVERY_RECORD or not isinstance(value, str | int | float | None):
            continue
        extras[name] = without_personal_data(value) if isinstance(value, str) else value
    return extras


class JsonFormatter(logging.Formatter):
    """See the module; used by the web server, the worker, beat and every command alike."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": without_personal_data(record.getMessage()),
            "request_id": context.request_id.get(),
        }
        line |= _plain_extras(record)
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["exception"] = type(error).__name__
            line["reason"] = without_personal_data(str(error))
            line["trace"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)
