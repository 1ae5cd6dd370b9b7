"""How a column writes its days, found in its values."""

from __future__ import annotations

import re
from collections import Counter

import duckdb

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import literal, quoted
from regulars.sources.reading.months import month_words, plain_word
from regulars.sources.reading.query import row
from regulars.sources.reading.times import DateFormat, Order, day_sql
from regulars.sources.reading.values import given_sql

_LOOK = 2000
_ISO = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}(?:$|[ T])")
_YMD = re.compile(r"^\d{4}([/.])\d{1,2}\1\d{1,2}(?:$|[ T,])")
_PARTS = re.compile(r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:$|[ T,])")
_COMPACT = re.compile(r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T?\d{6})?$")
_OFFSET = re.compile(r":\d\d.*(?:[-+]\d\d:?(?:\d\d)?|Z|UTC|GMT)$", re.IGNORECASE)
_NAMED = re.compile(r"[^\W\d_]{3,}")


def detect_date_format(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, *, where: str = ""
) -> DateFormat | None:
    """The form of a text column's days, or None where it holds none. `column` is a name, not an expression.

    Day-first or month-first is settled by all values of the column; where no value tells, `certain` is False.
    Raises InputError where values of both orders stand in one column.
    """
    x = quoted(column)
    texts = [
        str(r[0]).strip()
        for r in con.execute(
            f"SELECT {x}::VARCHAR FROM (SELECT {x} FROM {quoted(relation)} WHERE {given_sql(x)} LIMIT 200000) USING SAMPLE {_LOOK} ROWS (reservoir, 1)"
        ).fetchall()
    ]
    forms = Counter(form for text in texts if (form := _form(text)))
    if not forms or forms.total() * 2 < len(texts):
        return None
    (order, separator, short), _ = forms.most_common(1)[0]
    example = next(text for text in texts if _form(text) == (order, separator, short))
    if order == "iso":
        offsets = sum(1 for text in texts if _OFFSET.search(text))
        return DateFormat(order, separator, offset=offsets * 2 > len(texts), example=example)
    if order != "dmy":
        return DateFormat(order, separator, short, example=example)
    return _settled(con, relation, column, separator, short, example, where)


def form_of(text: str) -> str | None:
    """What a single text looks like as a day ('dmy' also where it may be month first), None where like none."""
    found = _form(text.strip())
    return found[0] if found else None


def _form(text: str) -> tuple[Order, str, bool] | None:
    """(order, separator, short year); day-first and month-first are both called dmy here."""
    if _ISO.match(text):
        return ("iso", "-", False)
    if found := _YMD.match(text):
        return ("ymd", found[1], False)
    if found := _PARTS.match(text):
        return ("dmy", found[2], len(found[4]) == 2)
    if _COMPACT.match(text):
        return ("compact", "", False)
    if re.fullmatch(r"\d{9,10}(?:\.\d+)?", text):
        return ("unix", "", False)
    if re.fullmatch(r"\d{12,13}", text):
        return ("unix_ms", "", False)
    if re.fullmatch(r"[1-9]\d{4}(?:\.\d+)?", text) and 20000 <= float(text) < 74000:
        return ("excel", "", False)
    words = {plain_word(word) for word in _NAMED.findall(text)}
    # The languages' words are many to load: first what costs nothing.
    if not words or not any(sign.isdigit() for sign in text):
        return None
    return ("named", "", False) if words & month_words().keys() else None


def _settled(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    column: str,
    separator: str,
    short: bool,
    example: str,
    where: str,
) -> DateFormat:
    """Count what only one of the orders can mean: a part above twelve is a day."""
    x, sign = quoted(column), literal(separator)
    first = f"TRY_CAST(split_part({x}, {sign}, 1) AS TINYINT)"
    second = f"TRY_CAST(split_part({x}, {sign}, 2) AS TINYINT)"
    days, months, of_day, of_month = row(
        con,
        f"SELECT count(*) FILTER ({first} BETWEEN 13 AND 31 AND {second} <= 12), "
        f"count(*) FILTER ({second} BETWEEN 13 AND 31 AND {first} <= 12), "
        f"any_value({x}) FILTER ({first} BETWEEN 13 AND 31), any_value({x}) FILTER ({second} BETWEEN 13 AND 31) "
        f"FROM {quoted(relation)}",
    )
    if days and months and min(days, months) * 20 > max(days, months):
        raise InputError(
            f"Dates are written in two ways: {days:,} with the day first, like '{of_day}', {months:,} with the month first, like '{of_month}'.",
            where=f"{where}, column '{column}'" if where else f"column '{column}'",
            do="Export the file in one way, or split it.",
        )
    if days or months:
        order: Order = "dmy" if days >= months else "mdy"
        return DateFormat(
            order, separator, short, mixed=min(days, months), example=of_day if days >= months else of_month
        )
    # No value tells. Points and dashes are written day first nearly everywhere; slashes are both.
    return DateFormat("dmy", separator, short, certain=separator == ".", example=example)


def readable(con: duckdb.DuckDBPyConnection, relation: str, column: str, format: DateFormat) -> float:
    """The share of given values that the form can read, 1 for an empty column."""
    x = quoted(column)
    given, bad = row(
        con,
        f"SELECT count(*) FILTER ({given_sql(x)}), count(*) FILTER ({day_sql(x, format).is_bad}) FROM {quoted(relation)}",
    )
    return 1.0 if not given else 1 - bad / given
