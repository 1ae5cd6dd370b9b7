"""Features of what was bought: rhythm, counts and money in trailing windows, trend, season, refunds, products."""

from __future__ import annotations

from math import log

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.lake.tables import ORDER_LINES, PAYMENTS
from regulars.metrics.counted import COUNTED, JUDGED, with_aliases
from regulars.metrics.plan import Plan
from regulars.metrics.refunded import REFUNDS
from regulars.prediction.features.declare import Asked, Facts, Feature, Unit

# A month, a season, half a year and a year, in whole weeks and a bit: the usual trailing windows.
WINDOWS = (30, 91, 182, 365)
HALF_LIVES = (30, 91, 365)
YEAR = 365


def _orders(plan: Plan) -> ir.Table:
    """Counted orders; `fresh`: the customer's first on that day; `gap`: days since the order day before."""
    orders = COUNTED
    fresh = orders.previous_day.isnull() | (orders.previous_day < orders.local_day)
    before = ibis.ifelse(orders.previous_day < orders.local_day, orders.previous_day, None)
    return orders.select(
        "customer",
        "revenue",
        day="local_day",
        fresh=fresh,
        before=before,
        gap=days_between(orders.local_day, before),
        discounted=orders.discounted,
        first=orders.nth == 1,
    )


def _lines(plan: Plan) -> ir.Table:
    """Lines of goods of the orders that count, on the order's day and under its customer."""
    goods = ORDER_LINES.ibis
    goods = goods.filter(goods.kind.fill_null("goods") == "goods")
    kept = JUDGED.filter(JUDGED.reason.isnull())
    joined = goods.join(kept, [goods.source == kept.source, goods.order_id == kept.order_id])
    return joined.select(
        customer=kept.customer,
        day=kept.local_day,
        product=goods["product"],
        category=goods.category,
        quantity=goods.quantity,
    )


def _refunds(plan: Plan) -> ir.Table:
    """Counted refunds with a date of their own: one that is dated by its order became known at some later day."""
    rows = REFUNDS.filter(REFUNDS.day_known.fill_null(True))
    return rows.select("customer", "revenue", day="local_day")


def _failed(plan: Plan) -> ir.Table:
    payments = with_aliases(PAYMENTS.ibis) if plan.merged else PAYMENTS.ibis
    rows = payments.filter((payments.kind == "payment") & (payments.state == "failed"))
    return rows.select("customer", day="local_day")


ORDERED = Facts("orders", "orders", _orders)
LINES = Facts("order_lines", "order_lines", _lines)
REFUNDED = Facts("refunds", "payments", _refunds)
FAILED = Facts("failed_payments", "payments", _failed)


def number(value: ir.Value) -> ir.Value:
    """The value as a double: what leaves the engine is a number whatever it was counted in."""
    return value.cast("float64")


def _days_within(days: int) -> Feature:
    return Feature(
        f"order_days_{days}", "count", ORDERED,
        lambda rows, _: rows.fresh.cast("int64").sum(where=rows.age <= days),
        "activity", f"order days in the last {days} days", 0.0,
    )  # fmt: skip


def _money_within(days: int) -> Feature:
    return Feature(
        f"revenue_{days}", "money", ORDERED, lambda rows, _: rows.revenue.sum(where=rows.age <= days),
        "money", f"revenue of the last {days} days", 0.0,
    )  # fmt: skip


def _decayed(days: int) -> Feature:
    return Feature(
        f"order_days_decayed_{days}", "count", ORDERED,
        lambda rows, _: ((number(rows.age) * (-log(2) / days)).exp()).sum(where=rows.fresh),
        "activity", f"order days, each worth half after {days} days", 0.0,
    )  # fmt: skip


def _season(rows: ir.Table, asked: Asked) -> ir.Value:
    """Order days a year before the days that are asked about; not known where facts do not reach back so far."""
    within = (rows.age <= YEAR) & (rows.age > YEAR - asked.horizon)
    found = rows.fresh.cast("int64").sum(where=within).fill_null(0)
    return ibis.ifelse(rows.history.min() >= YEAR, found, None)


def _gap_deviation(rows: ir.Table, _: Asked) -> ir.Value:
    """Sample standard deviation, from whole sums so that engines agree."""
    n, total = number(rows.gap.count()), number(rows.gap.sum())
    squares = number((rows.gap * rows.gap).sum())
    return ibis.ifelse(n > 1, (ibis.greatest(squares - total * total / n, 0.0) / (n - 1)).sqrt(), None)


def ratio(above: ir.Value, below: ir.Value) -> ir.Value:
    """A quotient of two numbers; null where there is nothing to divide by."""
    return number(above) / number(below).nullif(0.0)


