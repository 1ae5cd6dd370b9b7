"""The activity window W, proposed from the time between purchases.

With S(t) the Kaplan-Meier estimate of the share that has not ordered again t days after an order (E. L. Kaplan and
P. Meier, JASA 1958; the last wait of each customer is censored at the data's end, and counts as at risk on its own last
day), F(t) = 1 - S(t) is the share that has come back. F is a step function that rises at the gaps that occur and keeps
its last value to the data's end, F(end). The proposal is the smallest gap t with F(t) >= 0.9 x F(end).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa

from regulars.kernel.periods import add_months
from regulars.metrics.analysis import Analysis
from regulars.metrics.gaps import Gaps, gaps, gaps_since
from regulars.metrics.tabular import arrow_of

SHARE = Decimal("0.9")
FEW_REPEAT_ORDERS = 200
# Decimal products of hundreds of quotients end in noise; no two steps of a real curve are as close as this.
_NOISE = Decimal("1e-18")


@dataclass(frozen=True)
class CurvePoint:
    """After `days` days: `at_risk` waits had lasted so long, `returned` ended that day, `share` has come back (0..1)."""

    days: int
    at_risk: int
    returned: int
    share: Decimal


@dataclass(frozen=True)
class Weakness:
    """Why a proposal is weak: a code to translate by (the numbers stand in the proposal) and English words."""

    code: str
    words: str


@dataclass(frozen=True)
class WindowProposal:
    """The proposed window in days (None where nobody ever came back) with what it rests on.

    `most_gone_days`: K8's gap after which most have not come back: of those who have not ordered for so many days,
    fewer than half order again before the data ends. None where the longest wait seen still ended with an order.
    """

    days: int | None
    weak: tuple[Weakness, ...]
    first: date
    last: date
    repeat_orders: int
    customers: int
    history_days: int
    share_returned: Decimal
    mean_gap: Decimal | None
    median_gap: int | None
    most_gone_days: int | None
    curve: tuple[CurvePoint, ...]

    def to_arrow(self) -> pa.Table:
        """The curve."""
        return arrow_of(self.curve, CurvePoint)


def kaplan_meier(found: Gaps) -> tuple[CurvePoint, ...]:
    """The curve at each gap that occurs, sorted by days."""
    at_risk = found.repeat_orders + found.customers
    waiting = Decimal(1)
    points = []
    for count in found.counts:
        if count.returned:
            waiting *= Decimal(at_risk - count.returned) / at_risk
            points.append(CurvePoint(count.days, at_risk, count.returned, 1 - waiting))
        at_risk -= count.returned + count.open
    return tuple(points)


def proposal_of(found: Gaps) -> WindowProposal:
    """The proposal from counted gaps."""
    curve = kaplan_meier(found)
    final = curve[-1].share if curve else Decimal(0)
    days = next((point.days for point in curve if point.share >= SHARE * final - _NOISE), None)
    return WindowProposal(
        days=days,
        weak=_weaknesses(found, days),
        first=found.first,
        last=found.last,
        repeat_orders=found.repeat_orders,
        customers=found.customers,
        history_days=found.history_days,
        share_returned=final,
        mean_gap=found.mean,
        median_gap=found.median,
        most_gone_days=_most_gone(curve, final),
        curve=curve,
    )


def propose_window(
    analysis: Analysis, *, first: date | None = None, last: date | None = None
) -> WindowProposal:
    """The window that the data proposes, whatever window is set; see the module for its definition."""
    return proposal_of(gaps(analysis, first=first, last=last))


def propose_by_history(
    analysis: Analysis, months: tuple[int | None, ...] = (6, 12, 24)
) -> tuple[WindowProposal, ...]:
    """The proposal from the last n months of data alone, for each n: how much it depends on the history given.

    None stands for all of the data.
    """
    first = analysis.coverage.first
    last = min(analysis.coverage.last, analysis.as_of - timedelta(days=1))
    starts = [first if n is None else max(first, add_months(last + timedelta(days=1), -n)) for n in months]
    return tuple(proposal_of(found) for found in gaps_since(analysis, starts, last))


def _most_gone(curve: tuple[CurvePoint, ...], final: Decimal) -> int | None:
    # Of those waiting after t days (1 - F(t)), final - F(t) come back: fewer than half where F(t) > 2 final - 1.
    if 2 * final < 1:
        return 0
    return next((point.days for point in curve if point.share > 2 * final - 1 + _NOISE), None)


def _weaknesses(found: Gaps, days: int | None) -> tuple[Weakness, ...]:
    if days is None:
        return (Weakness("no_repeat_orders", "No customer ordered on two different days."),)
    reasons = []
    if found.repeat_orders < FEW_REPEAT_ORDERS:
        words = (
            f"It rests on {found.repeat_orders} repeat orders; under {FEW_REPEAT_ORDERS} it may change much."
        )
        reasons.append(Weakness("few_repeat_orders", words))
    if found.history_days < 2 * days:
        words = (
            f"The data covers {found.history_days} days, less than twice the proposal of {days}: "
            "longer gaps could not be seen."
        )
        reasons.append(Weakness("short_history", words))
    return tuple(reasons)
