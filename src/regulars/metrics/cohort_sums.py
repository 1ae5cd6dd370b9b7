"""The sums behind cohorts, counted in the engine by (cohort, first period, offset): customers never leave it.

Distinct customers are counted without `count(distinct)`: an order is its buyer's first in a period where the order before
it fell in an earlier period. Who is still a customer is counted the same way: each order covers the boundaries up to W
days after it; those that the order before it did not cover are its own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Literal

import ibis
import ibis.expr.types as ir

from regulars.kernel.periods import Grain
from regulars.lake.tables import CUSTOMERS
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE, COUNTED, CUSTOMER_BASE, JUDGED, with_aliases
from regulars.metrics.coverage import Coverage
from regulars.metrics.daily import BY_DAY
from regulars.metrics.margin import goods_lines
from regulars.metrics.numbering import later, numbered
from regulars.metrics.refunded import REFUNDS

By = Literal["first_order", "sign_up", "market", "country", "channel", "category", "discounted"]
TIMED: tuple[By, ...] = ("first_order", "sign_up")  # cohorts that are stretches of time
ALREADY_THERE = "already there"
UNKNOWN = "unknown"
_ALREADY_THERE = -1

# (cohort key, number of the first period)
Start = tuple[str, int]
# Start -> offset -> amount
Series = dict[Start, dict[int, Decimal]]


@dataclass
class CohortSums:
    """Sizes and, for the measures asked for, sums by offset. Keys of timed cohorts are period numbers as text."""

    sizes: dict[Start, int] = field(default_factory=dict)
    unknown: int = 0
    reach: Series = field(default_factory=dict)
    returned: Series = field(default_factory=dict)
    retained: Series = field(default_factory=dict)
    orders: Series = field(default_factory=dict)
    revenue: Series = field(default_factory=dict)
    margin: Series = field(default_factory=dict)
    margin_known: bool = False


def collect(
    analysis: Analysis, grain: Grain, by: By, offset_grain: Grain, measures: frozenset[str]
) -> CohortSums:
    """Run the queries that `measures` need."""
    analysis.prepare()
    members = members_of(analysis, grain, by, offset_grain)
    sums = CohortSums()
    sizes = members.group_by(["cohort", "p"]).agg(n=members.count())
    for row in analysis.run(sizes).to_pylist():
        if row["cohort"] == UNKNOWN:
            sums.unknown += row["n"]
        else:
            sums.sizes[_start(row)] = row["n"]
    money = bool(measures & {"orders", "revenue", "margin"})
    if money or "customers" in measures:
        _collect_orders(analysis, members, offset_grain, sums, money=money)
    if "returned" in measures:
        sums.returned = _series(analysis, returned(members, offset_grain), "n")
    if "retained" in measures:
        sums.retained = _retained(analysis, members, offset_grain)
    return sums


def members_of(analysis: Analysis, grain: Grain, by: By, offset_grain: Grain) -> ir.Table:
    """Who is in which cohort: `customer`, `cohort`, `p` (number of the period in which they began).

    `cohort` is the number of a period, -1 for already there, where cohorts are stretches of time; else a text.
    """
    if by == "sign_up":
        begun = _signed_up(analysis)
        there = begun.began < ibis.literal(analysis.coverage.first, "date")
    else:
        begun = _first_orders(by, analysis.coverage)
        there = _already_there(begun, analysis.coverage, analysis.window)
    if by in TIMED:
        # Whole numbers: grouping ten million rows by a text costs several times as much.
        cohort = ibis.ifelse(there, _ALREADY_THERE, numbered(begun.began, grain))
    else:
        cohort = ibis.ifelse(there, ALREADY_THERE, begun.value.fill_null(UNKNOWN))
    members = begun.select("customer", cohort=cohort, p=numbered(begun.began, offset_grain))
    # Several categories in a first order make one row each, but 'already there' is one cohort.
    return members.distinct() if by == "category" else members


def _signed_up(analysis: Analysis) -> ir.Table:
    """`customer`, `began`: everyone whose first known day is known, with or without an order."""
    table = with_aliases(CUSTOMERS.ibis) if analysis.merged else CUSTOMERS.ibis
    return table.filter(table.first_seen.notnull()).group_by("customer").agg(began=table.first_seen.min())


def _first_orders(by: By, coverage: Coverage) -> ir.Table:
    """`customer`, `source`, `began` and, for cohorts by value, `value`: from each customer's first counted order."""
    sources = {source.source for source in coverage.sources if source.fact == "orders"}
    if by == "first_order" and len(sources) == 1:
        return CUSTOMER_BASE.select("customer", source=ibis.literal(sources.pop()), began="first_day")
    first = COUNTED.filter(COUNTED.nth == 1)
    columns = {"customer": first.customer, "source": first.source, "began": first.local_day}
    if by == "first_order":
        return first.select(**columns)
    if by == "discounted":
        return first.select(**columns, value=first.discounted.ifelse("yes", "no"))
    if by == "category":
        bought = _first_categories()
        return first.left_join(bought, first.customer == bought.buyer).select(**columns, value=bought.value)
    base = CUSTOMER_BASE.select(known="customer", value=by)
    return first.join(base, first.customer == base.known).select(**columns, value=base.value)