_FROM_ORDERS = (
    Feature("age", "days", ORDERED, lambda rows, _: rows.age.max(), "age", "days since the first order"),
    Feature("days_since_last", "days", ORDERED, lambda rows, _: rows.age.min(), "rhythm", "days since the last order"),
    Feature("order_days", "count", ORDERED, lambda rows, _: rows.fresh.cast("int64").sum(), "activity", "days with an order"),
    Feature("orders", "count", ORDERED, lambda rows, _: rows.count(), "activity", "orders"),
    Feature("gap_median", "days", ORDERED, lambda rows, _: rows.gap.median(), "rhythm", "median days between order days"),
    Feature("gap_deviation", "days", ORDERED, _gap_deviation, "rhythm", "standard deviation of the days between order days"),
    Feature("gap_longest", "days", ORDERED, lambda rows, _: rows.gap.max(), "rhythm", "longest time between order days"),
    Feature("days_to_second_last", "days", ORDERED,
            lambda rows, _: days_between(rows.cut.max(), rows.before.max()), "rhythm", "days since the order day before the last"),
    *(_days_within(days) for days in WINDOWS),
    *(_decayed(days) for days in HALF_LIVES),
    Feature("order_days_season", "count", ORDERED, _season, "season", "order days a year before the days asked about"),
    *(_money_within(days) for days in WINDOWS),
    Feature("revenue", "money", ORDERED, lambda rows, _: rows.revenue.sum(), "money", "revenue"),
    Feature("first_revenue", "money", ORDERED, lambda rows, _: rows.revenue.sum(where=rows["first"]), "money", "revenue of the first order"),
    Feature("discount_share", "share", ORDERED,
            lambda rows, _: ratio(rows.discounted.cast("int64").sum(), rows.discounted.count()), "discounts", "share of orders with a discount"),
)  # fmt: skip

_FROM_LINES = (
    Feature("products", "count", LINES, lambda rows, _: rows["product"].nunique(), "variety", "different products bought"),
    Feature("categories", "count", LINES, lambda rows, _: rows.category.nunique(), "variety", "different categories bought"),
    Feature("items", "count", LINES, lambda rows, _: rows.quantity.sum(), "variety", "items bought"),
    Feature("lines", "count", LINES, lambda rows, _: rows.count(), "variety", "lines bought"),
)  # fmt: skip

_FROM_PAYMENTS = (
    Feature("refunds", "count", REFUNDED, lambda rows, _: rows.count(), "refunds", "refunds", 0.0),
    Feature("refunds_91", "count", REFUNDED, lambda rows, _: rows.count(where=rows.age <= 91), "refunds", "refunds in the last 91 days", 0.0),
    Feature("refunded", "money", REFUNDED, lambda rows, _: rows.revenue.sum(), "refunds", "money given back", 0.0),
    Feature("failed_payments_91", "count", FAILED, lambda rows, _: rows.count(where=rows.age <= 91), "payments", "failed payments in the last 91 days", 0.0),
)  # fmt: skip


def _derived(name: str, unit: Unit, above: str, below: str, story: str, words: str) -> Feature:
    return Feature(
        name, unit, None, lambda row, _: ratio(row[above], row[below]), story, words, of=(above, below)
    )


def _mean_gap(row: ir.Table, _: Asked) -> ir.Value:
    return ratio(row.age - row.days_since_last, row.order_days - 1)


def _trend(row: ir.Table, _: Asked) -> ir.Value:
    """Log of the last 91 days over the 91 before; half an order each keeps it finite."""
    before = row.order_days_182 - row.order_days_91
    return ((number(row.order_days_91) + 0.5) / (number(before) + 0.5)).ln()


_GAPS = ("age", "days_since_last", "order_days")

_DERIVED = (
    Feature("gap_mean", "days", None, _mean_gap, "rhythm", "mean days between order days", of=_GAPS),
    Feature("gap_last", "days", None, lambda row, _: number(row.days_to_second_last - row.days_since_last), "rhythm",
            "last time between order days", of=("days_to_second_last", "days_since_last")),
    _derived("overdue", "ratio", "days_since_last", "gap_median", "rhythm", "days since the last order against the median gap"),
    Feature("overdue_mean", "ratio", None, lambda row, asked: ratio(row.days_since_last, _mean_gap(row, asked)), "rhythm",
            "days since the last order against the mean gap", of=_GAPS),
    Feature("trend", "ratio", None, _trend, "activity", "log of order days in the last 91 days over those in the 91 before",
            of=("order_days_91", "order_days_182")),
    _derived("rate", "ratio", "order_days", "age", "activity", "order days a day since the first"),
    _derived("average_order_value", "money", "revenue", "orders", "money", "revenue an order"),
    _derived("items_per_order", "count", "items", "orders", "variety", "items an order"),
    _derived("products_per_line", "share", "products", "lines", "variety", "different products a line"),
    _derived("refund_share", "share", "refunded", "revenue", "refunds", "share of revenue given back"),
)  # fmt: skip

PURCHASES = (*_FROM_ORDERS, *_FROM_LINES, *_FROM_PAYMENTS)
DERIVED = _DERIVED
