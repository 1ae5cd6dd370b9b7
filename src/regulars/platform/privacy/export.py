"""Everything about one person in one file that people can read: a page, the tables as CSV, and all of it as JSON."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.template.loader import render_to_string
from django.utils import translation

from regulars.kernel.progress import Progress, silent
from regulars.platform.core.api import User, record
from regulars.platform.privacy.operations import Holding, where
from regulars.platform.privacy.registry import Person, Rows, places

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def export(
    person: Person,
    into: Path | BinaryIO,
    *,
    by: User | None,
    language: str = "en",
    progress: Progress = silent,
) -> int:
    """Write the ZIP; returns how many rows are in it. The page is in the person's language where it is one of ours."""
    tables: dict[str, Rows] = {}
    for n, place in enumerate(every := places()):
        progress(str(place.label), n / len(every) / 2)
        for name, rows in place.export(person).items():
            if rows:
                tables[name] = [*tables.get(name, []), *rows]
    now = datetime.now(UTC)

    def second_half(step: str, share: float | None) -> None:
        progress(step, None if share is None else (1 + share) / 2)

    with translation.override(language):
        page = render_to_string("privacy/export.html", {
            "tables": [(name, list(rows[0]), [list(map(_text, row.values())) for row in rows]) for name, rows in tables.items()],
            "holdings": _held(where(person, progress=second_half)), "language": language, "now": now,
        })  # fmt: skip
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "data.json",
            json.dumps(
                {"made": now.isoformat(), "tables": tables}, default=str, ensure_ascii=False, indent=1
            ),
        )
        packed.writestr("readable.html", page)
        for name, rows in tables.items():
            packed.writestr(f"tables/{name}.csv", _csv(rows))
    record(user=by, action="person.exported", customer=person.numbers[0] if person.numbers else None)
    return sum(map(len, tables.values()))


def _held(holdings: list[Holding]) -> list[Holding]:
    return [one for one in holdings if one.records]


def _csv(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows[0])
    writer.writerows([_safe(value) for value in row.values()] for row in rows)
    return text.getvalue()


def _safe(value: Any) -> str:
    """No cell that a spreadsheet would run as a formula."""
    text = _text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULAS) else text


def _text(value: Any) -> str:
    return "" if value is None else str(value)
