"""From facts to what counts: which orders are orders, in one currency, with their place in their buyer's history.

Names in the engine: `orders_judged` (every order with the reason why it does not count), `counted_orders` (those that
count, one row an order, with `nth` and `previous_day`), `counted_refunds`, `customer_base` (one row a customer).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.kernel.definitions import Definitions, PaymentRule
from regulars.lake.engines.primitives import convert, days_between
from regulars.lake.tables import ALIASES, CUSTOMERS, ORDERS, PAYMENTS

# Why an order does not count, in the order in which the reasons are tried; the bridge shows them in this order.
REASONS = ("later", "test", "cancelled", "no_customer", "unpaid", "no_value")

FX_FACTORS = ibis.table({"currency": "string", "day": "date", "factor": "decimal(38, 10)"}, name="fx_factors")


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


def _in_reporting_currency(
    table: ir.Table, columns: dict[str, ir.DecimalValue], converted: bool
) -> tuple[ir.Table, dict[str, ir.DecimalValue]]:
    """The table joined to the day's rates where several currencies are used, and the amounts converted."""
    if not converted:
        return table.mutate(**{name: amount.cast("decimal(18, 4)") for name, amount in columns.items()}), {}
    wide = table.mutate(**columns)
    joined = wide.left_join(
        FX_FACTORS, [wide.currency == FX_FACTORS.currency, wide.local_day == FX_FACTORS.day]
    ).select(wide, FX_FACTORS.factor)
    changed = {name: convert(joined[name], joined.factor) for name in columns}
    return joined.mutate(**changed).drop("factor"), {}


def with_aliases(table: ir.Table) -> ir.Table:
    """The table with merged customers read as the one that they were merged into."""
    aliases = ALIASES.ibis.select(merged="customer", into="into")
    joined = table.left_join(aliases, table.customer == aliases.merged)
    return joined.select(
        *(table[name] for name in table.columns if name != "customer"),
        customer=ibis.coalesce(joined.into, table.customer),
    )


def orders_judged(definitions: Definitions, as_of: date, *, converted: bool, merged: bool) -> ir.Table:
    """Every order with `reason` (null where it counts; see REASONS) and `revenue` in the reporting currency.

    `converted`: whether `fx_factors` has to be used; `merged`: whether any alias exists (the joins cost time).
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
    judged = orders.mutate(reason=reason)
    amounts = {"revenue": revenue.cast("decimal(18, 4)"), "cost": orders.cost}
    table, _ = _in_reporting_currency(judged, amounts, converted)
    return table


def counted_orders(judged: ir.Table, *, margin: ir.Table | None = None) -> ir.Table:
    """Orders that count, with `nth` (1 for a customer's first) and `previous_day` (null for it)."""
    kept = judged.filter(judged.reason.isnull())
    by_customer = ibis.window(
        group_by=kept.customer, order_by=[kept.local_day, kept["at"], kept.source, kept.order_id]
    )
    return kept.select(
        "customer",
        "source",
        "order_id",
        "local_day",
        "market",
        "country",
        "channel",
        "revenue",
        "cost",
        "units",
        "discounted",
        nth=(ibis.row_number().over(by_customer) + 1).cast("int64"),
        previous_day=kept.local_day.lag(1).over(by_customer),
    )


COUNTED = ibis.table(
    {
        "customer": "int64",
        "source": "string",
        "order_id": "string",
        "local_day": "date",
        "market": "string",
        "country": "string",
        "channel": "string",
        "revenue": "decimal(18, 4)",
        "cost": "decimal(18, 4)",
        "units": "float64",
        "discounted": "boolean",
        "nth": "int64",
        "previous_day": "date",
    },
    name="counted_orders",
)


def customer_base() -> ir.Table:
    """One row a customer with at least one counted order."""
    orders = COUNTED
    first = orders.nth == 1
    base = orders.group_by("customer").agg(
        orders=orders.count(),
        order_days=(orders.previous_day.isnull() | (orders.previous_day < orders.local_day))
        .cast("int64")
        .sum(),
        first_day=orders.local_day.min(),
        second_day=orders.local_day.min(where=orders.nth == 2),
        last_day=orders.local_day.max(),
        revenue=orders.revenue.sum().cast("decimal(18, 4)"),
        cost=orders.cost.sum().cast("decimal(18, 4)"),
        order_market=orders.market.max(where=first),
        order_country=orders.country.max(where=first),
        order_channel=orders.channel.max(where=first),
        first_discounted=orders.discounted.max(where=first),
    )
    stated = CUSTOMERS.ibis.select("customer", "market", "country", "acquisition_channel", "referred_by")
    joined = base.left_join(stated, "customer")
    return joined.select(
        *(base[name] for name in base.columns if not name.startswith("order_") or name == "order_days"),
        market=ibis.coalesce(stated.market, base.order_market),
        country=ibis.coalesce(stated.country, base.order_country),
        channel=ibis.coalesce(stated.acquisition_channel, base.order_channel),
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
        "cost": "decimal(18, 4)",
        "first_discounted": "boolean",
        "market": "string",
        "country": "string",
        "channel": "string",
        "referred_by": "int64",
    },
    name="customer_base",
)


def counted_refunds(definitions: Definitions, as_of: date, *, converted: bool, merged: bool) -> ir.Table:
    """Refunds that lower revenue, on their own day; `attributed` where the customer had a counted order by then.

    A refund that names an order counts only if that order counts: money that never came in is not lost again.
    """
    payments = with_aliases(PAYMENTS.ibis) if merged else PAYMENTS.ibis
    refunds = payments.filter(
        payments.kind.isin(["refund", "chargeback"]) & (payments.local_day < ibis.literal(as_of, "date"))
    )
    amount: ir.DecimalValue = refunds.goods.fill_null(Decimal(0))
    for name in revenue_parts(definitions)[1:]:
        amount = amount + refunds[name].fill_null(Decimal(0))
    table, _ = _in_reporting_currency(refunds, {"revenue": amount.cast("decimal(18, 4)")}, converted)
    orders = COUNTED.select(order_source="source", known_order="order_id", order_customer="customer")
    joined = table.left_join(
        orders, [table.source == orders.order_source, table.order_id == orders.known_order]
    )
    linked = joined.select(table, counts=orders.known_order.notnull(), order_customer=orders.order_customer)
    kept = linked.filter(linked.order_id.isnull() | linked.counts)
    kept = kept.mutate(customer=ibis.coalesce(kept.order_customer, kept.customer))
    base = CUSTOMER_BASE.select(base_customer="customer", first_day="first_day")
    with_first = kept.left_join(base, kept.customer == base.base_customer)
    return with_first.select(
        kept.customer,
        kept.source,
        kept.payment_id,
        kept.order_id,
        kept.local_day,
        kept.day_known,
        kept.market,
        kept.country,
        kept.revenue,
        attributed=(base.first_day <= kept.local_day).fill_null(False),
    )


REFUNDS = ibis.table(
    {
        "customer": "int64",
        "source": "string",
        "payment_id": "string",
        "order_id": "string",
        "local_day": "date",
        "day_known": "boolean",
        "market": "string",
        "country": "string",
        "revenue": "decimal(18, 4)",
        "attributed": "boolean",
    },
    name="counted_refunds",
)
