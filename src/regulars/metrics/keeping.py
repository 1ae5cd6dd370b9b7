"""Who was kept over one period and what they brought, straight from orders: for what-if and for data quality.

The key figures answer many periods at once from masks; here one period is asked of a chosen set of orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.kernel.periods import Period, shift
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE
from regulars.metrics.refunded import REFUNDS


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


def kept_over(analysis: Analysis, period: Period, orders: ir.Table | None = None) -> Kept:
    """The sums for `period`; `orders` (columns of `counted_core`) may leave some of the counted orders out."""
    analysis.prepare()
    orders = CORE if orders is None else orders
    share = _margin_share(analysis, orders, period)
    moves = _movements(orders, share)
    row = analysis.run(_sums(_by_customer(moves, period, analysis.window))).to_pylist()[0]
    return _read(row, known=share is not None)


def _margin_share(analysis: Analysis, orders: ir.Table, period: Period) -> Decimal | None:
    """Margin of revenue over the period's orders, as refunds take it back; None where any order's is unknown."""
    inside = orders.filter(_within(orders.local_day, period.start, period.end))
    sums = inside.agg(
        revenue=inside.revenue.sum(),
        margin=inside.margin.sum(),
        unknown=inside.margin.isnull().cast("int64").sum(),
    )
    row = analysis.run(sums).to_pylist()[0]
    if row["unknown"] != 0 or not row["revenue"]:
        return None
    return Decimal(row["margin"]) / Decimal(row["revenue"])


def _movements(orders: ir.Table, share: Decimal | None) -> ir.Table:
    """Orders and, with negative amounts, refunds: `customer`, `day`, `bought`, `gross`, `net`, `margin`."""
    margin = orders.margin if share is not None else ibis.null("decimal(18, 4)")
    zero = ibis.literal(Decimal(0), "decimal(18, 4)")
    bought = orders.select(
        customer=orders.customer, day=orders.local_day, bought=ibis.literal(1, "int64"),
        gross=orders.revenue, net=orders.revenue, margin=margin,
    )  # fmt: skip
    refunds = REFUNDS.filter(REFUNDS.attributed)
    back = (-refunds.revenue).cast("decimal(18, 4)")
    if share is None:
        lost: ir.DecimalValue = ibis.null("decimal(18, 4)")
    else:
        rate = ibis.literal(share.quantize(Decimal("1e-10")), "decimal(38, 10)")
        lost = (back.cast("decimal(38, 4)") * rate).cast("decimal(18, 4)")
    taken = refunds.select(
        customer=refunds.customer, day=refunds.local_day, bought=ibis.literal(0, "int64"),
        gross=zero, net=back, margin=lost,
    )  # fmt: skip
    return bought.union(taken)


def _within(day: ir.DateValue, start: date, end: date) -> ir.BooleanValue:
    return (day >= ibis.literal(start, "date")) & (day < ibis.literal(end, "date"))


def _by_customer(moves: ir.Table, period: Period, window: int) -> ir.Table:
    reach = timedelta(days=window)
    own = moves.bought == 1
    inside = _within(moves.day, period.start, period.end)
    seen = moves.filter(_within(moves.day, period.start - reach, period.end))
    return seen.group_by("customer").agg(
        at_start=(own & _within(moves.day, period.start - reach, period.start)).cast("int64").max(),
        at_end=(own & _within(moves.day, period.end - reach, period.end)).cast("int64").max(),
        orders=ibis.coalesce(moves.bought.sum(where=inside), 0).cast("int64"),
        gross=moves.gross.sum(where=inside).cast("decimal(18, 4)"),
        net=moves.net.sum(where=inside).cast("decimal(18, 4)"),
        margin=moves.margin.sum(where=inside).cast("decimal(18, 4)"),
    )


def _sums(by: ir.Table) -> ir.Table:
    kept = (by.at_start == 1) & (by.at_end == 1)
    amount = ibis.coalesce(by.margin, by.net).cast("float64").fill_null(0.0)
    return by.agg(
        start=(by.at_start == 1).cast("int64").sum(),
        end=(by.at_end == 1).cast("int64").sum(),
        kept=kept.cast("int64").sum(),
        kept_revenue=by.net.sum(where=kept),
        kept_margin=by.margin.sum(where=kept),
        squares=(amount * amount).sum(where=kept),
        buyers=(by.orders > 0).cast("int64").sum(),
        orders=by.orders.sum(),
        gross=by.gross.sum(),
        revenue=by.net.sum(),
        margin=by.margin.sum(),
    )


def _read(row: dict[str, object], *, known: bool) -> Kept:
    def whole(name: str) -> int:
        return int(str(row[name] or 0))

    def amount(name: str) -> Decimal:
        return Decimal(str(row[name] or 0))

    return Kept(
        start=whole("start"),
        end=whole("end"),
        kept=whole("kept"),
        kept_revenue=amount("kept_revenue"),
        kept_margin=amount("kept_margin") if known else None,
        squares=amount("squares"),
        buyers=whole("buyers"),
        orders=whole("orders"),
        gross=amount("gross"),
        revenue=amount("revenue"),
        margin=amount("margin") if known else None,
    )
