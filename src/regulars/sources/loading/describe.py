"""The import summary, coverage and currencies, from the tables that the pipeline left behind."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb

from regulars.kernel.definitions import SourceCoverage
from regulars.lake.bits import how_many
from regulars.lake.engines.duck import literal
from regulars.lake.tables import TABLES
from regulars.sources.field_words import BY_FORMAT, BY_MAPPING, wording
from regulars.sources.loading.ask import is_empty, one
from regulars.sources.loading.payment import state_counts
from regulars.sources.loading.quality import quality_notes
from regulars.sources.loading.stage import Part
from regulars.sources.loading.summary import (
    Amount,
    FileSummary,
    ImportSummary,
    ReasonCount,
    Recognised,
    SourceSummary,
    TableCount,
    TaxCounts,
)
from regulars.sources.messages import (
    CONDITION,
    CURRENCIES,
    NEITHER,
    NO_CURRENCY,
    TAX_UNKNOWN,
    Message,
    understood,
)

if TYPE_CHECKING:
    from regulars.sources.loading.pipeline import Work

# The last day of an export says little of when it was made; facts of these tables show that the shop was there.
_DATED = ("orders", "payments", "events", "tickets", "feedback", "messages", "points")


def describe(work: Work) -> tuple[ImportSummary, tuple[SourceCoverage, ...], tuple[str, ...]]:
    """The summary of what stands in the engine, the coverage of each source, and the currencies, most orders first."""
    con = work.con
    with_orders = "orders" in work.parts
    _take_census(con, with_orders)
    coverage = _coverage(work)
    currencies = tuple(
        row[0]
        for row in con.execute(
            "SELECT currency FROM census WHERE _doc = 'order' AND currency IS NOT NULL GROUP BY 1 ORDER BY sum(n) DESC, 1"
        ).fetchall()
    )
    summary = ImportSummary(
        files=tuple(_file(work, number) for number in range(len(work.opened))),
        sources=tuple(_source(work, one) for one in coverage),
        tables=tuple(_table_counts(con)),
        quality=quality_notes(con, work.definitions) if with_orders else (),
        warnings=(*work.warnings, *_warnings(con, currencies)),
        new_customers=work.new_customers,
        rejects_file=str(work.options.rejects)
        if work.options.rejects and not is_empty(con, "rejects")
        else None,
    )
    return summary, coverage, currencies


def _take_census(con: duckdb.DuckDBPyConnection, with_orders: bool) -> None:
    """Make `census`: settled orders and refunds, counted once by all that the summary asks for."""
    nothing = "SELECT *, 0 AS _file, 'order' AS _doc FROM orders WHERE false"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE census AS SELECT source, _file, _doc, currency, tax_included, tax = 0 AS untaxed,
            customer IS NULL AS nobody, count(*) AS n, sum(total) AS total, min(local_day) AS first, max(local_day) AS last
        FROM {"settled" if with_orders else f"({nothing})"} GROUP BY ALL"""
    )


def amounts(rows: list[tuple[Any, ...]]) -> tuple[Amount, ...]:
    """(currency, sum) rows as amounts, the null sums left out."""
    return tuple(Amount(currency, amount) for currency, amount in rows if amount is not None)


