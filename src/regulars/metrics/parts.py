"""Orders and refunds by product category: one row an order and category, with that category's part of the money."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
from ibis import _

from regulars.lake.tables import PAYMENTS
from regulars.metrics import margin as margins
from regulars.metrics.counted import JUDGED, in_reporting_currency
from regulars.metrics.refunded import REFUNDS

if TYPE_CHECKING:
    from regulars.metrics.plan import Plan

_PART = {
    "customer": "int64",
    "source": "string",
    "local_day": "date",
    "market": "string",
    "country": "string",
    "channel": "string",
    "category": "string",
    "revenue": "decimal(18, 4)",
}

ORDER_PARTS = ibis.table({**_PART, "order_id": "string", "margin": "decimal(18, 4)"}, name="order_parts")
REFUND_PARTS = ibis.table(
    {**_PART, "payment_id": "string", "day_known": "boolean", "attributed": "boolean"}, name="refund_parts"
)


def order_parts(plan: Plan) -> ir.Table:
    """Counted orders by category; an order stands in every category of its lines.

    Revenue is the lines' goods (and tax, where revenue includes it); shipping and adjustments belong to no category.
    """
    kept = JUDGED.filter(JUDGED.reason.isnull())
    orders = kept.select(
        "customer", "local_day", "market", "country", "channel", "currency",
        order_source="source", known_order="order_id",
    )  # fmt: skip
    lines = margins.goods_lines()
    lines = lines.filter(lines.kind.fill_null("goods") == "goods")
    lines = margins.with_line_rate(lines, plan.definitions.margin)
    joined = lines.join(orders, [lines.source == orders.order_source, lines.order_id == orders.known_order])
    priced = joined.mutate(
        revenue=_line_revenue(joined, plan),
        line_margin=margins.line_margin(joined, plan.definitions.margin, joined.market),
    )
    priced = in_reporting_currency(priced, ("revenue", "line_margin"), plan.converted)
    keys = ["customer", "source", "order_id", "local_day", "market", "country", "channel", "category"]
    summed = priced.group_by(keys).agg(
        revenue=priced.revenue.sum().cast("decimal(18, 4)"),
        margin=ibis.ifelse(priced.line_margin.count() == priced.count(), priced.line_margin.sum(), None).cast(
            "decimal(18, 4)"
        ),
    )
    return summed.select(*ORDER_PARTS.columns)


def refund_parts(plan: Plan) -> ir.Table:
    """Counted refunds by category of their document's lines, in the reporting currency at the refund's day.

    A refund without lines stands whole, without category.
    """
    lines = margins.goods_lines()
    lines = lines.filter(lines.kind == "refund")
    lines = lines.mutate(part=(Decimal(0) - _line_revenue(lines, plan)).cast("decimal(18, 4)"))
    lines = lines.select("category", "part", line_source="source", document="order_id")
    currencies = PAYMENTS.ibis.select("currency", paid_source="source", paid_id="payment_id")
    linked = REFUNDS.join(
        currencies, [REFUNDS.source == currencies.paid_source, REFUNDS.payment_id == currencies.paid_id]
    )
    linked = linked.left_join(
        lines, [linked.source == lines.line_source, linked.payment_id == lines.document]
    )
    parts = in_reporting_currency(linked, ("part",), plan.converted)
    amount = ibis.ifelse(parts.document.isnull(), parts.revenue, parts.part)
    keys = [name for name in REFUND_PARTS.columns if name != "revenue"]
    summed = parts.mutate(amount=amount).group_by(keys).agg(revenue=_.amount.sum().cast("decimal(18, 4)"))
    return summed.select(*REFUND_PARTS.columns)


def _line_revenue(lines: ir.Table, plan: Plan) -> ir.DecimalValue:
    if not plan.definitions.include_tax:
        return lines.goods
    return (lines.goods + lines.tax.fill_null(Decimal(0))).cast("decimal(18, 4)")
