"""How the texts of a file write numbers and days, found column by column before anything is read."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from regulars.lake.engines.duck import quoted
from regulars.sources.loading.ask import first, one
from regulars.sources.mapping.fields import LINE_FIELDS, fields_of
from regulars.sources.mapping.model import Feed, Value
from regulars.sources.mapping.parsers import Point
from regulars.sources.messages import DAY_FIRST, IN_ORDER_DAY_FIRST, IN_ORDER_MONTH_FIRST, Message
from regulars.sources.reading.dates import detect_date_format, form_of
from regulars.sources.reading.decimals import detect_decimal_style
from regulars.sources.reading.raw import RawTable
from regulars.sources.reading.times import DateFormat

_NUMBERS = ("money", "number", "rate")
_TIMES = ("instant", "day")


def points_of(con: duckdb.DuckDBPyConnection, feed: Feed, raw: RawTable) -> dict[str, Point]:
    """The decimal sign of each text column that is read as a number; only those with a comma need a look."""
    found: dict[str, Point] = {}
    for column in _columns(feed, raw, _NUMBERS):
        if raw[column].is_text and not raw[column].stored and column not in found:
            point = point_of(con, raw, column)
            if point is not None:
                found[column] = point
    return found


def point_of(con: duckdb.DuckDBPyConnection, raw: RawTable, column: str) -> Point | None:
    """The decimal sign of one text column, None where it has no comma."""
    with_comma = f"SELECT 1 FROM {quoted(raw.relation)} WHERE contains({quoted(column)}, ',') LIMIT 1"
    if first(con, with_comma) is None:
        return None
    return detect_decimal_style(con, raw.relation, column, where=raw.where).point


def dates_of(
    con: duckdb.DuckDBPyConnection, feed: Feed, raw: RawTable, day_first: bool | None
) -> tuple[dict[str, DateFormat], tuple[str, ...]]:
    """How each column of days writes them, where not ISO, and what was taken for granted on the way.

    `day_first` decides where no value tells; where values tell, they decide.
    """
    found: dict[str, DateFormat] = {}
    notes: list[str] = []
    for column in dict.fromkeys(_columns(feed, raw, _TIMES)):
        form = _form(con, raw, column)
        if form is None or form.order == "iso":
            continue
        if not form.certain or (day_first is not None and not _proved(form)):
            form, note = _chosen(con, raw, column, form, day_first)
            notes += [note] if note else []
        found[column] = form
    return found, tuple(notes)


def _columns(feed: Feed, raw: RawTable, kinds: tuple[str, ...]) -> list[str]:
    types = {**fields_of(feed.table), **LINE_FIELDS}
    values = [value for name, value in (*feed.columns, *feed.lines) if types[name] in kinds]
    read = [
        value.parts[:1] if value.how == "day_and_time" else value.parts
        for value in values
        if _reads_columns(value)
    ]
    return [part for parts in read for part in parts if part in raw.names]


def _reads_columns(value: Value) -> bool:
    return value.how not in ("value", "text", "sum") and value.format is None


def _form(con: duckdb.DuckDBPyConnection, raw: RawTable, column: str) -> DateFormat | None:
    kind = raw[column].type
    if raw[column].stored in ("TIMESTAMP", "DATE"):
        return None
    if raw[column].is_text:
        return detect_date_format(con, raw.relation, column, where=raw.where)
    if kind in ("DATE", "BOOLEAN") or kind.startswith("TIMESTAMP"):
        return None
    (largest,) = one(con, f"SELECT max({quoted(column)})::DOUBLE FROM {quoted(raw.relation)}")
    return _of_number(largest or 0)


def _of_number(largest: float) -> DateFormat | None:
    """Numbers stand for days by their size: an Excel day, a date without signs, Unix seconds or milliseconds."""
    for order, low, high in (
        ("excel", 20_000, 80_000), ("compact", 19_000_101, 21_001_231),
        ("unix", 1e8, 5e9), ("unix_ms", 1e11, 5e12),
    ):  # fmt: skip
        if low <= largest <= high:
            return DateFormat(order)  # type: ignore[arg-type]
    return None


def _chosen(
    con: duckdb.DuckDBPyConnection, raw: RawTable, column: str, form: DateFormat, day_first: bool | None
) -> tuple[DateFormat, str]:
    """Day or month first, where every part is below thirteen: as told, else as the rows go on in time."""
    if day_first is not None:
        return replace(form, order="dmy" if day_first else "mdy", certain=True), ""
    beside = _beside(con, raw, column, form)
    if beside is not None:
        return replace(form, order=beside.order, certain=True), ""
    month_goes_on = _in_order(con, raw, column, form.separator, (1, 2))
    day_goes_on = _in_order(con, raw, column, form.separator, (2, 1))
    text = DAY_FIRST
    if month_goes_on != day_goes_on:
        text = IN_ORDER_DAY_FIRST if day_goes_on else IN_ORDER_MONTH_FIRST
    note = Message(text, raw.where, example=form.example, column=column)
    return replace(form, order="mdy" if text == IN_ORDER_MONTH_FIRST else "dmy"), note


def _proved(form: DateFormat) -> bool:
    """Whether a value tells day and month apart. Points are believed without proof, unless somebody says otherwise."""
    parts = form.example.split(form.separator)[:2] if form.order in ("dmy", "mdy") else ()
    return not parts or any(part.isdigit() and int(part) > 12 for part in parts)


def _beside(
    con: duckdb.DuckDBPyConnection, raw: RawTable, column: str, form: DateFormat
) -> DateFormat | None:
    """The form of another column of days in the same file that leaves no doubt."""
    for other in raw.columns:
        if other.is_text and other.name != column:
            x = quoted(other.name)
            value = first(con, f"SELECT trim({x}) FROM {quoted(raw.relation)} WHERE trim({x}) <> '' LIMIT 1")
            if value is None or form_of(value[0]) != "dmy":
                continue
            found = detect_date_format(con, raw.relation, other.name, where=raw.where)
            if found is not None and found.certain and found.separator == form.separator:
                return found
    return None


def _in_order(
    con: duckdb.DuckDBPyConnection, raw: RawTable, column: str, separator: str, parts: tuple[int, int]
) -> bool:
    """Whether the rows never go back in time, or never forward, read with the month at part `parts[0]`."""
    month, day = (f"TRY_CAST(split_part({quoted(column)}, '{separator}', {n}) AS INTEGER)" for n in parts)
    year = f"TRY_CAST(left(split_part({quoted(column)}, '{separator}', 3), 4) AS INTEGER)"
    back, on = one(
        con,
        f"""WITH days AS (SELECT _row, ({year}) * 400 + ({month}) * 32 + ({day}) AS n
            FROM (FROM {quoted(raw.relation)} LIMIT 20000)),
        steps AS (SELECT n - lag(n) OVER (ORDER BY _row) AS step FROM days WHERE n IS NOT NULL)
        SELECT count(*) FILTER (step < 0), count(*) FILTER (step > 0) FROM steps""",
    )
    return bool((back == 0) != (on == 0))
