"""The customers as lists show them: one row a customer, prepared with each snapshot and read by every page with people."""

from __future__ import annotations

from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CUSTOMER_BASE
from regulars.metrics.rfm import rfm_customers
from regulars.metrics.segments.standard import everyone

NAME = "listing"
# `revenue` is after refunds; `average_order_value` before, as AOV is; `gap`: mean days between order days.
LISTING = ibis.table(
    {
        "customer": "int64",
        "orders": "int64",
        "revenue": "decimal(18, 4)",
        "average_order_value": "decimal(18, 4)",
        "first_day": "date",
        "last_day": "date",
        "gap": "float64",
        "market": "string",
        "country": "string",
        "channel": "string",
        "rfm_group": "string",
    },
    name=NAME,
)


def listing(analysis: Analysis) -> ir.Table:
    """The rows of LISTING: everyone with a counted order, and who is known without one (no market, no group)."""
    analysis.prepare()
    nothing = ibis.literal(Decimal(0), "decimal(18, 4)")
    base = CUSTOMER_BASE
    scored = rfm_customers(analysis).select(scored="customer", net="revenue", rfm_group="rfm_group")
    people = everyone(analysis).select(person="customer")
    joined = people.left_join(base, people.person == base.customer)
    joined = joined.left_join(scored, people.person == scored.scored)
    span = days_between(joined.last_day, joined.first_day).cast("float64")
    return joined.select(
        customer=joined.person,
        orders=joined.orders.fill_null(0).cast("int64"),
        revenue=joined.net.fill_null(nothing).cast("decimal(18, 4)"),
        average_order_value=(joined.revenue.cast("float64") / joined.orders).cast("decimal(18, 4)"),
        first_day=joined.first_day,
        last_day=joined.last_day,
        gap=span / (joined.order_days - 1).nullif(0),
        market=joined.market,
        country=joined.country,
        channel=joined.channel,
        rfm_group=joined.rfm_group,
    )