def _coverage(work: Work) -> tuple[SourceCoverage, ...]:
    """First and last local day of each source's dated facts, unless set by hand."""
    union = " UNION ALL ".join(
        f"SELECT source, min(local_day) AS first, max(local_day) AS last FROM {name} "
        f"{'WHERE day_known IS NOT false ' if name == 'payments' else ''}GROUP BY source"
        for name in _DATED
        if name != "orders"
    )
    orders = "SELECT source, min(first) AS first, max(last) AS last FROM census WHERE _doc = 'order' GROUP BY source"
    subscriptions = "SELECT source, min(started_day), greatest(max(started_day), max(ended_day - 1)) FROM subscriptions GROUP BY source"
    rows = work.con.execute(
        f"SELECT source, min(first), max(last) FROM ({orders} UNION ALL {union} UNION ALL {subscriptions}) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    by_hand = {one.source: one for one in work.definitions.coverage}
    found = []
    for source, first, last in rows:
        stated = by_hand.get(source, SourceCoverage(source))
        found.append(SourceCoverage(source, stated.first or first, stated.last or last, stated.opened))
    return tuple(found)


def _file(work: Work, number: int) -> FileSummary:
    file, raw, choice = work.opened[number]
    con, where = work.con, literal(work.opened[number][1].where)
    parts = [part for found in work.parts.values() for part in found if part.file == number]
    rejected = con.execute(
        f'SELECT reason, count(DISTINCT "row") FROM rejects WHERE "file" = {where} GROUP BY 1 ORDER BY 2 DESC, 1'
    ).fetchall()
    (bad,) = one(con, f'SELECT count(DISTINCT "row") FROM rejects WHERE "file" = {where}')
    left_out, dropped = 0, 0
    totals: tuple[Amount, ...] = ()
    if any(part.feed.table == "orders" for part in parts):
        (left_out,) = one(con, f"SELECT count(DISTINCT _row) FROM left_out WHERE _file = {number}")
        (dropped,) = one(con, f"SELECT coalesce(sum(rows), 0)::BIGINT FROM dropped WHERE _file = {number}")
        totals = amounts(
            con.execute(
                f"SELECT currency, sum(total) FROM census WHERE _file = {number} GROUP BY 1 ORDER BY 1"
            ).fetchall()
        )
    skipped = _skipped(work, number, parts)
    reasons = ((NEITHER, left_out), (CONDITION, skipped))
    used_columns = {column: field for part in parts for column, field in part.staged.used}
    how = dict(choice.mapping.found)
    default = BY_MAPPING if choice.declared else Message(BY_FORMAT, format=choice.format)
    return FileSummary(
        file=raw.where,
        source=file.source,
        format=choice.format,
        feeds=tuple(dict.fromkeys(part.feed.table for part in parts)),
        rows=raw.rows + raw.rejected,
        used=raw.rows - max(bad - raw.rejected, 0) - left_out - skipped - dropped if parts else 0,
        rejected=tuple(ReasonCount(understood(reason), rows) for reason, rows in rejected),
        left_out=tuple(ReasonCount(Message(reason), rows) for reason, rows in reasons if rows),
        duplicates=dropped,
        recognised=tuple(
            Recognised(column, wording(field), how.get(column, default))
            for column, field in used_columns.items()
        ),
        unused_columns=tuple(
            name for name in raw.names if name not in {*used_columns, *(part.feed.each for part in parts)}
        ),
        totals=totals,
    )


def _skipped(work: Work, number: int, parts: list[Part]) -> int:
    """How many rows of a file no feed took, because of its conditions."""
    if not parts or not all(part.may_skip for part in parts):
        return 0
    (taken,) = one(work.con, f"SELECT count(DISTINCT _row) FROM taken WHERE _file = {number}")
    return work.opened[number][1].rows - int(taken)


def _source(work: Work, covered: SourceCoverage) -> SourceSummary:
    con, name = work.con, literal(covered.source)
    orders, without, included, excluded, no_tax = one(
        con,
        f"""SELECT coalesce(sum(n), 0)::BIGINT, coalesce(sum(n) FILTER (nobody), 0)::BIGINT,
        coalesce(sum(n) FILTER (tax_included), 0)::BIGINT, coalesce(sum(n) FILTER (NOT tax_included), 0)::BIGINT,
        coalesce(sum(n) FILTER (untaxed AND tax_included IS NULL), 0)::BIGINT
        FROM census WHERE _doc = 'order' AND source = {name}""",
    )
    customers = how_many(con, "customer", f"orders WHERE source = {name}")
    refunds, undated = one(
        con,
        "SELECT count(*), count(*) FILTER (day_known = false) FROM payments "
        f"WHERE source = {name} AND kind = 'refund'",
    )
    last: date | None = covered.last
    return SourceSummary(
        source=covered.source,
        first=covered.first,
        last=last,
        orders=orders,
        customers=customers,
        without_customer=without,
        refunds=refunds,
        refunds_without_date=undated,
        payment=state_counts(con, covered.source, work.definitions, last) if last and orders else (),
        tax=TaxCounts(included, excluded, no_tax, orders - included - excluded - no_tax),
    )


def _table_counts(con: duckdb.DuckDBPyConnection) -> list[TableCount]:
    counts = [(name, one(con, f"SELECT count(*) FROM {name}")[0]) for name in TABLES]
    return [TableCount(name, rows) for name, rows in counts if rows]


def _warnings(con: duckdb.DuckDBPyConnection, currencies: tuple[str, ...]) -> list[str]:
    said: list[str] = []
    orders, unknown, no_currency = one(
        con,
        "SELECT coalesce(sum(n), 0)::BIGINT, "
        "coalesce(sum(n) FILTER (tax_included IS NULL AND untaxed IS DISTINCT FROM true), 0)::BIGINT, "
        "coalesce(sum(n) FILTER (currency IS NULL), 0)::BIGINT FROM census WHERE _doc = 'order'",
    )
    if unknown:
        said.append(Message(TAX_UNKNOWN, orders=unknown, all=orders))
    if no_currency:
        said.append(Message(NO_CURRENCY, orders=no_currency))
    if len(currencies) > 1:
        said.append(Message(CURRENCIES, currencies=", ".join(currencies)))
    return said
