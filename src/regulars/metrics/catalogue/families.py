"""The families of sums about customers and orders that several groups of figures share."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from regulars.metrics import contract
from regulars.metrics.activity import KINDS, activity_table, customers_by_period, masked
from regulars.metrics.calendar import Calendar
from regulars.metrics.counted import CORE
from regulars.metrics.daily import in_periods, order_sums, totals
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family
from regulars.metrics.plan import Plan

Bit = Callable[[str, ir.IntegerColumn], ir.BooleanValue]


def presence_masks(plan: Plan, calendar: Calendar) -> ir.Table:
    """The masks that say who is a customer: from orders, or with contract from subscriptions."""
    if plan.contract:
        return masked(calendar, contract.PRESENCE_MASKS, contract.presence_name(calendar))
    return activity_table(calendar)


def _movements(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    table = by.attach(presence_masks(plan, calendar), "customers")
    kinds = contract.PRESENCE_MASKS if plan.contract else KINDS
    states = _contract_states if plan.contract else _order_states
    return customers_by_period(table, calendar, by.names, kinds, states)


def _states(bit: Bit, spans: ir.Table) -> dict[str, ir.BooleanValue]:
    start, end = bit("at", spans.start_bit), bit("at", spans.end_bit)
    first, there = bit("new", spans.within_bit), bit("within", spans.within_bit)
    return {
        "start": start,
        "end": end,
        "kept": start & end,
        "lost": start & ~end,
        "won": ~start & end,
        "won_first": ~start & end & first,
        "won_back": ~start & end & ~first,
        "new": first,
        "came_and_went": there & ~start & ~end,
    }


def _order_states(bit: Bit, spans: ir.Table) -> dict[str, ir.BooleanValue]:
    states = _states(bit, spans)
    return states | {
        "by_construction": states["kept"] & bit("edge", spans.within_bit),
        "ordered_again": states["start"] & bit("within", spans.within_bit),
    }


def _contract_states(bit: Bit, spans: ir.Table) -> dict[str, ir.BooleanValue]:
    states = _states(bit, spans)
    failed = bit("failed", spans.within_bit)
    return states | {
        "lost_involuntary": states["lost"] & failed,
        "lost_voluntary": states["lost"] & ~failed & bit("cancelled", spans.within_bit),
    }


def _buyers(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    table = by.attach(activity_table(calendar), "customers")

    def states(bit: Bit, spans: ir.Table) -> dict[str, ir.BooleanValue]:
        return {"buyers": bit("within", spans.within_bit), "repeat_buyers": bit("again", spans.within_bit)}

    return customers_by_period(table, calendar, by.names, ("within", "again"), states)


def _purchases(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    if not by.names:
        return totals(calendar, "purchases", "spend", "spend_margin")
    orders = by.attach(CORE.select("customer", "local_day", "revenue", "margin"), "customers")
    return in_periods(orders, calendar, by.names, order_sums(orders, "purchases", "spend", "spend_margin"))


def _sales(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    if not by.names:
        return totals(calendar, "orders", "revenue", "margin")
    orders = by.orders()
    return in_periods(orders, calendar, by.names, order_sums(orders, "orders", "revenue", "margin"))


def _refunds(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    refunds = by.refunds()
    sums = {
        "refunds": refunds.revenue.sum(),
        "refunds_unattributed": ibis.coalesce(refunds.revenue.sum(where=~refunds.attributed), 0).cast(
            "decimal(38, 4)"
        ),
        "refunds_undated": (~refunds.day_known.fill_null(True)).cast("int64").sum(),
    }
    return in_periods(refunds, calendar, by.names, sums)


# Who is a customer when: counts of customers, by home market.
MOVEMENTS = Family("movements", "customers", _movements, needs=("presence",), adds_up=True)
# Who ordered in the period.
BUYERS = Family("buyers", "customers", _buyers, adds_up=True)
# Orders and money of customers, by their home market.
PURCHASES = Family("purchases", "customers", _purchases, adds_up=True)
# Orders and money, by the order's market.
SALES = Family("sales", "orders", _sales, adds_up=True)
REFUNDED = Family("refunds", "refunds", _refunds, adds_up=True)
