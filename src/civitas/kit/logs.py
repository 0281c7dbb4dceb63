"""Log lines without people: time, level, logger, message, and an error's class and place, never its values."""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

# Query strings and mail addresses do not belong into a log.
_QUERY = re.compile(r"\?[^\s\"']*")
_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")


class PlainFormatter(logging.Formatter):
    """One line a record; an exception shows its class and the places it passed, not its message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return _MAIL.sub("…", _QUERY.sub("", super().format(record)))

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's name)
        kind, _error, trace = ei
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([kind.__name__, *places])
