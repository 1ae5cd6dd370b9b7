"""Which refunds count: refunds and chargebacks judged as orders are.

Names in the engine: `refunds_judged` (every document with the reason why it does not count, null where it does) and
`counted_refunds` (those that lower revenue, on their own day).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.kernel.definitions import Definitions
from regulars.lake.tables import PAYMENTS
from regulars.metrics.counted import CUSTOMER_BASE, JUDGED, in_reporting_currency, revenue_parts, with_aliases

# Why a refund does not count, in the order in which the reasons are tried; the bridge shows them in this order.
REASONS = ("later", "no_customer", "order_left_out")

_COLUMNS = {
    "customer": "int64",
    "source": "string",
    "payment_id": "string",
    "order_id": "string",
    "local_day": "date",
    "day_known": "boolean",
    "market": "string",
    "country": "string",
    "channel": "string",
    "revenue": "decimal(18, 4)",
    "attributed": "boolean",
}

REFUNDS = ibis.table(_COLUMNS, name="counted_refunds")
JUDGED_REFUNDS = ibis.table(
    {**_COLUMNS, "reason": "string", "amount": "decimal(18, 4)"}, name="refunds_judged"
)


def refunds_judged(
    definitions: Definitions, as_of: date, *, converted: bool = False, merged: bool = False
) -> ir.Table:
    """Every refund document with `reason` (null where it counts; see REASONS), in the reporting currency.

    `revenue`: what it takes from revenue; `amount`: the document in full; `attributed`: whether the customer had a
    counted order by then; `channel`: that of the order. A refund of nobody does not count, as an order of nobody does
    not, nor does a refund of an order that does not count: money that never came in is not lost again. An order that
    is not in the facts at all lies before them, so its refund counts, if for a known customer.
    """
    payments = with_aliases(PAYMENTS.ibis) if merged else PAYMENTS.ibis
    documents = _priced(payments.filter(payments.kind.isin(["refund", "chargeback"])), definitions)
    documents = in_reporting_currency(documents, ("revenue", "amount"), converted)
    orders = JUDGED.select(
        order_source="source", known_order="order_id", order_customer="customer", channel="channel",
        left_out=JUDGED.reason.notnull(),
    )  # fmt: skip
    same = [documents.source == orders.order_source, documents.order_id == orders.known_order]
    linked = documents.left_join(orders, same)
    linked = linked.select(
        *(documents[name] for name in documents.columns if name != "customer"),
        customer=ibis.coalesce(orders.order_customer, documents.customer),
        left_out=orders.left_out.fill_null(False),
        channel=orders.channel,
    )
    reason = ibis.cases(
        (linked.local_day >= ibis.literal(as_of, "date"), "later"),
        (linked.customer.isnull(), "no_customer"),
        (linked.left_out, "order_left_out"),
        else_=ibis.null("string"),
    )
    judged = linked.mutate(reason=reason)
    base = CUSTOMER_BASE.select(base_customer="customer", first_day="first_day")
    with_first = judged.left_join(base, judged.customer == base.base_customer)
    columns = [judged[name] for name in JUDGED_REFUNDS.columns if name != "attributed"]
    attributed = (base.first_day <= judged.local_day).fill_null(False)
    return with_first.select(*columns, attributed=attributed).select(*JUDGED_REFUNDS.columns)


def counted_refunds() -> ir.Table:
    """The documents that count."""
    return JUDGED_REFUNDS.filter(JUDGED_REFUNDS.reason.isnull()).select(*REFUNDS.columns)


def _priced(documents: ir.Table, definitions: Definitions) -> ir.Table:
    """With `revenue` and the document's full `amount`, which is the sum of its parts where it is not given."""
    nothing = Decimal(0)
    parts = {name: documents[name].fill_null(nothing) for name in ("goods", "tax", "shipping", "adjustments")}
    taken = [parts[name] for name in revenue_parts(definitions)]
    whole = sum(list(parts.values())[1:], parts["goods"])
    return documents.mutate(
        revenue=sum(taken[1:], taken[0]).cast("decimal(18, 4)"),
        amount=ibis.coalesce(documents.amount, whole.cast("decimal(18, 4)")),
    )
