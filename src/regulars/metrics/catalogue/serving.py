"""K24, what it costs to serve customers, by how long they have been one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import ibis.expr.types as ir

from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue.build import total
from regulars.metrics.catalogue.costs import spend_by_days
from regulars.metrics.catalogue.money import TENURE_CUSTOMERS, with_tenure
from regulars.metrics.daily import in_periods
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family, Figure, Number, Record
from regulars.metrics.plan import Plan

_SERVING = ("service", "shipping")


def _tenure_costs(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    """Spend by the number of days that it is for, beside the period's orders by tenure and in all."""
    orders = with_tenure(by.orders().select("customer", "local_day", *by.names))
    keys = ["period", *by.names]
    counts = in_periods(orders, calendar, (*by.names, "tenure"), {"n": orders.count()})
    every = counts.group_by(keys).agg(every=counts.n.sum().cast("int64"))
    spend = spend_by_days(plan, calendar, by)
    spend = spend.filter(spend.purpose.isin(_SERVING))
    spend = spend.group_by([*keys, "cost_days"]).agg(weighted=spend.weighted.sum().cast("decimal(38, 4)"))
    rows = counts.join(every, [counts[key].identical_to(every[key]) for key in keys])
    rows = rows.select(counts, every.every)
    rows = rows.join(spend, [rows[key].identical_to(spend[key]) for key in keys])
    return rows.select(*counts.columns, "every", "cost_days", "weighted")


def _shared(records: Iterable[Record]) -> dict[str, Number]:
    """The tenure's part of the spend. Divided here: engines divide differently."""
    parts = (Decimal(r["weighted"]) / r["cost_days"] * r["n"] / r["every"] for r in records)
    return {"serving_cost": sum(parts, Decimal(0))}


TENURE_COSTS = Family(
    "tenure_costs", "costs", _tenure_costs, needs=("orders", "costs"), own=("tenure",),
    unknown_if_empty=frozenset(("serving_cost",)), fold=_shared,
)  # fmt: skip

FIGURES = (
    Figure(
        "cost_to_serve_by_tenure", "K24", "Cost to serve by tenure",
        "Spend on service and shipping per buyer, by time since the buyer's first order. Costs are not known by "
        "customer, so each order of the period bears the same part of them.",
        "(service + shipping spend) x orders of the tenure / orders / buyers, by tenure",
        "money", "down", (TENURE_COSTS, TENURE_CUSTOMERS), total("serving_cost"), total("tenure_customers"),
    ),
)  # fmt: skip
