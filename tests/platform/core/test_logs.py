"""Log lines: one JSON object each, without tokens and without tracebacks that anybody can provoke."""

from __future__ import annotations

import json
import logging
import sys

from regulars.platform.core.logs import JsonLines


def line(name: str, message: str, *, error: bool = False) -> dict[str, str]:
    try:
        raise ValueError(message)
    except ValueError:
        info = sys.exc_info() if error else None
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, (), info)
    written: dict[str, str] = json.loads(JsonLines().format(record))
    return written


def test_a_refused_link_is_logged_without_its_token() -> None:
    assert line("django.request", "Gone: /join/abc_DEF-123")["message"] == "Gone: /join/..."
    assert line("django.request", "Gone: /new-password/MQ/d2-xyz")["message"] == "Gone: /new-password/MQ/..."


def test_a_wrong_host_is_one_line() -> None:
    assert "traceback" not in line("django.security.DisallowedHost", "Invalid HTTP_HOST header", error=True)
    assert "ValueError" in line("django.request", "Internal Server Error", error=True)["traceback"]
