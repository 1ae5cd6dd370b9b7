"""What findings rest on beside the figures: first orders, overdue customers, who brings the revenue. Sums in sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.kernel.periods import Period, add_months
from regulars.lake.engines.primitives import days_between
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE, CUSTOMER_BASE
from regulars.metrics.daily import BY_DAY
from regulars.metrics.refunded import REFUNDS

# Away for more than three times one's own mean gap: were orders to come at random at that rate, 5 % would be.
OVERDUE_GAPS = 3
OVERDUE_ORDER_DAYS = 3


@dataclass(frozen=True)
class FirstOrders:
    """Customers whose first order is old enough to judge: how many ordered again, and of those a third time.

    `second_ripe`: of them, whose second order is old enough too.
    """

    customers: int
    second: int
    second_ripe: int
    third: int


@dataclass(frozen=True)
class Starts:
    """Customers by how they started, and how many of them ordered again."""

    customers: int
    second: int


@dataclass(frozen=True)
class Overdue:
    """Customers who are still customers, but overdue against their own rhythm. Gaps in days."""

    customers: int
    mean_gap: Decimal | None
    mean_away: Decimal | None
    year_revenue: Decimal


@dataclass(frozen=True)
class Evidence:
    """Money in the reporting currency; `year`: the twelve months before the as-of day, else all days if fewer."""

    year_revenue: Decimal
    year_refunds: Decimal
    revenue_before_refunds: Decimal
    refunds: Decimal
    order_value: Decimal | None
    period_customers: int
    period_groups: dict[str, Decimal]
    first_orders: FirstOrders
    discounted: Starts
    full_price: Starts
    overdue: Overdue


def concentration(
    analysis: Analysis, period: Period, parts: tuple[int, ...]
) -> tuple[int, list[tuple[int, Decimal]]]:
    """Customers in the period, and for each part (per cent of them, rounded up) their number and share of revenue."""
    inside = CORE.filter((CORE.local_day >= _day(period.start)) & (CORE.local_day < _day(period.end)))
    spent = inside.group_by("customer").agg(revenue=inside.revenue.sum().cast("decimal(18, 4)"))
    place = ibis.row_number().over(ibis.window(order_by=[spent.revenue.desc(), spent.customer]))
    everyone = spent.revenue.count().over(ibis.window())
    ranked = spent.mutate(place=place + 1, everyone=everyone)
    sums: dict[str, ir.Scalar] = {"customers": ranked.count(), "total": ranked.revenue.sum()}
    for part in parts:
        best = ranked.place * 100 < ranked.everyone * part + 100
        sums |= {f"n_{part}": best.sum(), f"sum_{part}": ranked.revenue.sum(where=best)}
    row = _one(analysis, ranked.agg(**sums))
    total = _dec(row["total"])
    if total <= 0:
        return 0, []
    return int(row["customers"]), [(int(row[f"n_{p}"]), _dec(row[f"sum_{p}"]) / total) for p in parts]


def gather(analysis: Analysis, groups: dict[str, Decimal], customers: int) -> Evidence:
    """Everything, from a handful of small queries. `groups`, `customers`: of the headline period."""
    year = add_months(analysis.as_of, -12)
    sold = _one(
        analysis,
        BY_DAY.agg(
            orders=ibis.coalesce(BY_DAY.orders.sum(), 0), total=BY_DAY.revenue.sum(),
            recent=BY_DAY.revenue.sum(where=BY_DAY.local_day >= _day(year)),
        ),
    )  # fmt: skip
    total, orders = _dec(sold["total"]), int(sold["orders"])
    refunds, year_refunds = _refunds(analysis, year)
    discounted, full_price = _starts(analysis)
    return Evidence(
        year_revenue=_dec(sold["recent"]) - year_refunds,
        year_refunds=year_refunds,
        revenue_before_refunds=total,
        refunds=refunds,
        order_value=total / orders if orders else None,
        period_customers=customers,
        period_groups=groups,
        first_orders=_first_orders(analysis),
        discounted=discounted,
        full_price=full_price,
        overdue=_overdue(analysis, year),
    )


def overdue_customers(analysis: Analysis) -> ir.Table:
    """One row an overdue customer: `customer`, `orders`, `last_day`, `gap` (mean, days), `away` (days), `year_revenue`."""
    as_of = _day(analysis.as_of)
    base = CUSTOMER_BASE.mutate(
        away=days_between(as_of, CUSTOMER_BASE.last_day),
        span=days_between(CUSTOMER_BASE.last_day, CUSTOMER_BASE.first_day),
        gaps=CUSTOMER_BASE.order_days - 1,
    )
    known = base.filter(base.order_days >= OVERDUE_ORDER_DAYS)
    late = known.filter(
        (known.away <= analysis.window) & (known.away * known.gaps > known.span * OVERDUE_GAPS)
    )
    recent = CORE.filter(CORE.local_day >= _day(add_months(analysis.as_of, -12)))
    spent = recent.group_by("customer").agg(year_revenue=recent.revenue.sum().cast("decimal(18, 4)"))
    joined = late.left_join(spent, late.customer == spent.customer)
    return joined.select(
        customer=late.customer,
        orders=late.orders,
        last_day=late.last_day,
        gap=late.span.cast("float64") / late.gaps.cast("float64"),
        away=late.away,
        year_revenue=spent.year_revenue.fill_null(Decimal(0)),
    )


def _overdue(analysis: Analysis, year: date) -> Overdue:
    late = overdue_customers(analysis)
    row = _one(
        analysis,
        late.agg(customers=late.count(), gap=late.gap.mean(), away=late.away.cast("float64").mean(),
                 revenue=late.year_revenue.sum()),
    )  # fmt: skip
    return Overdue(int(row["customers"]), _rounded(row["gap"]), _rounded(row["away"]), _dec(row["revenue"]))


def _ripe(analysis: Analysis) -> ir.Table:
    """Customers who began inside the data (not already there) and long enough before its end to have come back."""
    first = analysis.coverage.first + timedelta(days=analysis.window)
    last = analysis.as_of - timedelta(days=analysis.window)
    return CUSTOMER_BASE.filter(
        (CUSTOMER_BASE.first_day >= _day(first)) & (CUSTOMER_BASE.first_day < _day(last))
    )


def _first_orders(analysis: Analysis) -> FirstOrders:
    base = _ripe(analysis)
    ripe = (base.orders >= 2) & (base.second_day < _day(analysis.as_of - timedelta(days=analysis.window)))
    table = base.agg(
        customers=base.count(),
        second=_count(base.orders >= 2),
        second_ripe=_count(ripe),
        third=_count(ripe & (base.orders >= 3)),
    )
    row = _one(analysis, table)
    return FirstOrders(row["customers"], row["second"], row["second_ripe"], row["third"])


def _starts(analysis: Analysis) -> tuple[Starts, Starts]:
    base = _ripe(analysis)
    table = base.group_by("first_discounted").agg(customers=base.count(), second=_count(base.orders >= 2))
    rows = {
        row["first_discounted"]: Starts(row["customers"], row["second"])
        for row in analysis.run(table).to_pylist()
    }
    return rows.get(True, Starts(0, 0)), rows.get(False, Starts(0, 0))


def _refunds(analysis: Analysis, year: date) -> tuple[Decimal, Decimal]:
    """Refunds in all, and since `year`."""
    table = REFUNDS.agg(
        total=REFUNDS.revenue.sum(), recent=REFUNDS.revenue.sum(where=REFUNDS.local_day >= _day(year))
    )
    row = _one(analysis, table)
    return _dec(row["total"]), _dec(row["recent"])


def _one(analysis: Analysis, table: ir.Table) -> dict[str, Any]:
    row: dict[str, Any] = analysis.run(table).to_pylist()[0]
    return row


def _count(condition: ir.BooleanValue) -> ir.IntegerScalar:
    return ibis.coalesce(condition.cast("int64").sum(), 0).cast("int64")


def _day(day: date) -> ir.DateScalar:
    return ibis.literal(day, "date")


def _dec(value: Any) -> Decimal:
    return Decimal(0) if value is None else Decimal(str(value))


def _rounded(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 1)))
