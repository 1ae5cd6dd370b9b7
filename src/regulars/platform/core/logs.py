"""Logs as JSON lines. Messages hold no personal data: code logs numbers and slugs, never names or addresses."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

# The one id that follows a request into its jobs and mails.
CORRELATION: ContextVar[str] = ContextVar("correlation", default="")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, correlation id; a traceback without local values."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if correlation := CORRELATION.get():
            line["request"] = correlation
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
