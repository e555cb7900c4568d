"""What a serving peelqa writes down: one line of JSON an event, without questions, quotations and addresses of people."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

OWN = "peelqa"


class LineFormatter(logging.Formatter):
    """Write a record as one line of JSON.

    Of a fault only its kind and the places in the code are written, and of what a library says only its fixed words:
    the rest may hold what a reader typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": _said(record),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["fault"] = record.exc_info[0].__name__
            line["at"] = _places(record.exc_info[2])
        return json.dumps(line)


def _said(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] == OWN:
        return record.getMessage()
    first, *more = str(record.msg).strip().split("\n")
    # The last line of a traceback names the kind of fault before its colon.
    return f"{first[:200]} {more[-1].partition(':')[0][:60]}" if more else first[:200]


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": LineFormatter}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"peelqa.web": {"level": "INFO"}},
}
"""The settings of logging while serving: everything goes to standard error."""
