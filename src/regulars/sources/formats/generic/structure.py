"""Is a row an order or a line of one, and which amounts belong to the line, which to the whole order?

The classic trap is an order's total that stands on each of its lines: adding it up would multiply revenue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from regulars.lake.engines.duck import quoted
from regulars.sources.formats.generic.columns import Found
from regulars.sources.loading.ask import one
from regulars.sources.loading.written import point_of
from regulars.sources.mapping.parsers import Style, number
from regulars.sources.reading.raw import RawTable

LOOK = 200_000  # first rows of a larger file; lines of an order stand near each other
_ACCIDENT = 0.1  # lines of one order may have equal amounts by accident, but not in so many of the orders
_NEAR = "{a} IS NOT NULL AND abs({a} - {b}) <= 0.011 + 0.01 * abs({b})"


@dataclass(frozen=True)
class Structure:
    """`several`: orders with more than one row. `by_line`: columns that differ between the rows of an order."""

    rows: int
    orders: int
    several: int
    by_line: frozenset[str] = field(default_factory=frozenset)

    @property
    def share_several(self) -> float:
        return self.several / self.orders if self.orders else 0.0


def structure(con: duckdb.DuckDBPyConnection, raw: RawTable, order: str, columns: Sequence[str]) -> Structure:
    """How the rows of an order relate; `columns` are those of which it matters whether they are the line's."""
    key = f"{quoted(order)}::VARCHAR"
    head = f"(FROM {quoted(raw.relation)} WHERE {key} IS NOT NULL AND {key} <> '' LIMIT {LOOK})"
    differing = [f"count(DISTINCT {quoted(c)}::VARCHAR) AS d{n}" for n, c in enumerate(columns)]
    grouped = f"SELECT count(*) AS rows, {', '.join(differing) or '1'} FROM {head} GROUP BY {key}"
    # Only orders whose cells are filled can tell; an amount on the first line alone is the order's.
    asked = [f"count(*) FILTER (rows > 1 AND d{n} > 1)" for n in range(len(columns))]
    found = one(
        con,
        f"SELECT coalesce(sum(rows), 0)::BIGINT, count(*), count(*) FILTER (rows > 1){''.join(', ' + a for a in asked)} FROM ({grouped})",
    )
    rows, orders, several = found[:3]
    by_line = {
        c for c, differ in zip(columns, found[3:], strict=True) if differ > _ACCIDENT * max(several, 1)
    }
    return Structure(rows, orders, several, frozenset(by_line))


def price_is_of_line(
    con: duckdb.DuckDBPyConnection, raw: RawTable, price: str, quantity: str, group: str | None
) -> bool:
    """Whether a price grows with the quantity: then it is the line's, whatever it is called.

    Within one product (or category) the price a piece is alike, the price of a line is not.
    """
    if group is None:
        return False
    p, q = amount_sql(con, raw, price), amount_sql(con, raw, quantity)
    whole, piece = one(
        con,
        f"""SELECT coalesce(sum(whole), 0), coalesce(sum(piece), 0) FROM (
            SELECT count(DISTINCT p) AS whole, count(DISTINCT round(p / q, 2)) AS piece
            FROM (SELECT {quoted(group)}::VARCHAR AS g, ({p})::DOUBLE AS p, ({q})::DOUBLE AS q
                  FROM {quoted(raw.relation)} LIMIT {LOOK})
            WHERE p > 0 AND q >= 1 GROUP BY g HAVING count(DISTINCT q) > 1)""",
    )
    return bool(whole >= 3 and piece * 1.6 < whole)


def price_matches(
    con: duckdb.DuckDBPyConnection, raw: RawTable, found: Found, order: str | None
) -> tuple[float, float]:
    """Shares of rows (of orders, if `order` is given) whose total less shipping is quantity x price, and is the price.

    `found` has price, quantity and total. Only rows with a quantity other than one can tell.
    """
    p, q, t = (amount_sql(con, raw, found.columns[name]) for name in ("price", "quantity", "total"))
    if "shipping" in found:
        t = f"{t} - coalesce({amount_sql(con, raw, found.columns['shipping'])}, 0)"
    rows = f"(SELECT *, _row AS n FROM (FROM {quoted(raw.relation)} LIMIT {LOOK}))"
    key = f"{quoted(order)}::VARCHAR" if order else "n"
    times, alone, told = one(
        con,
        f"""WITH sums AS (SELECT sum(({p})::DOUBLE * ({q})::DOUBLE) AS x, sum(({p})::DOUBLE) AS y, max(({t})::DOUBLE) AS t,
            max(({q})::DOUBLE) AS most FROM {rows} GROUP BY {key})
        SELECT count(*) FILTER ({_NEAR.format(a="x", b="t")}), count(*) FILTER ({_NEAR.format(a="y", b="t")}), count(*)
        FROM sums WHERE most > 1 AND t <> 0""",
    )
    return (times / told, alone / told) if told else (0.0, 0.0)


def amount_sql(con: duckdb.DuckDBPyConnection, raw: RawTable, column: str) -> str:
    """A column as a number, the way the load will read it."""
    kind = raw[column].type
    point = point_of(con, raw, column) if raw[column].is_text else None
    return number(quoted(column), kind, "DECIMAL(18,4)", Style(decimal=point))
