"""Amounts: decimal point or comma, thousands, currency signs, brackets and trailing minus, per cent; as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import duckdb

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import literal, quoted
from regulars.sources.reading.currencies import CODES
from regulars.sources.reading.query import row
from regulars.sources.reading.values import Parsed, given_sql

_WORDS = "|".join(
    ("R", "kr", "lei", "zł", "Kč", "Ft", "Fr", "Rs", "RM", "US", "CA", "AU", "euro", "Euro", "EURO", *CODES)
)
_REASON = "this is no amount that can be read"


@dataclass(frozen=True)
class DecimalStyle:
    """How a column writes numbers. `certain` is False where nothing told point from comma apart."""

    point: Literal[".", ","] = "."
    certain: bool = True
    mixed: int = 0  # values that are written the other way; they will be rejected
    example: str = ""


def decimal_sql(
    column: str, style: DecimalStyle | None = None, *, type: str = "VARCHAR", into: str = "DECIMAL(18,4)"
) -> Parsed:
    """A number of the DuckDB type `into`. A per cent sign divides by 100. What does not fit the type is bad.

    Thousands may be set apart by spaces, apostrophes or the sign that is not the decimal one, in groups of three
    (or of two, as in India); groups of another length are bad, since they show the other style.
    """
    if type != "VARCHAR":
        return Parsed(f"TRY_CAST({column} AS {into})", given_sql(column, type), _REASON)
    point = style.point if style else "."
    if point == ".":
        plain = f"TRY_CAST({column} AS {into})"
    else:
        plain = (
            f"CASE WHEN NOT contains({column}, '.') THEN TRY_CAST(replace({column}, ',', '.') AS {into}) END"
        )
    value = f"coalesce({plain}, {_careful(column, point, into)})"
    return Parsed(f"CASE WHEN contains({column}, '_') THEN NULL ELSE {value} END", given_sql(column), _REASON)


def _careful(column: str, point: str, into: str) -> str:
    """For what is not a plain number; runs only on the rows that need it."""
    bare = (
        f"regexp_replace(translate({column}, '−–‘’ʼ´', '--'), '[\\s\\p{{Z}}\\p{{Sc}}\\x{{200b}}'']', '', 'g')"
    )
    bare = f"regexp_replace({bare}, '^([-+(]*)({_WORDS})[.]?([-+(]*[\\d.,])', '\\1\\3')"
    bare = f"regexp_replace({bare}, '([\\d.,][-)%]*)(?i:{_WORDS}|,-)[.]?([-)%]*)$', '\\1\\2')"
    dot, group = ("[.]", ",") if point == "." else (",", "[.]")
    digits = f"(\\d+|\\d{{1,3}}({group}\\d{{2,3}})*{group}\\d{{3}})?({dot}\\d*)?"
    shape = f"^([-+]?[(]?[-+]?{digits}[)]?-?%?|[-+]?\\d+({dot}\\d+)?[eE][-+]?\\d+)$"
    kept = "replace({0}, ',', '')" if point == "." else "replace(replace({0}, '.', ''), ',', '.')"
    number = kept.format(f"regexp_replace({bare}, '[-+()%]', '', 'g')")
    exponent = kept.format(bare)
    minus = f"regexp_matches({bare}, '^[(]?-|^[(].*[)]$|-%?$')"
    scaled = f"CASE WHEN {minus} THEN -1 ELSE 1 END"
    signed = (
        f"CASE WHEN regexp_matches({bare}, '[eE]') THEN TRY_CAST({exponent} AS {into}) "
        f"WHEN contains({bare}, '%') THEN TRY_CAST(TRY_CAST({number} AS DOUBLE) / 100 * {scaled} AS {into}) "
        f"ELSE TRY_CAST(({scaled}) * TRY_CAST({number} AS {into}) AS {into}) END"
    )
    return f"CASE WHEN regexp_matches({bare}, {literal(shape)}) AND regexp_matches({bare}, '\\d') THEN {signed} END"


def detect_decimal_style(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, *, where: str = ""
) -> DecimalStyle:
    """The style of a text column by all its values. `column` is a name, not an expression.

    Raises InputError where a good part of the values is written each way.
    """
    x = quoted(column)
    # A sign shows what it is where the digits behind it are not three, or where both signs occur.
    comma = f"(contains({x}, ',') AND regexp_matches({x}, ',\\d{{1,2}}\\D*$|,\\d{{4,}}|[.]\\d{{3}},|^\\D*0,\\d|^\\D*,\\d'))"
    point = f"(contains({x}, '.') AND regexp_matches({x}, '[.]\\d{{1,2}}\\D*$|[.]\\d{{4,}}|,\\d{{3}}[.]|^\\D*0[.]\\d|^\\D*[.]\\d'))"
    either = f"(contains({x}, ',') OR contains({x}, '.'))"
    commas, points, unclear, example, of_comma, of_point = row(
        con,
        f"SELECT count(*) FILTER ({comma}), count(*) FILTER ({point}), count(*) FILTER ({either}), "
        f"any_value({x}) FILTER ({either}), any_value({x}) FILTER ({comma}), any_value({x}) FILTER ({point}) "
        f"FROM {quoted(relation)}",
    )
    if commas and points and min(commas, points) * 20 > max(commas, points):
        raise InputError(
            f"Amounts are written in two ways: {points:,} like '{of_point}', {commas:,} like '{of_comma}'.",
            where=f"{where}, column '{column}'" if where else f"column '{column}'",
            do="Export the file in one way, or split it.",
        )
    if commas > points:
        return DecimalStyle(",", True, points, of_comma)
    if points:
        return DecimalStyle(".", True, commas, of_point)
    # '1.234' or '1,234' alone: taken for thousands, as no currency is written with three decimals by habit.
    return DecimalStyle("." if not example or "," in example else ",", not unclear, 0, example or "")
