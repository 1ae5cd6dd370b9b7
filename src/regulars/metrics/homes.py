"""Who is known at all: one row a customer with the home market and what else a customer figure is split by."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.lake.tables import CUSTOMERS
from regulars.metrics.counted import CUSTOMER_BASE

HOMES = ibis.table(
    {
        "customer": "int64",
        "first_day": "date",
        "market": "string",
        "country": "string",
        "channel": "string",
        "referred_by": "int64",
    },
    name="homes",
)


def from_orders() -> ir.Table:
    """Without contract: everybody with a counted order; first day is that of the first one."""
    return CUSTOMER_BASE.select(*HOMES.columns)


def from_subscriptions() -> ir.Table:
    """With contract: everybody with a subscription; first day is that of the first one, and so is the market."""
    stretches = ibis.table(
        {"customer": "int64", "started_day": "date", "market": "string", "country": "string", "nth": "int64"},
        name="stretches",
    )
    first = stretches.filter(stretches.nth == 1)
    stated = CUSTOMERS.ibis
    joined = first.left_join(stated, first.customer == stated.customer)
    return joined.select(
        customer=first.customer,
        first_day=first.started_day,
        market=ibis.coalesce(stated.market, first.market),
        country=ibis.coalesce(stated.country, first.country),
        channel=stated.acquisition_channel,
        referred_by=stated.referred_by,
    )
