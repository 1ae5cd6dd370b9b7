"""Events in a rule: `orders(category = 'Books', last 90 days) >= 2`, `revenue(channel = web, after 2026-01-01) > 50`.

Only counted orders are events. Filters are joined by 'and'. With a filter on `category` or `product`, `orders` counts
the orders that have such a line, and `revenue` adds up such lines of goods, before refunds.
"""

from __future__ import annotations

from decimal import Decimal

import ibis.expr.types as ir

from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import JUDGED, in_reporting_currency
from regulars.metrics.margin import goods_lines
from regulars.metrics.segments.columns import RuleColumn

# What an event function yields for each customer; nobody is missing: no such order is 0.
EVENTS: dict[str, RuleColumn] = {
    "orders": RuleColumn("orders", "whole", "orders", absent=0),
    "revenue": RuleColumn("revenue", "money", "revenue before refunds", absent=0),
}
OF_LINES = ("category", "product")
# What may stand between the parentheses.
FILTERS: dict[str, RuleColumn] = {
    column.name: column
    for column in (
        RuleColumn("category", "text", "category"),
        RuleColumn("product", "text", "product"),
        RuleColumn("market", "text", "market of the order"),
        RuleColumn("country", "text", "country of the order"),
        RuleColumn("channel", "text", "channel of the order"),
        RuleColumn("source", "text", "source"),
        RuleColumn("discounted", "flag", "with a discount"),
        RuleColumn("amount", "money", "revenue of the order"),
        RuleColumn("day", "day", "day of the order"),
    )
}


def event_rows(analysis: Analysis, *, with_lines: bool) -> ir.Table:
    """One row a counted order, or with lines one row a line of goods: the filters' columns, `customer`, `source`,
    `order_id` and `worth` (what `revenue` adds up)."""
    orders = JUDGED.filter(JUDGED.reason.isnull())
    columns = {name: orders[name] for name in ("customer", "source", "order_id", "market", "country", "channel",
                                               "discounted", "currency")}  # fmt: skip
    plain = orders.select(**columns, day=orders.local_day, amount=orders.revenue, worth=orders.revenue)
    if not with_lines:
        return plain.drop("currency")
    lines = goods_lines()
    lines = lines.filter(lines.kind.fill_null("goods") == "goods").select(
        line_source="source", line_order="order_id", category="category", product="product", goods="goods"
    )
    joined = plain.join(lines, [plain.source == lines.line_source, plain.order_id == lines.line_order])
    kept = [plain[name] for name in plain.columns if name != "worth"]
    worth = lines.goods.fill_null(Decimal(0)).cast("decimal(18, 4)")
    priced = joined.select(*kept, lines.category, lines.product, worth=worth)
    return in_reporting_currency(priced, ("worth",), analysis.converted, day="day").drop("currency")


def by_customer(rows: ir.Table, name: str, *, with_lines: bool) -> ir.Table:
    """`customer` and `value`: the event function over the rows that are left."""
    if name == "revenue":
        return rows.group_by("customer").agg(value=rows.worth.sum().cast("decimal(18, 4)"))
    if with_lines:
        rows = rows.select("customer", "source", "order_id").distinct()
    return rows.group_by("customer").agg(value=rows.count())