def _first_categories() -> ir.Table:
    """`buyer`, `value`: each category of goods bought on the day of the customer's first counted order."""
    orders = JUDGED.filter(JUDGED.reason.isnull())
    base = CUSTOMER_BASE.select(buyer="customer", first_day="first_day")
    firsts = orders.join(base, [orders.customer == base.buyer, orders.local_day == base.first_day])
    lines = goods_lines()
    goods = lines.filter((lines.kind.fill_null("goods") == "goods") & lines.category.notnull())
    same = [firsts.source == goods.source, firsts.order_id == goods.order_id]
    return firsts.join(goods, same).select(buyer=firsts.buyer, value=goods.category).distinct()


def _already_there(begun: ir.Table, coverage: Coverage, window: int) -> ir.BooleanValue:
    """Began within the first W days of their source's data, so they may have been customers before it."""
    limits = [
        (
            begun.source == source.source,
            begun.began < ibis.literal(source.first + timedelta(days=window), "date"),
        )
        for source in coverage.sources
        if source.fact == "orders" and not source.opened
    ]
    return ibis.cases(*limits, else_=False) if limits else ibis.literal(False)


def _joined(table: ir.Table, members: ir.Table) -> ir.Table:
    who = members.select(member="customer", cohort="cohort", p="p")
    return table.join(who, table.customer == who.member)


def ordered(members: ir.Table, grain: Grain, *, money: bool) -> ir.Table:
    """By `cohort`, `p`, `k`: `reach` customers who ordered; with `money` also `orders`, `revenue`, `margin`, and
    `unknown` orders without a margin."""
    table = _joined(CORE, members)
    days = _days(grain)
    table = table.join(days, table.local_day == days.day)
    # The order before is one of these days as well: it lies in an earlier period if before the first of this one.
    first_in_period = (table.previous_day < table.first_day).fill_null(True)
    sums: dict[str, ir.Scalar] = {"reach": first_in_period.cast("int64").sum()}
    if money:
        sums |= {
            "orders": table.count(),
            "revenue": table.revenue.sum(),
            "margin": table.margin.sum(),
            "unknown": table.margin.isnull().cast("int64").sum(),
        }
    return table.group_by("cohort", "p", k=(table.period - table.p).cast("int64")).agg(**sums)


def _days(grain: Grain) -> ir.Table:
    """The days with orders, the number of each one's period and the first of them in it. Looking a day up in so small
    a table takes a fraction of the time that taking it apart does."""
    days = BY_DAY.select(day="local_day", period=numbered(BY_DAY.local_day, grain))
    return days.mutate(first_day=days.day.min().over(ibis.window(group_by=days.period)))


