"""What a command answers with: columns that know their unit, and rows. Figures become one by `of_figures`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from regulars.metrics.figures import Row

Kind = Literal[
    "text",
    "day",
    "instant",
    "flag",
    "percent",
    "share",
    "money",
    "count",
    "number",
    "days",
    "years",
    "score",
    "ratio",
]
_ARROW: dict[str, pa.DataType] = {
    "text": pa.string(), "day": pa.date32(), "instant": pa.timestamp("us"), "flag": pa.bool_(), "count": pa.int64(),
}  # fmt: skip
# The keys of one figure as JSON, in this order; `tests/cli` holds them to the documentation.
FIGURE_KEYS = (
    "metric", "period_start", "period_end", "dimensions", "value", "numerator", "denominator", "unit", "currency",
    "low", "high", "complete", "window_days", "definitions", "lake_version",
)  # fmt: skip
_KINDS: dict[str, Kind] = {
    "period_start": "day", "period_end": "day", "value": "number", "numerator": "number", "denominator": "number",
    "low": "number", "high": "number", "complete": "flag", "window_days": "count", "lake_version": "count",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of an answer; money has the currency in the row or in the sheet. `right`: a text that ends where numbers do."""

    name: str
    kind: Kind = "text"
    right: bool = False


@dataclass(frozen=True)
class Sheet:
    """Rows of plain values under columns; `title` and `notes` stand around the table that a person reads."""

    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    currency: str | None = None

    def arrow(self) -> pa.Table:
        """The rows as Arrow: texts, days, flags, whole numbers for counts, double precision for the rest."""
        arrays = {c.name: [_plain(row.get(c.name), c.kind) for row in self.rows] for c in self.columns}
        schema = pa.schema([(c.name, _ARROW.get(c.kind, pa.float64())) for c in self.columns])
        return pa.table(arrays, schema=schema)


def _plain(value: Any, kind: Kind) -> Any:
    if value is None or kind in ("text", "day", "instant", "flag"):
        return value if value is None or kind != "text" else str(value)
    return int(value) if kind == "count" else float(value)


def of_table(table: pa.Table, *, title: str = "", kinds: dict[str, Kind] | None = None, **more: Any) -> Sheet:
    """An Arrow table as a sheet; `kinds` says what its numbers are, where that is more than 'a number'."""
    chosen = kinds or {}
    columns = tuple(Column(f.name, chosen.get(f.name) or _kind_of(f.type)) for f in table.schema)
    return Sheet(columns, tuple(table.to_pylist()), title, **more)


def _kind_of(type_: pa.DataType) -> Kind:
    if pa.types.is_integer(type_):
        return "count"
    if pa.types.is_boolean(type_):
        return "flag"
    if pa.types.is_date(type_):
        return "day"
    if pa.types.is_timestamp(type_):
        return "instant"
    return "text" if pa.types.is_string(type_) or pa.types.is_null(type_) else "number"


def as_record(row: Row) -> dict[str, Any]:
    """One figure with exactly the documented keys; `dimensions` is a mapping of name to value."""
    found = {key: getattr(row, key) for key in FIGURE_KEYS}
    found["dimensions"] = dict(row.dimensions)
    return found


def of_figures(rows: Sequence[Row]) -> Sheet:
    """Figures as flat columns, for CSV, Parquet and data frames: one column a dimension in place of `dimensions`."""
    names = list(dict.fromkeys(name for row in rows for name, _ in row.dimensions))
    columns: list[Column] = []
    for key in FIGURE_KEYS:
        if key == "dimensions":
            columns += [Column(name) for name in names]
        else:
            columns.append(Column(key, _KINDS.get(key, "text")))
    records = tuple({**as_record(row), **dict(row.dimensions)} for row in rows)
    return Sheet(tuple(columns), records)


def json_value(value: Any) -> Any:
    """A value as JSON has it: whole numbers whole, other numbers double precision, days and instants ISO 8601."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return value
