"""Who stays: K1, K2, K20 and what stands beside them. All from one family of sums."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import ibis.expr.types as ir

from regulars.metrics.activity import movements
from regulars.metrics.calendar import Calendar
from regulars.metrics.figures import Better, Family, Figure, Sums
from regulars.metrics.intervals import of_share


def _movements(_: object, calendar: Calendar, dimensions: ir.Table | None) -> ir.Table:
    return movements(calendar, dimensions)


MOVEMENTS = Family("movements", scope="customers", query=_movements)


def _sum(name: str) -> Callable[[Sums], Decimal | None]:
    return lambda sums: sums[name]


def _share(
    slug: str,
    row: str,
    name: str,
    *,
    words: str,
    symbols: str,
    part: str,
    whole: str,
    better: Better,
    note: str = "",
) -> Figure:
    numerator, denominator = _sum(part), _sum(whole)
    return Figure(
        slug, row, name, words, symbols, "percent", better, (MOVEMENTS,), numerator, denominator, scale=100,
        interval=of_share(numerator, denominator), note=note,
    )  # fmt: skip


RETENTION_RATE = _share(
    "retention_rate", "K1", "Retention rate",
    words="Customers at the start who are still customers at the end, of all customers at the start. "
          "Won customers (first-time and won back) never count.",
    symbols="(E - N) / S x 100 = kept / S x 100",
    part="kept", whole="start", better="up",
)  # fmt: skip

CHURN_RATE = _share(
    "churn_rate", "K2", "Churn rate",
    words="Customers lost in the period, of the customers at its start.",
    symbols="L / S x 100",
    part="lost", whole="start", better="down",
)  # fmt: skip
