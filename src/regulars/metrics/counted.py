"""From facts to what counts: which orders are orders, in one currency, with their place in their buyer's history.

Names in the engine: `orders_judged` (every order with the reason why it does not count), `counted_orders` (those that
count, one row an order, with `nth` and `previous_day`), `customer_base` (one row a customer). Refunds: metrics/refunded.py.

`counted_orders` is a view: sorting ten million orders by customer costs by what it carries along, so `counted_core`
carries one number for source, market, country, channel and discount, and `order_attributes` says what it means. Who
needs an order's number joins `orders_judged`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.kernel.definitions import Definitions, PaymentRule
from regulars.lake.engines.primitives import convert, days_between
from regulars.lake.tables import ALIASES, CUSTOMERS, ORDERS
from regulars.metrics import margin as margins

# Why an order does not count, in the order in which the reasons are tried; the bridge shows them in this order.
REASONS = ("later", "test", "cancelled", "no_customer", "unpaid", "no_value")

FX_FACTORS = ibis.table({"currency": "string", "day": "date", "factor": "decimal(38, 10)"}, name="fx_factors")

JUDGED = ibis.table(
    {
        **{column.name: column.ibis for column in ORDERS.columns},
        "reason": "string",
        "revenue": "decimal(18, 4)",
        "margin": "decimal(18, 4)",
    },
    name="orders_judged",
)

_ATTRIBUTES = {
    "source": "string",
    "market": "string",
    "country": "string",
    "channel": "string",
    "discounted": "boolean",
}

ATTRIBUTES = ibis.table({"attributes": "int64", **_ATTRIBUTES}, name="order_attributes")

_CORE = {
    "customer": "int64",
    "local_day": "date",
    "attributes": "int64",
    "revenue": "decimal(18, 4)",
    "margin": "decimal(18, 4)",
    "nth": "int64",
    "previous_day": "date",
}

CORE = ibis.table(_CORE, name="counted_core")

# What stands behind it where no margin is known.
BARE = ibis.table({name: kind for name, kind in _CORE.items() if name != "margin"}, name="counted_bare")

COUNTED = ibis.table(
    {
        "customer": "int64",
        "local_day": "date",
        **_ATTRIBUTES,
        "revenue": "decimal(18, 4)",
        "margin": "decimal(18, 4)",
        "nth": "int64",
        "previous_day": "date",
    },
    name="counted_orders",
)


def _paid(orders: ir.Table, rules: tuple[PaymentRule, ...], as_of: date) -> ir.BooleanValue:
    """Whether an order satisfies the payment rules: the first rule that matches decides, else it does not count."""
    branches = []
    for rule in rules:
        matches: ir.BooleanValue = ibis.literal(True)
        for column, wanted in (
            ("payment_state", rule.state),
            ("payment_kind", rule.kind),
            ("market", rule.market),
        ):
            if wanted is not None:
                matches = matches & (orders[column] == wanted)
        if rule.counts == "while_recent":
            counts = days_between(ibis.literal(as_of, "date"), orders.local_day) < rule.days
        elif rule.counts == "once_delivered":
            counts = orders.fulfilment_state.fill_null("") == "delivered"
        else:
            counts = ibis.literal(rule.counts == "yes")
        branches.append((matches, counts))
    return ibis.cases(*branches, else_=False)


def revenue_parts(definitions: Definitions) -> tuple[str, ...]:
    """The order columns that make revenue under these definitions."""
    chosen = {"tax": definitions.include_tax, "shipping": definitions.include_shipping,
              "adjustments": definitions.include_adjustments}  # fmt: skip
    return ("goods", *(name for name, included in chosen.items() if included))


def in_reporting_currency(
    table: ir.Table, amounts: tuple[str, ...], converted: bool, *, day: str = "local_day"
) -> ir.Table:
    """The table with these amounts at the rate of `day`, where several currencies are used; it has `currency`."""
    if not converted:
        return table.mutate(**{name: table[name].cast("decimal(18, 4)") for name in amounts})
    rates = FX_FACTORS.select(rate_currency="currency", rate_day="day", factor="factor")
    joined = table.left_join(rates, [table.currency == rates.rate_currency, table[day] == rates.rate_day])
    kept = [table[name] for name in table.columns if name not in amounts]
    return joined.select(*kept, **{name: convert(table[name], joined.factor) for name in amounts})


def with_aliases(table: ir.Table) -> ir.Table:
    """The table with merged customers read as the one that they were merged into."""
    aliases = ALIASES.ibis.select(merged="customer", into="into")
    joined = table.left_join(aliases, table.customer == aliases.merged)
    return joined.select(
        *(table[name] for name in table.columns if name != "customer"),
        customer=ibis.coalesce(joined.into, table.customer),
    )


def orders_judged(
    definitions: Definitions,
    as_of: date,
    *,
    converted: bool = False,
    merged: bool = False,
    with_margin: bool = False,
) -> ir.Table:
    """Every order with `reason` (null where it counts; see REASONS), `revenue` and `margin` in the reporting currency.

    `converted`: whether `fx_factors` has to be used; `merged`: whether any alias exists; `with_margin`: whether a
    margin or a cost is known at all (each costs time). `market` is the order's, all other columns as in the facts.
    """
    orders = with_aliases(ORDERS.ibis) if merged else ORDERS.ibis
    revenue: ir.DecimalValue = orders.goods
    for name in revenue_parts(definitions)[1:]:
        revenue = revenue + orders[name].fill_null(Decimal(0))
    reason = ibis.cases(
        (orders.local_day >= ibis.literal(as_of, "date"), "later"),
        (orders.test.fill_null(False), "test"),
        (orders.cancelled.fill_null(False), "cancelled"),
        (orders.customer.isnull(), "no_customer"),
        (~_paid(orders, definitions.payment_rules, as_of), "unpaid"),
        (orders.goods <= Decimal(0), "no_value"),
        else_=ibis.null("string"),
    )
    judged = orders.mutate(reason=reason, revenue=revenue.cast("decimal(18, 4)"))
    if with_margin:
        judged = margins.with_margin(judged, definitions.margin)
        amounts: tuple[str, ...] = ("revenue", "margin")
    else:
        judged = judged.mutate(margin=ibis.null("decimal(18, 4)"))
        amounts = ("revenue",)
    return in_reporting_currency(judged, amounts, converted).select(*JUDGED.columns)


def order_attributes() -> ir.Table:
    """What orders share, numbered in the same order on every engine."""
    kept = JUDGED.filter(JUDGED.reason.isnull())
    distinct = kept.select(*_ATTRIBUTES).distinct()
    order = [
        *(distinct[name].fill_null("") for name in _ATTRIBUTES if name != "discounted"),
        *(distinct[name].isnull() for name in _ATTRIBUTES),
        distinct.discounted.fill_null(False),
    ]
    number = ibis.row_number().over(ibis.window(order_by=order)).cast("int64")
    return distinct.select(*_ATTRIBUTES, attributes=number)


def counted_core() -> ir.Table:
    """Orders that count, with `nth` (1 for a customer's first) and `previous_day` (null for it).

    Orders at the same instant are told apart by their attributes and amount; beyond that they are alike.
    """
    return _numbered("margin").select(*CORE.columns)


def counted_bare() -> ir.Table:
    """The same without the margin: a column of nothing takes a third of the time of the sort."""
    return _numbered().select(*BARE.columns)


def core_of_bare() -> ir.Table:
    """`counted_core` where no margin is known."""
    return BARE.mutate(margin=ibis.null("decimal(18, 4)")).select(*CORE.columns)


def _numbered(*amounts: str) -> ir.Table:
    kept = JUDGED.filter(JUDGED.reason.isnull())
    alike = [kept[name].identical_to(ATTRIBUTES[name]) for name in _ATTRIBUTES]
    rows = kept.join(ATTRIBUTES, alike).select(
        kept.customer,
        kept.local_day,
        kept["at"],
        ATTRIBUTES.attributes,
        *(kept[name] for name in ("revenue", *amounts)),
    )
    by_customer = ibis.window(
        group_by=rows.customer, order_by=[rows.local_day, rows["at"], rows.attributes, rows.revenue]
    )
    return rows.mutate(
        nth=(ibis.row_number().over(by_customer) + 1).cast("int64"),
        previous_day=rows.local_day.lag(1).over(by_customer),
    )


def counted_orders() -> ir.Table:
    """One row a counted order, in words."""
    joined = CORE.join(ATTRIBUTES, "attributes")
    return joined.select(*COUNTED.columns)


def customer_base() -> ir.Table:
    """One row a customer with at least one counted order."""
    orders = CORE
    first = orders.nth == 1
    base = orders.group_by("customer").agg(
        orders=orders.nth.max(),
        order_days=(orders.previous_day.isnull() | (orders.previous_day < orders.local_day))
        .cast("int64")
        .sum(),
        first_day=orders.local_day.min(),
        second_day=orders.local_day.min(where=orders.nth == 2),
        last_day=orders.local_day.max(),
        revenue=orders.revenue.sum().cast("decimal(18, 4)"),
        # The margin of a customer is known where that of each order is.
        margin=ibis.ifelse(orders.margin.count() == orders.count(), orders.margin.sum(), None).cast(
            "decimal(18, 4)"
        ),
        attributes=orders.attributes.max(where=first),
    )
    stated = CUSTOMERS.ibis
    joined = base.join(ATTRIBUTES, base.attributes == ATTRIBUTES.attributes)
    joined = joined.left_join(stated, base.customer == stated.customer)
    return joined.select(
        *(base[name] for name in base.columns if name != "attributes"),
        first_discounted=ATTRIBUTES.discounted,
        market=ibis.coalesce(stated.market, ATTRIBUTES.market),
        country=ibis.coalesce(stated.country, ATTRIBUTES.country),
        channel=ibis.coalesce(stated.acquisition_channel, ATTRIBUTES.channel),
        referred_by=stated.referred_by,
    )


CUSTOMER_BASE = ibis.table(
    {
        "customer": "int64",
        "orders": "int64",
        "order_days": "int64",
        "first_day": "date",
        "second_day": "date",
        "last_day": "date",
        "revenue": "decimal(18, 4)",
        "margin": "decimal(18, 4)",
        "first_discounted": "boolean",
        "market": "string",
        "country": "string",
        "channel": "string",
        "referred_by": "int64",
    },
    name="customer_base",
)
