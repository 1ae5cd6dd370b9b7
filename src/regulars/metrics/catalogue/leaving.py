"""Who stopped being a customer, and how long they had been one: the observed tenure of those who left."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.metrics.calendar import Calendar
from regulars.metrics.contract import STRETCHES
from regulars.metrics.counted import CORE, CUSTOMER_BASE
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family
from regulars.metrics.numbering import later
from regulars.metrics.plan import Plan

_NEVER = date(9999, 12, 31)


def _left(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    """Who ceased to be a customer in a period and had not come back by its end."""
    ends = _ended_subscriptions() if plan.contract else _ended_windows(plan.window)
    # What has not happened by the as-of day is not known yet.
    ends = ends.filter(ends.left_day < ibis.literal(plan.as_of, "date"))
    rows = by.attach(ends, "customers")
    spans = calendar.spans
    inside = [rows.left_day >= spans.period_start, rows.left_day < spans.period_end]
    pairs = rows.join(spans, inside)
    away = pairs.filter(pairs.next_day.isnull() | (pairs.next_day >= pairs.period_end))
    return away.group_by(["period", *by.names]).agg(
        left=away.count(), tenure_days=days_between(away.left_day, away.first_day).sum().cast("int64")
    )


def _ended_windows(window: int) -> ir.Table:
    """One row for each time that the activity window after an order ended without another order."""
    base = CUSTOMER_BASE.select(member="customer", first_day="first_day", last_day="last_day")
    final = base.select(
        customer="member", first_day="first_day", left_day=later(base.last_day, window),
        next_day=ibis.null("date"),
    )  # fmt: skip
    pauses = CORE.filter(days_between(CORE.local_day, CORE.previous_day) > window)
    paused = pauses.join(base, pauses.customer == base.member)
    return final.union(
        paused.select(
            customer=paused.customer, first_day=paused.first_day,
            left_day=later(paused.previous_day, window), next_day=paused.local_day,
        )
    )  # fmt: skip


def _ended_subscriptions() -> ir.Table:
    """One row for each time that the last running subscription of a customer ended."""
    so_far = ibis.window(group_by=STRETCHES.customer, order_by=STRETCHES.nth, following=0)
    until = STRETCHES.ended_day.fill_null(ibis.literal(_NEVER, "date"))
    rows = STRETCHES.select(
        "customer", "next_day", first_day=STRETCHES.started_day.min().over(so_far),
        left_day=until.max().over(so_far),
    )  # fmt: skip
    return rows.filter(rows.next_day.isnull() | (rows.next_day > rows.left_day)).select(
        "customer", "first_day", "left_day", "next_day"
    )


LEFT = Family("left", "customers", _left, needs=("presence",), adds_up=True)
