"""RFM values, cut points and scores as expressions; the grid of named groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE, CUSTOMER_BASE
from regulars.metrics.refunded import REFUNDS

# Best first. Slug and name.
GROUPS: tuple[tuple[str, str], ...] = (
    ("champions", "Champions"),
    ("loyal", "Loyal customers"),
    ("potential_loyal", "Potential loyalists"),
    ("new", "New customers"),
    ("promising", "Promising"),
    ("need_attention", "Need attention"),
    ("about_to_sleep", "About to sleep"),
    ("cannot_lose", "Cannot lose them"),
    ("at_risk", "At risk"),
    ("hibernating", "Hibernating"),
    ("lost", "Lost"),
)
# Rows: recency score 5 (latest) to 1; columns: mean of frequency and monetary score 1 to 5. The usual 5 x 5 grid.
_GRID: dict[int, tuple[str, str, str, str, str]] = {
    5: ("new", "potential_loyal", "potential_loyal", "champions", "champions"),
    4: ("promising", "potential_loyal", "potential_loyal", "loyal", "loyal"),
    3: ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    2: ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    1: ("lost", "lost", "at_risk", "at_risk", "cannot_lose"),
}
_FIFTHS = (1, 2, 3, 4)


@dataclass(frozen=True)
class CutPoints:
    """Four cut points each: a value at or under the first scores 1 (recency: 5), above the fourth 5 (recency: 1)."""

    recency: tuple[int, ...]  # days since the last order
    frequency: tuple[int, ...]  # orders
    monetary: tuple[Decimal, ...]  # revenue after refunds, reporting currency


def group_of(r: int, f: int, m: int) -> str:
    """The group's slug: recency against the mean of frequency and monetary value, rounded half up."""
    return _GRID[r][(f + m + 1) // 2 - 1]


def values(analysis: Analysis, day: date) -> ir.Table:
    """One row a customer with a counted order before `day`: `recency_days`, `orders`, `gross`, `revenue` (net)."""
    on = ibis.literal(day, "date")
    if day == analysis.as_of:
        base = CUSTOMER_BASE.select("customer", "last_day", "orders", gross=CUSTOMER_BASE.revenue)
    else:
        orders = CORE.filter(CORE.local_day < on)
        base = orders.group_by("customer").agg(
            last_day=orders.local_day.max(),
            orders=orders.count(),
            gross=orders.revenue.sum().cast("decimal(18, 4)"),
        )
    refunds = REFUNDS.filter(REFUNDS.attributed & (REFUNDS.local_day < on))
    back = refunds.group_by(refunded="customer").agg(back=refunds.revenue.sum().cast("decimal(18, 4)"))
    joined = base.left_join(back, base.customer == back.refunded)
    return joined.select(
        base.customer,
        base.orders,
        base.gross,
        recency_days=days_between(on, base.last_day),
        revenue=(base.gross - back.back.fill_null(ibis.literal(Decimal(0), "decimal(18, 4)"))).cast(
            "decimal(18, 4)"
        ),
    )


def cut_points(table: ir.Table, column: str) -> ir.Table:
    """One row: `cut_1` .. `cut_4` of a column, from counts by value; nulls for an empty table."""
    counts = table.group_by(value=table[column]).agg(n=table.count())
    upto = ibis.cumulative_window(order_by=counts.value)
    ranked = counts.select("value", upto=counts.n.sum().over(upto), total=counts.n.sum().over(ibis.window()))
    return ranked.agg(
        **{f"cut_{i}": ranked.value.min(where=ranked.upto * 5 >= ranked.total * i) for i in _FIFTHS}
    )


def read_cuts(analysis: Analysis, day: date) -> CutPoints:
    """The cut points as of a day; empty where there are no customers."""
    found = {}
    for column in ("recency_days", "orders", "revenue"):
        row = analysis.run(cut_points(values(analysis, day), column)).to_pylist()[0]
        found[column] = tuple(row[f"cut_{i}"] for i in _FIFTHS if row[f"cut_{i}"] is not None)
    return CutPoints(found["recency_days"], found["orders"], found["revenue"])


def scored(table: ir.Table, cuts: CutPoints) -> ir.Table:
    """The values with their scores `r`, `f`, `m` and the `rfm_group`."""
    with_scores = table.mutate(
        r=6 - _score(table.recency_days, cuts.recency),
        f=_score(table.orders, cuts.frequency),
        m=_score(table.revenue, cuts.monetary),
    )
    return with_scores.mutate(rfm_group=_group(with_scores))


def _score(value: ir.NumericValue, cuts: tuple[int, ...] | tuple[Decimal, ...]) -> ir.IntegerValue:
    # A decimal literal needs its type: Ibis would otherwise give each its own precision.
    literals = [ibis.literal(cut, "decimal(18, 4)" if isinstance(cut, Decimal) else "int64") for cut in cuts]
    branches = [(value <= cut, ibis.literal(place, "int64")) for place, cut in enumerate(literals, start=1)]
    highest = ibis.literal(5, "int64")
    return ibis.cases(*branches, else_=highest) if branches else highest


def _group(table: ir.Table) -> ir.StringValue:
    branches = []
    for r, row in _GRID.items():
        for place, slug in enumerate(row, start=1):
            twice = table.f + table.m  # rounded half up: 2 x place - 1 or 2 x place
            hit = (table.r == r) & ((twice == 2 * place) | (twice == 2 * place - 1))
            branches.append((hit, slug))
    return ibis.cases(*branches)