def refunded(members: ir.Table, grain: Grain) -> ir.Table:
    """By `cohort`, `p`, `k`: `n`, the refunds that belong to a customer with a counted order before."""
    table = _joined(REFUNDS.filter(REFUNDS.attributed), members)
    k = (numbered(table.local_day, grain) - table.p).cast("int64")
    return table.group_by("cohort", "p", k=k).agg(n=table.revenue.sum())


def returned(members: ir.Table, grain: Grain) -> ir.Table:
    """By `cohort`, `p`, `k`: `n` customers whose second order fell in that period."""
    table = _joined(CUSTOMER_BASE.filter(CUSTOMER_BASE.second_day.notnull()), members)
    k = (numbered(table.second_day, grain) - table.p).cast("int64")
    return table.group_by("cohort", "p", k=k).agg(n=table.count())


def covering(members: ir.Table, grain: Grain, window: int) -> ir.Table:
    """By `cohort`, `p`, `after`, `upto`: `n` orders that alone make their buyer a customer at the first moment of the
    periods numbered after + 1 .. upto."""
    table = _joined(CORE, members)
    own = numbered(table.local_day, grain)
    before = numbered(later(table.previous_day, window), grain)
    after = ibis.greatest(own, before.fill_null(own))
    upto = numbered(later(table.local_day, window), grain)
    ranges = table.select("cohort", "p", after=after, upto=upto)
    ranges = ranges.filter(ranges.after < ranges.upto)
    return ranges.group_by(["cohort", "p", "after", "upto"]).agg(n=ranges.count())


def _collect_orders(
    analysis: Analysis, members: ir.Table, grain: Grain, sums: CohortSums, *, money: bool
) -> None:
    unknown = 0
    names = ("reach", "orders", "revenue", "margin") if money else ("reach",)
    for row in analysis.run(ordered(members, grain, money=money)).to_pylist():
        unknown += row.get("unknown", 0)
        for name in names:
            _add(getattr(sums, name), row, row[name])
    if not money:
        return
    sums.margin_known = unknown == 0
    share = _total(sums.margin) / (_total(sums.revenue) or Decimal(1))
    for row in analysis.run(refunded(members, grain)).to_pylist():
        _add(sums.revenue, row, -row["n"])
        # What a refund takes from the margin is not in the data: the mean share of margin of these orders.
        _add(sums.margin, row, -row["n"] * share)


def _total(series: Series) -> Decimal:
    return sum((amount for of in series.values() for amount in of.values()), Decimal(0))


def _retained(analysis: Analysis, members: ir.Table, grain: Grain) -> Series:
    """Customers at the end of each period: running sums over where the covered ranges begin and end."""
    found: Series = {}
    steps: dict[Start, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in analysis.run(covering(members, grain, analysis.window)).to_pylist():
        start = _start(row)
        # The end of period k is the first moment of period k + 1.
        steps[start][row["after"] - row["p"]] += row["n"]
        steps[start][row["upto"] - row["p"]] -= row["n"]
    for start, changes in steps.items():
        running, series = 0, {}
        for k in range(min(changes), max(changes) + 1):
            running += changes.get(k, 0)
            series[k] = Decimal(running)
        found[start] = series
    return found


def _series(analysis: Analysis, expression: ir.Table, column: str) -> Series:
    found: Series = {}
    for row in analysis.run(expression).to_pylist():
        _add(found, row, row[column])
    return found


def _add(series: Series, row: dict[str, object], amount: object) -> None:
    """Add an amount at the row's cohort and offset."""
    of = series.setdefault(_start(row), {})
    k = int(str(row["k"]))
    of[k] = of.get(k, Decimal(0)) + Decimal(str(amount or 0))


def _start(row: dict[str, object]) -> Start:
    cohort = ALREADY_THERE if row["cohort"] == _ALREADY_THERE else str(row["cohort"])
    return cohort, int(str(row["p"]))
