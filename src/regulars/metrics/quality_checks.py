"""The checks of data quality as expressions: each one row with `found`, `orders` and `revenue` (before refunds)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.metrics.counted import CORE, CUSTOMER_BASE, JUDGED

HOUSE_ORDERS = 100
HOUSE_SHARE = Decimal("0.01")
LARGE = 20
STALE_DAYS = 31
_EARLIEST = date(1995, 1, 1)  # no shop sold on the web before


def impossible_days(as_of: date) -> ir.Table:
    late = ibis.literal(as_of + timedelta(days=366), "date")
    early = ibis.literal(_EARLIEST, "date")
    return _summed(JUDGED.filter((JUDGED.local_day < early) | (JUDGED.local_day > late)))


def duplicates() -> ir.Table:
    """All but the first of a customer's counted orders of one day and one amount.

    Days with several orders are found first, since they are few: grouping all orders by amount costs ten times that.
    """
    several = CORE.filter(CORE.previous_day == CORE.local_day)
    days = several.select(buyer="customer", day="local_day").distinct()
    orders = CORE.join(days, [CORE.customer == days.buyer, CORE.local_day == days.day])
    alike = orders.group_by("customer", "local_day", "revenue").agg(n=orders.count())
    more = alike.filter(alike.n > 1)
    n = ibis.coalesce((more.n - 1).sum(), 0).cast("int64")
    return more.agg(found=n, orders=n, revenue=((more.n - 1) * more.revenue).sum())


def house_accounts(orders: int) -> ir.Table:
    """`customer` of whoever has far more of the `orders` than a person would: see HOUSE_ORDERS, HOUSE_SHARE."""
    base = CUSTOMER_BASE
    days = days_between(base.last_day, base.first_day) + 1
    # Whole numbers on both sides: a share of 1 % is a hundredth.
    many = (base.orders >= days) | (base.orders * int(1 / HOUSE_SHARE) > orders)
    return base.filter((base.orders >= HOUSE_ORDERS) & many).select("customer")


def house_orders(accounts: ir.Table) -> ir.Table:
    base = CUSTOMER_BASE.semi_join(accounts, "customer")
    orders = ibis.coalesce(base.orders.sum(), 0).cast("int64")
    return base.agg(found=base.count(), orders=orders, revenue=base.revenue.sum())


def absurd_amount() -> ir.Table:
    """One row: `limit`, LARGE times the amount (in whole units, rounded up) that 99 % of counted orders do not exceed."""
    counts = CORE.group_by(unit=CORE.revenue.ceil().cast("int64")).agg(n=CORE.count())
    upto = counts.n.sum().over(ibis.cumulative_window(order_by=counts.unit))
    ranked = counts.select("unit", upto=upto, total=counts.n.sum().over(ibis.window()))
    return ranked.agg(
        limit=(ranked.unit.min(where=ranked.upto * 100 >= ranked.total * 99) * LARGE).cast("int64")
    )


def absurd_amounts(limit: int) -> ir.Table:
    return _summed(CORE.filter(CORE.revenue > limit))


def _summed(orders: ir.Table) -> ir.Table:
    return orders.agg(found=orders.count(), orders=orders.count(), revenue=orders.revenue.sum())
