"""Answers as a person reads them: aligned, with units, intervals, and what is incomplete marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from babel.numbers import get_currency_precision

from regulars.kernel.periods import GRAINS, Period, floor, shift
from regulars.metrics.figures import Row
from regulars.notebook.sheet import Kind, Sheet

_PLACES: dict[str, int] = {
    "percent": 1,
    "count": 0,
    "days": 1,
    "years": 2,
    "score": 1,
    "ratio": 2,
    "number": 2,
}
_AFTER = {"percent": " %", "days": " days", "years": " years"}


def shown(value: Any, kind: Kind, currency: str | None = None) -> str:
    """A value with its unit; '-' where there is none."""
    if value is None:
        return "-"
    if kind == "flag":
        return "yes" if value else "no"
    if kind in ("text", "day", "instant"):
        return str(value)
    if kind == "share":
        return shown(value * 100, "percent")
    if kind == "money":
        places = get_currency_precision(currency) if currency else 2
        return f"{value:z,.{places}f}" + (f" {currency}" if currency else "")
    places = _PLACES[kind]
    if kind in ("number", "days") and value == int(value):
        places = 0
    return f"{value:z,.{places}f}{_AFTER.get(kind, '')}"


def named(period: Period) -> str:
    """A period as people say it: 2011-03, 2011 Q1, 2011, a week by its Monday, else its first and last day."""
    for grain in GRAINS:
        start = period.start
        if floor(start, grain) == start and shift(start, grain, 1) == period.end:
            return {
                "day": f"{start}",
                "week": f"week of {start}",
                "month": f"{start:%Y-%m}",
                "quarter": f"{start.year} Q{(start.month + 2) // 3}",
                "year": f"{start.year}",
            }[grain]
    return f"{period.start} to {period.end - timedelta(days=1)}"


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Lines with columns aligned, numbers to the right."""
    widths = [max(len(line[i]) for line in [header, *rows]) for i in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        parts = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True))
        return "  ".join(parts).rstrip()

    return [line(header), line(["-" * w for w in widths]), *(line(row) for row in rows)]


def of_sheet(sheet: Sheet) -> str:
    """A sheet with its title above and its notes below."""
    header = [c.name for c in sheet.columns]
    rows = [[shown(r.get(c.name), c.kind, sheet.currency) for c in sheet.columns] for r in sheet.rows]
    right = [c.right or c.kind not in ("text", "day", "instant", "flag") for c in sheet.columns]
    lines = aligned(header, rows, right)
    above = [sheet.title, ""] if sheet.title else []
    below = ["", *sheet.notes] if sheet.notes else []
    return "\n".join([*above, *lines, *below])


def of_rows(rows: Sequence[Row], names: dict[str, str]) -> str:
    """Figures, one block each: the value with its unit, its interval, what it is made of. `names` by slug."""
    blocks = [
        _block(slug, names.get(slug, slug), list(group))
        for slug, group in groupby(rows, key=lambda row: row.metric)
    ]
    return "\n\n".join([*blocks, *_foot(rows)])


def of_one_period(rows: Sequence[Row], names: dict[str, str]) -> str:
    """Figures of one period without dimensions, a line each. `names` by slug."""
    period = named(Period(rows[0].period_start, rows[0].period_end)) if rows else ""
    header = [period, "value", "95 %", "made of", ""]
    cells = [[names.get(row.metric, row.metric), *_line(row, ())[1:]] for row in rows]
    return "\n".join([*aligned(header, cells, [False, True, False, False, False]), "", *_foot(rows)])


def _block(slug: str, name: str, rows: list[Row]) -> str:
    dimensions = list(dict.fromkeys(n for row in rows for n, _ in row.dimensions))
    header = ["period", *dimensions, "value", "95 %", "made of", ""]
    lines = aligned(
        header,
        [_line(row, dimensions) for row in rows],
        [False, *(False for _ in dimensions), True, False, False, False],
    )
    overlap = (
        []
        if all(row.additive for row in rows)
        else ["(a customer may stand in several rows: they do not add up)"]
    )
    return "\n".join([f"{name} [{slug}]", *overlap, *lines])


def _line(row: Row, dimensions: Sequence[str]) -> list[str]:
    values = dict(row.dimensions)
    between = ""
    if row.low is not None and row.high is not None:
        low, high = (shown(edge, row.unit, None) for edge in (row.low, row.high))
        between = f"{low} to {high}".replace(" %", "")
    made = ""
    if row.denominator is not None:
        made = f"{_bare(row.numerator)} / {_bare(row.denominator)}"
    return [
        named(Period(row.period_start, row.period_end)),
        *("all" if name not in values else (values[name] or "(none)") for name in dimensions),
        shown(row.value, row.unit, row.currency),
        between,
        made,
        "" if row.complete else "incomplete",
    ]


def _bare(value: Decimal | None) -> str:
    return (
        "-" if value is None else f"{value:z,.0f}" if value == value.to_integral_value() else f"{value:z,.2f}"
    )


def _foot(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return ["No figures: the data covers no such period."]
    first = rows[0]
    version = "" if first.lake_version is None else f" · lake version {first.lake_version}"
    said = f"Activity window {first.window_days} days · definitions {first.definitions}{version}"
    if not all(row.complete for row in rows):
        said += "\nincomplete: the data does not cover all days that the figure looks at."
    return [said]
