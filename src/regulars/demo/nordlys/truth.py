"""The known answers: what a correct import and correct figures must find, counted from the plan in whole minor units.

The rules are those of docs/concepts (what counts, who is a customer), written here a second time and in another way, on
data that never went through a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from regulars.demo.nordlys.plan import Plan
from regulars.demo.nordlys.stores import LAST_DAY

AS_OF = LAST_DAY + timedelta(days=1)
INVOICE_DAYS = 30
# Tried in this order, as the bridge shows them.
REASONS = ("test", "cancelled", "no_customer", "unpaid", "no_value")


@dataclass(frozen=True)
class StoreTruth:
    """One store. Amounts are in its currency: `goods` of the counted orders, and of all orders the document `total`,
    `tax` and net `shipping`. `left_out`: orders by reason. `refunded`: goods given back on counted orders."""

    orders: int
    left_out: dict[str, int]
    counted: int
    goods: Decimal
    total: Decimal
    tax: Decimal
    shipping: Decimal
    refunds: int
    refunded: Decimal
    refunds_with_own_day: int


@dataclass(frozen=True)
class Truth:
    """All stores by source, and the people with a counted order: each once, however many stores they buy in.

    The house account and the shared address are nobody: their orders are left out as `no_customer`. `house_orders` and
    `shared_orders` say how many. A relay address is one customer of its store.
    `came_back`: by country and whether the first parcel was late or the first order discounted, of new people whose first
    order is at least a year old: how many, and how many ordered again.
    """

    stores: dict[str, StoreTruth]
    customers: int
    customers_in_two_stores: int
    shared_orders: int
    house_orders: int
    relay_customers: int
    came_back: dict[tuple[str, bool, bool], tuple[int, int]]


def truth(plan: Plan) -> Truth:
    """Count everything."""
    con = plan.con
    con.execute(_JUDGED)
    customers, shared, house, relay = con.execute(_PEOPLE).fetchone() or (0, 0, 0, 0)
    two = con.execute(_IN_TWO_STORES).fetchone() or (0,)
    back = {(row[0], row[1], row[2]): (row[3], row[4]) for row in con.execute(_CAME_BACK).fetchall()}
    return Truth(_stores(plan), customers, two[0], shared, house, relay, back)


def _stores(plan: Plan) -> dict[str, StoreTruth]:
    reasons = ", ".join(f"count(*) FILTER (reason = '{reason}')" for reason in REASONS)
    found = {}
    for (
        store,
        *counts,
        orders,
        counted,
        goods,
        total,
        tax,
        shipping,
        refunds,
        refunded,
        own,
    ) in plan.con.execute(_STORES.format(reasons=reasons)).fetchall():
        left_out = dict(zip(REASONS, counts, strict=True))
        found[store] = StoreTruth(
            orders=orders,
            left_out=left_out,
            counted=counted,
            goods=_whole(goods),
            total=_whole(total),
            tax=_whole(tax),
            shipping=_whole(shipping),
            refunds=refunds,
            refunded=_whole(refunded),
            refunds_with_own_day=own,
        )
    return found


def _whole(cents: int) -> Decimal:
    """Minor units as an amount."""
    return Decimal(cents) / 100


_JUDGED = f"""
CREATE OR REPLACE VIEW judged AS SELECT *,
  CASE
    WHEN test THEN 'test'
    WHEN cancelled THEN 'cancelled'
    WHEN who IS NULL OR who IN ('house', 'shared') THEN 'no_customer'
    WHEN money IN ('failed', 'expired', 'voided') THEN 'unpaid'
    WHEN method = 'cash_on_delivery' AND fulfilment <> 'delivered' THEN 'unpaid'
    WHEN method <> 'cash_on_delivery' AND money = 'pending' THEN 'unpaid'
    WHEN money = 'open' AND DATE '{AS_OF}' - local_day >= {INVOICE_DAYS} THEN 'unpaid'
    WHEN goods <= 0 THEN 'no_value'
  END AS reason
FROM orders
"""

_STORES = """
SELECT store, {reasons}, count(*), count(*) FILTER (reason IS NULL), sum(goods) FILTER (reason IS NULL)::BIGINT,
  sum(total)::BIGINT, sum(tax)::BIGINT, sum(shipping)::BIGINT,
  count(back) FILTER (reason IS NULL), coalesce(sum(back_goods) FILTER (reason IS NULL), 0)::BIGINT,
  CASE WHEN store IN ('ro', 'br') THEN count(back) FILTER (reason IS NULL) ELSE 0 END
FROM judged GROUP BY store
"""

_PEOPLE = """
SELECT count(DISTINCT who) FILTER (reason IS NULL), count(*) FILTER (who = 'shared'), count(*) FILTER (who = 'house'),
  count(DISTINCT who) FILTER (reason IS NULL AND kind = 'relay')
FROM judged
"""

_IN_TWO_STORES = """
SELECT count(*) FROM (SELECT who FROM judged WHERE reason IS NULL GROUP BY who
                      HAVING count(DISTINCT store) > 1)
"""

_YEAR_AGO = date(LAST_DAY.year - 1, LAST_DAY.month, LAST_DAY.day)
_CAME_BACK = f"""
SELECT first.country, first.late, first.per_cent > 0, count(*),
  count(*) FILTER (EXISTS (FROM orders later WHERE later.person = first.person AND later.nth = 2))
FROM orders first WHERE first.nth = 1 AND first.who LIKE 'person%' AND first.local_day <= DATE '{_YEAR_AGO}'
GROUP BY ALL ORDER BY ALL
"""
