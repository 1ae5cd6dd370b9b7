"""Sums that add up over days: by day first, then by period, so that overlapping periods cost nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir

from regulars.metrics.calendar import Calendar


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
