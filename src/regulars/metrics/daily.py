"""Sums that add up over days: by day first, then by period, so that overlapping periods cost nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from regulars.metrics.calendar import Calendar
from regulars.metrics.counted import CORE

BY_DAY = ibis.table(
    {
        "local_day": "date",
        "orders": "int64",
        "revenue": "decimal(38, 4)",
        "margin": "decimal(38, 4)",
        "margin_unknown": "int64",
    },
    name="orders_by_day",
)


def order_sums(orders: ir.Table, n: str, revenue: str, margin: str) -> dict[str, ir.Scalar]:
    """Orders, their revenue, their margin, and of how many it is not known (`<margin>_unknown`), under these names."""
    return {
        n: orders.count(),
        revenue: orders.revenue.sum(),
        margin: ibis.coalesce(orders.margin.sum(), 0).cast("decimal(38, 4)"),
        f"{margin}_unknown": orders.margin.isnull().cast("int64").sum(),
    }


def orders_by_day() -> ir.Table:
    """The counted orders of each day, whoever ordered: what totals of any period are added up from."""
    return CORE.group_by("local_day").agg(**order_sums(CORE, "orders", "revenue", "margin"))


def totals(calendar: Calendar, n: str, revenue: str, margin: str) -> ir.Table:
    """`order_sums` of all counted orders by period."""
    sums = {
        n: BY_DAY.orders.sum(),
        revenue: BY_DAY.revenue.sum(),
        margin: BY_DAY.margin.sum(),
        f"{margin}_unknown": BY_DAY.margin_unknown.sum(),
    }
    return in_periods(BY_DAY, calendar, (), sums)


def in_periods(
    table: ir.Table,
    calendar: Calendar,
    names: Sequence[str],
    sums: Mapping[str, ir.Scalar],
    *,
    day: str = "local_day",
) -> ir.Table:
    """The sums by period and `names`, of rows whose `day` lies in the period."""
    daily = table.group_by([day, *names]).agg(**sums)
    spans = calendar.spans
    joined = daily.join(spans, [daily[day] >= spans.period_start, daily[day] < spans.period_end])
    return _by_period(joined, names, sums)


def until_end(
    table: ir.Table, calendar: Calendar, names: Sequence[str], sums: Mapping[str, ir.Scalar], *, day: str
) -> ir.Table:
    """The sums by period and `names`, of rows whose `day` lies before the period's end."""
    daily = table.group_by([day, *names]).agg(**sums)
    joined = daily.join(calendar.spans, daily[day] < calendar.spans.period_end)
    return _by_period(joined, names, sums)


def _by_period(joined: ir.Table, names: Sequence[str], sums: Mapping[str, ir.Scalar]) -> ir.Table:
    totals = {name: joined[name].sum() for name in sums}
    # A sum of whole numbers is one again: the engines widen it differently.
    totals = {n: t.cast("int64") if joined[n].type().is_integer() else t for n, t in totals.items()}
    return joined.group_by(["period", *names]).agg(**totals)
