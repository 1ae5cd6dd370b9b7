"""What stands in a column, judged from a sample of its values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb

from regulars.lake.engines.duck import quoted
from regulars.sources.loading.options import LoadOptions
from regulars.sources.reading.raw import RawColumn, RawTable

SAMPLE = 400
READABLE = 0.7  # a column with so many dates is a column of dates; the others are rejects
_ISO = re.compile(r"\d{4}-\d\d?-\d\d?([ T]\d\d?:\d\d(:\d\d(\.\d+)?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d|[+-]\d\d)?")
_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?:[ T]+(\d{1,2}:\d\d)(:\d\d)?)?")
_COMPACT = re.compile(r"(19|20)\d{6}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
_NUMBER_COMMA = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+),\d{1,2}")
_NUMBER_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True)
class Looks:
    """`format`: strptime format of a time that is not ISO. `only_days`: the times have no clock."""

    kind: Literal["time", "email", "currency", "text", "empty"]
    format: str | None = None
    only_days: bool = False
    decimal: Literal[".", ","] | None = None
    day_first: bool | None = None


def look(con: duckdb.DuckDBPyConnection, raw: RawTable, column: RawColumn, options: LoadOptions) -> Looks:
    """What the first values of a column look like."""
    if column.type == "DATE":
        return Looks("time", only_days=True)
    if column.type.startswith("TIMESTAMP"):
        return Looks("time")
    if column.type != "VARCHAR":
        return Looks("text")
    name = quoted(column.name)
    rows = con.execute(
        f"SELECT trim({name}) FROM (SELECT {name} FROM {quoted(raw.relation)} LIMIT {SAMPLE * 5}) "
        f"WHERE trim({name}) <> '' LIMIT {SAMPLE}"
    ).fetchall()
    values = [row[0] for row in rows]
    if not values:
        return Looks("empty")
    return _time(values, options) or _other(values)


def _time(values: list[str], options: LoadOptions) -> Looks | None:
    enough = len(values) * READABLE
    iso = [v for v in values if _ISO.fullmatch(v)]
    if len(iso) >= enough:
        return Looks("time", only_days=all(len(v) <= 10 for v in iso))
    if all(_COMPACT.fullmatch(v) and _parses(v, "%Y%m%d") for v in values):
        return Looks("time", format="%Y%m%d", only_days=True)
    found = [m for m in map(_DATE.fullmatch, values) if m is not None]
    if len(found) < enough:
        return None
    first = found[0]
    separator, clock = first.group(2), first.group(5) is not None
    year = "%Y" if max(len(m.group(4)) for m in found) == 4 else "%y"
    days_first = any(int(m.group(1)) > 12 for m in found)
    months_first = any(int(m.group(3)) > 12 for m in found)
    if len(first.group(1)) == 4:
        order = f"%Y{separator}%m{separator}%d"
    else:
        chosen = (
            options.day_first if options.day_first is not None else (separator == "." or not months_first)
        )
        day_first = True if days_first else False if months_first else chosen
        order = separator.join(("%d", "%m", year) if day_first else ("%m", "%d", year))
    seconds = ":%S" if first.group(6) else ""
    return Looks("time", format=order + (f" %H:%M{seconds}" if clock else ""), only_days=not clock)


def _other(values: list[str]) -> Looks:
    if sum(bool(_EMAIL.fullmatch(v)) for v in values) > len(values) * 0.8:
        return Looks("email")
    if all(re.fullmatch("[A-Z]{3}", v) for v in values) and len(set(values)) <= 40:
        return Looks("currency")
    if any(_NUMBER_COMMA.fullmatch(v) for v in values):
        return Looks("text", decimal=",")
    if any(_NUMBER_THOUSANDS.fullmatch(v) for v in values):
        return Looks("text", decimal=".")
    return Looks("text")


def _parses(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007  a date without a clock has no zone
    except ValueError:
        return False
    return True
