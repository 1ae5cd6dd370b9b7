"""Where answers go: a table, JSON, CSV or Parquet, to the screen or to a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from regulars.cli import tables
from regulars.kernel.errors import InputError
from regulars.metrics.figures import Row
from regulars.notebook.sheet import Sheet, as_record, json_value, of_figures

# A spreadsheet runs a cell that begins so; an apostrophe before it makes it a text (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    json = "json"
    csv = "csv"
    parquet = "parquet"


def neutral(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula; numbers and days stay what they are."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def as_csv(sheet: Sheet) -> str:
    """A sheet as CSV: comma, point, UTF-8, ISO dates, no value where there is none."""
    names = [column.name for column in sheet.columns]
    lines: list[list[Any]] = [list(names), *([row.get(name) for name in names] for row in sheet.rows)]
    return "".join(",".join(_cell(value) for value in line) + "\n" for line in lines)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(neutral(json_value(value)))
    # Python's own writer leaves a lone carriage return bare when lines end with a line feed.
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text


def as_json(records: Sequence[dict[str, Any]]) -> str:
    """Records as a JSON list, one record a line."""
    lines = (json.dumps(json_value(record), ensure_ascii=False) for record in records)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def figures(rows: Sequence[Row], format_: Format, output: Path | None, names: dict[str, str]) -> None:
    """Write figures; `names` gives the name of each slug for the table."""
    if format_ is Format.table:
        _write(tables.of_rows(rows, names) + "\n", output)
    elif format_ is Format.json:
        _write(as_json([as_record(row) for row in rows]), output)
    else:
        sheet(of_figures(rows), format_, output)


def sheet(answer: Sheet, format_: Format, output: Path | None) -> None:
    """Write a sheet. Parquet needs a file."""
    if format_ is Format.parquet:
        if output is None:
            raise InputError(
                "Parquet cannot be shown on the screen.", do="Name a file: --output figures.parquet"
            )
        pq.write_table(answer.arrow(), output)
    elif format_ is Format.csv:
        _write(as_csv(answer), output)
    elif format_ is Format.json:
        _write(as_json([{c.name: row.get(c.name) for c in answer.columns} for row in answer.rows]), output)
    else:
        _write(tables.of_sheet(answer) + "\n", output)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        output.write_text(text, encoding="utf-8", newline="")


def resolved(format_: Format | None, output: Path | None) -> Format:
    """The format asked for, else the one that the file's name says, else a table."""
    if format_ is not None:
        return format_
    by_suffix = {".json": Format.json, ".csv": Format.csv, ".parquet": Format.parquet}
    return by_suffix.get(output.suffix.lower(), Format.table) if output else Format.table
