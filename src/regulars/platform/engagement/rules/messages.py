"""A list in messages of a webhook: under 20 kB each, as Standard Webhooks asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from regulars.platform.engagement.rules.tools import KEYS, Person, fields, shortened

MOST_BYTES = 20_000
CUSTOMERS = 20  # a message; with long names and reasons it is still one
_WIDTHS = (255, 120, 60, 30)


def body(kind: str, at: str, tool: str, about: dict[str, Any], people: Sequence[Person]) -> bytes:
    """`{"type", "timestamp", "data": {..., "tool", "customers": [...]}}`, each with the tool's own names; texts are cut shorter where it would become too long."""
    for width in _WIDTHS:
        customers = [_narrow(fields(tool, one), width) for one in people]
        message = {"type": kind, "timestamp": at, "data": {**about, "tool": tool, "customers": customers}}
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        if len(text) < MOST_BYTES:
            break
    return text


def _narrow(values: dict[str, Any], width: int) -> dict[str, Any]:
    return {
        name: shortened(value, width) if isinstance(value, str) and name not in KEYS else value
        for name, value in values.items()
    }
