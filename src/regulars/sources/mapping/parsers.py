"""Texts to values, as SQL. A text that cannot be read gives null, never an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from regulars.lake.engines.duck import literal
from regulars.lake.tables.declare import Type
from regulars.sources.reading.decimals import DecimalStyle, decimal_sql
from regulars.sources.reading.times import DateFormat, day_sql, instant_sql
from regulars.sources.reading.values import flag_sql, given_sql
from regulars.sources.reading.zones import once_to_utc_sql, to_utc_sql

_OFFSET = r"(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?)\s*$"


_TIMES_OF_DAY = (
    "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p", "%H:%M:%S.%f", "%H.%M", "%H.%M.%S",
)  # fmt: skip
Point = Literal[".", ","]


@dataclass(frozen=True)
class Style:
    """How this file writes numbers and times. `decimal` None: point; `day_first` False: ISO or month first."""

    decimal: Point | None = None
    day_first: bool | None = None
    zone: str = "UTC"
    format: str | None = None
    date: DateFormat | None = None  # how the column writes days, where it is not ISO


def text(expression: str) -> str:
    """A text without the spaces around it; null where nothing is left."""
    return f"nullif(trim({expression}), '')"


def number(expression: str, have: str, want: str, style: Style) -> str:
    """A number of the DuckDB type `want`."""
    written = DecimalStyle(style.decimal) if style.decimal else None
    return decimal_sql(expression, written, type=have, into=want).value


def flag(expression: str, have: str) -> str:
    """True and false in the words of several languages."""
    return flag_sql(expression, have).value


def instant(expression: str, have: str, kind: Type, style: Style) -> str:
    """A day, or an instant in UTC: texts with an offset say it themselves, others are read in the style's zone."""
    if style.date is not None and not style.format:
        if kind == "day":
            return day_sql(expression, style.date, type=have).value
        return instant_sql(expression, style.date, style.zone, type=have).value
    if kind == "day":
        return f"({_clock(expression, have, style)})::DATE"
    if "WITH TIME ZONE" in have:
        return f"(({expression}) AT TIME ZONE 'UTC')"
    if have != "VARCHAR" or style.format:
        return to_utc_sql(_clock(expression, have, style), style.zone)
    clock = to_utc_sql(_clock(expression, have, style), style.zone)
    # An offset makes a text longer than a plain '2026-01-02 10:00:00'. Nested, since AND would test all rows.
    with_colon = f"regexp_replace(trim({expression}), '\\s*([+-][0-9][0-9]):?([0-9][0-9])$', '\\1:\\2')"
    own = f"TRY_CAST({with_colon} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    careful = f"CASE WHEN regexp_matches({expression}, {literal(_OFFSET)}) THEN {own} ELSE {clock} END"
    return f"CASE WHEN length({expression}) > 19 THEN {careful} ELSE {clock} END"


def day_and_time(day: str, have: str, time: str, time_have: str, style: Style) -> str:
    """The instant of a day in one column and a time of day in another; without a time, the day's first instant."""
    date = instant(day, have, "day", style)
    if time_have == "TIME":
        clock = f"({time})"
    else:
        written = f"upper(trim(({time})::VARCHAR))"
        forms = ", ".join(map(literal, _TIMES_OF_DAY))
        clock = f"(try_strptime({written}, [{forms}]) - TIMESTAMP '1900-01-01')"
    given = given_sql(f"({time})", time_have)
    local = f"CASE WHEN {given} THEN {date} + {clock} ELSE ({date})::TIMESTAMP END"
    return once_to_utc_sql(f"({local})", style.zone)


def _clock(expression: str, have: str, style: Style) -> str:
    if have == "VARCHAR" and style.format:
        return f"try_strptime(trim({expression}), {literal(style.format)})"
    return f"TRY_CAST({expression} AS TIMESTAMP)"
