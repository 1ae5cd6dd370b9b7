"""Who was kept over one period and what they brought, straight from orders: for what-if and for data quality.

The key figures answer many periods at once from masks; here one period is asked of a chosen set of orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.kernel.periods import Period, shift
from regulars.lake.engines.primitives import bit_or, convert, has_bit
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE
from regulars.metrics.daily import BY_DAY
from regulars.metrics.refunded import REFUNDS

_START, _END, _BOTH = (ibis.literal(mask, "int64") for mask in (1, 2, 3))
_ZERO = ibis.literal(Decimal(0), "decimal(18, 4)")


@dataclass(frozen=True)
class Kept:
    """Sums over one period [start, end). Amounts after refunds, in the reporting currency; margin None where unknown.

    `squares`: the sum over kept customers of the square of their amount (margin, else revenue).
    """

    start: int
    end: int
    kept: int
    kept_revenue: Decimal
    kept_margin: Decimal | None
    squares: Decimal
    buyers: int
    orders: int
    gross: Decimal  # revenue before refunds
    revenue: Decimal
    margin: Decimal | None

    @property
    def retention_rate(self) -> Decimal | None:
        """Kept of the customers at the start, per cent."""
        return Decimal(self.kept) / self.start * 100 if self.start else None


def last_year(analysis: Analysis) -> Period:
    """The year up to the data's end."""
    end = min(analysis.coverage.last + timedelta(days=1), analysis.as_of)
    return Period(shift(end, "year", -1), end)


def complete(analysis: Analysis, period: Period) -> bool:
    """Whether the data covers the period and the window before it."""
    return period.end <= analysis.as_of and analysis.coverage.complete(period, look_back=analysis.window)


def kept_over(analysis: Analysis, period: Period) -> Kept:
    """The sums for `period`."""
    analysis.prepare()
    share = _margin_share(analysis, period)
    refunds = _refunds(period, share)
    sums = _sums(_buyers(period, analysis.window), refunds, known=share is not None)
    row = analysis.run(sums).to_pylist()[0]
    back = analysis.run(refunds.agg(back=refunds.back.sum(), lost=refunds.lost.sum())).to_pylist()[0]
    return _read(row, back, known=share is not None)


def stays(analysis: Analysis, period: Period, orders: ir.Table = CORE) -> tuple[int, int]:
    """Customers at the start of `period` and how many of them were kept, from these of the counted orders alone."""
    analysis.prepare()
    seen = _reaching(orders, period, analysis.window)
    by = seen.group_by("customer").agg(mask=_mask(seen, period, analysis.window))
    row = analysis.run(by.agg(start=_count(has_bit(by.mask, _START)), kept=_count(by.mask == _BOTH)))
    (found,) = row.to_pylist()
    return found["start"], found["kept"]


def _margin_share(analysis: Analysis, period: Period) -> Decimal | None:
    """Margin of revenue over the period's orders, as refunds take it back; None where any order's is unknown."""
    inside = BY_DAY.filter(_within(BY_DAY.local_day, period.start, period.end))
    sums = inside.agg(
        revenue=inside.revenue.sum(), margin=inside.margin.sum(), unknown=inside.margin_unknown.sum()
    )
    row = analysis.run(sums).to_pylist()[0]
    if row["unknown"] != 0 or not row["revenue"]:
        return None
    return Decimal(row["margin"]) / Decimal(row["revenue"])


def _within(day: ir.DateValue, start: date, end: date) -> ir.BooleanValue:
    return (day >= ibis.literal(start, "date")) & (day < ibis.literal(end, "date"))


def _reaching(orders: ir.Table, period: Period, window: int) -> ir.Table:
    """The orders that matter to the period or to who was a customer at its start."""
    return orders.filter(_within(orders.local_day, period.start - timedelta(days=window), period.end))


def _mask(orders: ir.Table, period: Period, window: int) -> ir.IntegerScalar:
    """Whether a customer was one at the start (first bit) and at the end (second bit)."""
    reach, nothing = timedelta(days=window), ibis.literal(0, "int64")
    start = _within(orders.local_day, period.start - reach, period.start)
    end = _within(orders.local_day, period.end - reach, period.end)
    return bit_or(ibis.ifelse(start, _START, nothing) + ibis.ifelse(end, _END, nothing))


def _buyers(period: Period, window: int) -> ir.Table:
    """By customer: the mask and what was bought in the period."""
    orders = _reaching(CORE, period, window)
    inside = _within(orders.local_day, period.start, period.end)
    return orders.group_by("customer").agg(
        mask=_mask(orders, period, window),
        orders=orders.count(where=inside),
        gross=ibis.coalesce(orders.revenue.sum(where=inside), _ZERO).cast("decimal(18, 4)"),
        margin=ibis.coalesce(orders.margin.sum(where=inside), _ZERO).cast("decimal(18, 4)"),
    )


def _refunds(period: Period, share: Decimal | None) -> ir.Table:
    """By customer: what was taken back in the period, and the margin that was lost with it."""
    refunds = REFUNDS.filter(REFUNDS.attributed & _within(REFUNDS.local_day, period.start, period.end))
    rate = ibis.literal((share or Decimal(0)).quantize(Decimal("1e-10")), "decimal(38, 10)")
    return refunds.group_by(refunded="customer").agg(
        back=refunds.revenue.sum().cast("decimal(18, 4)"),
        lost=convert(refunds.revenue, rate).sum().cast("decimal(18, 4)"),
    )


def _sums(buyers: ir.Table, refunds: ir.Table, *, known: bool) -> ir.Table:
    joined = buyers.left_join(refunds, buyers.customer == refunds.refunded)
    net = (joined.gross - joined.back.fill_null(_ZERO)).cast("decimal(18, 4)")
    margin = (joined.margin - joined.lost.fill_null(_ZERO)).cast("decimal(18, 4)")
    kept = joined["mask"] == _BOTH
    amount = (margin if known else net).cast("float64")
    return joined.agg(
        start=_count(has_bit(joined["mask"], _START)),
        end=_count(has_bit(joined["mask"], _END)),
        kept=_count(kept),
        kept_revenue=net.sum(where=kept),
        kept_margin=margin.sum(where=kept),
        squares=(amount * amount).sum(where=kept),
        buyers=_count(joined.orders > 0),
        orders=joined.orders.sum(),
        gross=joined.gross.sum(),
        margin=joined.margin.sum(),
    )


def _count(condition: ir.BooleanValue) -> ir.IntegerScalar:
    return ibis.coalesce(condition.cast("int64").sum(), 0).cast("int64")


def _read(row: Mapping[str, Any], back: Mapping[str, Any], *, known: bool) -> Kept:
    def amount(value: object) -> Decimal:
        return Decimal(str(value or 0))

    return Kept(
        start=row["start"],
        end=row["end"],
        kept=row["kept"],
        kept_revenue=amount(row["kept_revenue"]),
        kept_margin=amount(row["kept_margin"]) if known else None,
        squares=amount(row["squares"]),
        buyers=row["buyers"],
        orders=int(row["orders"] or 0),
        gross=amount(row["gross"]),
        # Refunds of customers who ordered nothing of late are taken off the whole, too.
        revenue=amount(row["gross"]) - amount(back["back"]),
        margin=amount(row["margin"]) - amount(back["lost"]) if known else None,
    )
