"""Logs as JSON lines. Messages hold no personal data: code logs numbers and slugs, never names or addresses."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

# The one id that follows a request into its jobs and mails.
CORRELATION: ContextVar[str] = ContextVar("correlation", default="")

# Links that let somebody in carry a token in their address; Django logs the addresses that it refuses.
_TOKENS = re.compile(r"(/join/|/new-password/[^/\s]+/)[^\s?/]+")

_DETAIL = re.compile(r"\nDETAIL:[^\n]*")  # of PostgreSQL: values of the row that was refused


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, correlation id; a traceback without local values."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": _TOKENS.sub(r"\1...", record.getMessage()),
        }
        if correlation := CORRELATION.get():
            line["request"] = correlation
        # Where a request was refused as suspicious, the message says it all; anybody can provoke as many as they like.
        if record.exc_info and not record.name.startswith("django.security."):
            line["traceback"] = _DETAIL.sub("", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
