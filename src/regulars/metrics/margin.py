"""Gross margin of an order: from its cost where that is known, else from the stated margin, else unknown.

Nothing is assumed: where neither is given the margin is null, and figures that need it say so.
"""

from __future__ import annotations

from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.kernel.definitions import Margin
from regulars.lake.engines.primitives import convert
from regulars.lake.small import small_table
from regulars.lake.tables import ORDER_LINES, PRODUCTS

RATES = ibis.table({"kind": "string", "key": "string", "rate": "decimal(38, 10)"}, name="margin_rates")


def rates_table(margin: Margin | None) -> pa.Table:
    """The stated margins by product and category: `kind`, `key`, `rate`."""
    rows = [("product", key, rate) for key, rate in (margin.by_product if margin else ())]
    rows += [("category", key, rate) for key, rate in (margin.by_category if margin else ())]
    schema = pa.schema([("kind", pa.string()), ("key", pa.string()), ("rate", pa.decimal128(38, 10))])
    return small_table(schema, ((kind, key, rate.quantize(Decimal("1e-10"))) for kind, key, rate in rows))


def by_line(margin: Margin | None) -> bool:
    """Whether lines must be looked at."""
    return margin is not None and bool(margin.by_product or margin.by_category)


def goods_lines() -> ir.Table:
    """Lines of goods with the category of the line, else of its product."""
    lines = ORDER_LINES.ibis.filter(ORDER_LINES.ibis.kind.fill_null("goods").isin(["goods", "refund"]))
    products = PRODUCTS.ibis.select(
        product_source="source", known_product="product", product_category="category"
    )
    joined = lines.left_join(
        products, [lines.source == products.product_source, lines.product == products.known_product]
    )
    return joined.select(
        lines.source, lines.order_id, lines.kind, lines.product, lines.goods, lines.tax, lines.cost,
        category=ibis.coalesce(lines.category, products.product_category),
    )  # fmt: skip


def order_rate(margin: Margin | None, market: ir.StringValue) -> ir.DecimalValue:
    """The share that holds for a whole order of this market; null where none is stated."""
    share = _literal(margin.share if margin else None)
    branches = [(market == key, _literal(rate)) for key, rate in (margin.by_market if margin else ())]
    return ibis.cases(*branches, else_=share) if branches else share


def line_margin(lines: ir.Table, margin: Margin | None, market: ir.StringValue) -> ir.DecimalValue:
    """Margin of a line with `line_rate` (see `with_line_rate`): goods less cost, else goods x the first rate stated."""
    rate = order_rate(margin, market)
    if by_line(margin):
        rate = ibis.coalesce(lines.line_rate, rate)
    stated = convert(lines.goods, rate)
    return ibis.coalesce(lines.goods - lines.cost, stated).cast("decimal(18, 4)")


def with_line_rate(lines: ir.Table, margin: Margin | None) -> ir.Table:
    """The lines with the rate of their product, else of their category."""
    if not by_line(margin):
        return lines
    product = RATES.filter(RATES.kind == "product").select(rated_product="key", product_rate="rate")
    category = RATES.filter(RATES.kind == "category").select(rated_category="key", category_rate="rate")
    by_product = lines.left_join(product, lines.product == product.rated_product)
    rated = by_product.select(*lines.columns, "product_rate")
    by_category = rated.left_join(category, rated.category == category.rated_category)
    line_rate = ibis.coalesce(by_category.product_rate, by_category.category_rate)
    return by_category.select(*lines.columns, line_rate=line_rate)


def with_margin(orders: ir.Table, margin: Margin | None) -> ir.Table:
    """Orders with `margin` in their own currency.

    Where it comes from the lines, the part of the order's goods that is in no line (an order-level discount, say)
    changes the margin in full; one line without a rate leaves the order's margin unknown.
    """
    rate = order_rate(margin, orders.market)
    whole = convert(orders.goods, rate)
    if not by_line(margin):
        return orders.mutate(margin=ibis.coalesce(orders.goods - orders.cost, whole).cast("decimal(18, 4)"))
    lines = goods_lines()
    lines = with_line_rate(lines.filter(lines.kind.fill_null("goods") == "goods"), margin)
    markets = orders.select(market_source="source", market_order="order_id", market="market")
    lines = lines.filter(lines.goods.notnull())
    placed = lines.join(
        markets, [lines.source == markets.market_source, lines.order_id == markets.market_order]
    )
    placed = placed.mutate(line_margin=line_margin(placed, margin, placed.market))
    sums = placed.group_by(["source", "order_id"]).agg(
        lines_goods=placed.goods.sum().cast("decimal(18, 4)"),
        lines_margin=placed.line_margin.sum().cast("decimal(18, 4)"),
        unknown=placed.line_margin.isnull().cast("int64").sum(),
    )
    sums = sums.rename(line_source="source", line_order="order_id")
    joined = orders.left_join(sums, [orders.source == sums.line_source, orders.order_id == sums.line_order])
    from_lines = ibis.ifelse(
        joined.unknown == 0,
        joined.lines_margin + orders.goods - joined.lines_goods,
        ibis.null("decimal(18, 4)"),
    )
    without_lines = ibis.ifelse(joined.unknown.isnull(), whole, ibis.null("decimal(18, 4)"))
    found = ibis.coalesce(orders.goods - orders.cost, from_lines, without_lines)
    return joined.select(orders, margin=found.cast("decimal(18, 4)"))


def _literal(rate: Decimal | None) -> ir.DecimalScalar:
    if rate is None:
        return ibis.null("decimal(38, 10)")
    return ibis.literal(rate.quantize(Decimal("1e-10")), "decimal(38, 10)")
