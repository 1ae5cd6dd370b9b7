"""What each customer bought so far, in money: the part of lifetime value that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
import numpy.typing as npt

from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE
from regulars.metrics.refunded import REFUNDS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Totals:
    """One row a customer, sorted by `customer`: counted `orders`, `gross` revenue before and `revenue` after refunds,
    `margin` before refunds (NaN where that of an order is not known), all in the reporting currency."""

    customer: npt.NDArray[np.int64]
    orders: Floats
    gross: Floats
    revenue: Floats
    margin: Floats

    @property
    def margin_share(self) -> float | None:
        """Margin over revenue of the customers whose margin is known; None where it is known of nobody."""
        known = np.isfinite(self.margin) & (self.gross > 0)
        return float(self.margin[known].sum() / self.gross[known].sum()) if known.any() else None


def totals_until(analysis: Analysis, day: date) -> Totals:
    """Totals of everyone with a counted order before `day` (never after the analysis's own)."""
    analysis.prepare()
    on = ibis.literal(min(day, analysis.as_of), "date")
    orders = CORE.filter(CORE.local_day < on)
    base = orders.group_by("customer").agg(
        orders=orders.count(),
        gross=orders.revenue.sum().cast("float64"),
        known=orders.margin.count(),
        margin=orders.margin.sum().cast("float64"),
    )
    refunds = REFUNDS.filter(REFUNDS.attributed & (REFUNDS.local_day < on))
    back = refunds.group_by(refunded="customer").agg(back=refunds.revenue.sum().cast("float64"))
    joined = base.left_join(back, base.customer == back.refunded)
    found = analysis.run(
        joined.select(*(base[name] for name in base.columns), back=joined.back.fill_null(0.0))
    )
    number = found["customer"].to_numpy().astype(np.int64)
    order = np.argsort(number)
    count, gross, known, back_paid = (
        found[name].to_numpy().astype(np.float64)[order] for name in ("orders", "gross", "known", "back")
    )
    margin = found["margin"].fill_null(0.0).to_numpy().astype(np.float64)[order]
    return Totals(number[order], count, gross, gross - back_paid, np.where(known == count, margin, np.nan))
