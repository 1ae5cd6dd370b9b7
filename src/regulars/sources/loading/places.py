"""Whose market a fact belongs to, and its local day: from country words and instants, through small tables."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from regulars.kernel.definitions import Definitions
from regulars.lake.engines.duck import literal, quoted
from regulars.lake.small import small_table
from regulars.sources.loading.ask import one
from regulars.sources.loading.clock import local_day, make_clock, place_in
from regulars.sources.loading.narrow import shorten
from regulars.sources.loading.words import place_of


@dataclass(frozen=True)
class Placed:
    """SQL of a fact's place: `joins` go behind the table known by `alias`, the rest are expressions."""

    joins: str
    market: str
    country: str
    day: str
    at: str


def day_of(
    con: duckdb.DuckDBPyConnection, table: str, column: str, *, alias: str, name: str
) -> tuple[str, str]:
    """(join, expression) of the local day of another instant of a table that `place` has placed as `name`."""
    instant = f"{alias}.{quoted(column)}"
    zones = [row[0] for row in con.execute(f"SELECT DISTINCT zone FROM {name}_places ORDER BY 1").fetchall()]
    if zones in ([], ["UTC"]):
        return "", f"{instant}::DATE"
    first, last = one(con, f"SELECT min({quoted(column)})::DATE, max({quoted(column)})::DATE FROM {table}")
    if first is None:
        return "", f"{instant}::DATE"
    clock = f"{name}_{column}_clock"
    make_clock(con, zones, first, last, into=clock)
    joined = f" JOIN {clock} ON {clock}.place = {place_in('p.zone_number', instant, first, last)}"
    return joined, local_day(instant, clock)


def place(
    con: duckdb.DuckDBPyConnection,
    table: str,
    fields: frozenset[str],
    definitions: Definitions,
    *,
    alias: str,
    name: str,
    order: str | None = None,
) -> Placed:
    """Make the small tables for `table` (called after `name`) and say how to join them.

    `fields`: which of country, billing_country, market, at, local_day the table has with values. `order`: the
    alias of a table with `order_market` and `order_country`, for rows that do not say their place themselves.
    """
    words = _word(fields, alias)
    if order is not None:
        theirs = f"'market ' || {order}.order_market || chr(10) || coalesce({order}.order_country, '')"
        words = f"coalesce({words}, {theirs})"
    _make_places(con, table, fields, definitions, alias, words, name)
    at_name, day_name = f"{alias}.{quoted('at')}", f"{alias}.local_day"
    joins = f"LEFT JOIN {name}_places p ON p.word IS NOT DISTINCT FROM {words}"
    if "at" not in fields:
        return Placed(joins, "p.market", "p.code", day_name, f"{day_name}::TIMESTAMP")
    joined, day = day_of(con, table, "at", alias=alias, name=name)
    joins += joined
    at = at_name
    if "local_day" in fields:
        day, at = f"coalesce({day_name}, {day})", f"coalesce({at_name}, {day_name}::TIMESTAMP)"
    return Placed(joins, "p.market", "p.code", day, at)


def _word(fields: frozenset[str], alias: str) -> str:
    """The text that the place is looked up by: a stated market, else the shipping, else the billing country."""
    names = [name for name in ("market", "country", "billing_country") if name in fields]
    pieces = [f"nullif(trim({alias}.{name}), '')" for name in names]
    if "market" in names:  # kept apart from countries: a market may be called like one
        pieces[0] = f"'market ' || {pieces[0]}"
        country = names[1:]
        if country:
            joined = ", ".join(f"nullif(trim({alias}.{n}), '')" for n in country)
            return f"coalesce({pieces[0]} || chr(10) || coalesce({joined}, ''), {joined})"
    return f"coalesce({', '.join(pieces)})" if pieces else "NULL::VARCHAR"


def _make_places(
    con: duckdb.DuckDBPyConnection, table: str, fields: frozenset[str], definitions: Definitions,
    alias: str, words: str, name: str,
) -> None:  # fmt: skip
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name}_words AS SELECT DISTINCT {words} AS word FROM {table} AS {alias}"
    )
    rows = []
    # Distinct words only: a few dozen.
    for (word,) in con.execute(f"SELECT word FROM {name}_words ORDER BY word").fetchall():
        stated, country = _taken_apart(word)
        code, where = place_of(country)
        rows.append((word, code, stated or definitions.market_of(where)))
    names = ("word", "code", "market", "zone")
    schema = pa.schema([(name, pa.string()) for name in names])
    found = small_table(schema, ((*row, definitions.zone_of(row[2])) for row in rows))
    con.register("_places", found)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name}_places AS "
        "SELECT *, (dense_rank() OVER (ORDER BY zone) - 1)::INTEGER AS zone_number FROM _places"
    )
    con.unregister("_places")
    shorten(con, f"{name}_places", ("code", "market"))


def _taken_apart(word: str | None) -> tuple[str | None, str | None]:
    """(stated market, country word) of what `_word` put together."""
    if word is None or not word.startswith("market "):
        return None, word
    stated, _, country = word.removeprefix("market ").partition("\n")
    return stated, country


def currency_or(fields: frozenset[str], alias: str, fallback: str | None) -> str:
    """SQL of a row's currency: its own in capitals, else the one given for all."""
    given = literal(fallback.upper()) if fallback else "NULL::VARCHAR"
    return f"coalesce(upper(trim({alias}.currency)), {given})" if "currency" in fields else given
