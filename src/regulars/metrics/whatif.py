"""What-if (K22): what more retention, one more purchase or a higher price would be worth in a year.

K22 = points x S x mean margin per kept customer (revenue, and said so, where the margin is not known).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.metrics.asked import Answered, heard
from regulars.metrics.intervals import of_mean
from regulars.metrics.keeping import Kept, complete, kept_over, last_year
from regulars.metrics.tabular import arrow_of

Scenario = Literal[
    "retention_points", "retention_percent", "purchases_per_year", "price_percent", "basket_percent"
]
Basis = Literal["margin", "revenue"]


@dataclass(frozen=True)
class Effect:
    """What one change would be worth in a year. `basis` says whether in margin, or only in revenue (margin unknown).

    `low`, `high`: 95 % interval from the spread between kept customers; None where there is none to state.
    """

    scenario: Scenario
    change: Decimal  # points, per cent, or purchases, as the scenario says
    words: str
    effect: Decimal | None
    low: Decimal | None
    high: Decimal | None
    basis: Basis
    currency: str | None


@dataclass(frozen=True)
class Assumption:
    """Something the effects rest on; `value` is the number in it, where there is one."""

    code: str
    words: str
    value: Decimal | None = None


@dataclass(frozen=True)
class WhatIf(Answered):
    """Effects over the year [start, end) with what they rest on. `complete`: the data covers it and the window before."""

    effects: tuple[Effect, ...]
    assumptions: tuple[Assumption, ...]
    period_start: date
    period_end: date
    complete: bool
    start_customers: int
    kept_customers: int
    retention_rate: Decimal | None  # per cent
    mean_per_kept: Decimal | None
    basis: Basis
    definitions: str
    lake_version: int | None

    def to_arrow(self) -> pa.Table:
        """The effects."""
        return arrow_of(self.effects, Effect)


@heard
def whatif(
    analysis: Analysis,
    *,
    points: Decimal | None = Decimal(5),
    percent: Decimal | None = Decimal(5),
    purchases: Decimal | None = Decimal(1),
    price_percent: Decimal | None = None,
    basket_percent: Decimal | None = None,
) -> WhatIf:
    """The worth in a year of each change that is given, alone: effects are not to be added up.

    `points`: retention rate plus so many percentage points; `percent`: so many per cent more kept customers;
    `purchases`: so many more a year from each kept customer; `price_percent`: prices, at unchanged quantities and
    cost; `basket_percent`: average order value by larger baskets, at unchanged margin.
    """
    period = last_year(analysis)
    kept = kept_over(analysis, period)
    basis: Basis = "revenue" if kept.margin is None else "margin"
    mean = _mean(kept)
    effects = [
        _retention(analysis, kept, "retention_points", points),
        _retention(analysis, kept, "retention_percent", percent),
        _purchases(analysis, kept, purchases),
        _scaled(analysis, kept, "price_percent", price_percent),
        _scaled(analysis, kept, "basket_percent", basket_percent),
    ]
    return WhatIf(
        effects=tuple(effect for effect in effects if effect is not None),
        assumptions=_assumptions(kept, mean, basis),
        period_start=period.start,
        period_end=period.end,
        complete=complete(analysis, period),
        start_customers=kept.start,
        kept_customers=kept.kept,
        retention_rate=kept.retention_rate,
        mean_per_kept=mean,
        basis=basis,
        definitions=analysis.definitions.digest(),
        lake_version=analysis.lake_version,
    )


def _mean(kept: Kept) -> Decimal | None:
    total = kept.kept_revenue if kept.kept_margin is None else kept.kept_margin
    return total / kept.kept if kept.kept else None


def _effect(
    analysis: Analysis, kept: Kept, scenario: Scenario, change: Decimal, words: str,
    amounts: tuple[Decimal | None, Decimal | None, Decimal | None],
) -> Effect:  # fmt: skip
    basis: Basis = "revenue" if kept.margin is None else "margin"
    return Effect(scenario, change, words, *amounts, basis, analysis.definitions.currency)


def _retention(analysis: Analysis, kept: Kept, scenario: Scenario, change: Decimal | None) -> Effect | None:
    if change is None:
        return None
    if scenario == "retention_points":
        more = change / 100 * kept.start
        words = f"Retention rate {change:+f} percentage points"
    else:
        more = change / 100 * kept.kept
        words = f"Retention rate {change:+f} per cent of itself"
    mean = _mean(kept)
    if mean is None:
        return _effect(analysis, kept, scenario, change, words, (None, None, None))
    interval = of_mean(mean * kept.kept, kept.squares, Decimal(kept.kept))
    ends = sorted((more * interval.low, more * interval.high)) if interval else [None, None]
    return _effect(analysis, kept, scenario, change, words, (more * mean, ends[0], ends[1]))


def _purchases(analysis: Analysis, kept: Kept, change: Decimal | None) -> Effect | None:
    if change is None:
        return None
    words = f"{change:+f} purchases a year from each kept customer"
    worth = _per_order(kept)
    amount = None if worth is None else change * kept.kept * worth
    return _effect(analysis, kept, "purchases_per_year", change, words, (amount, None, None))


def _scaled(analysis: Analysis, kept: Kept, scenario: Scenario, change: Decimal | None) -> Effect | None:
    if change is None:
        return None
    if scenario == "price_percent":
        # All of a higher price is margin: quantities and cost stay.
        words, base = f"Prices {change:+f} per cent at unchanged quantities and cost", kept.revenue
    else:
        words = f"Average order value {change:+f} per cent by larger baskets"
        base = kept.revenue if kept.margin is None else kept.margin
    return _effect(analysis, kept, scenario, change, words, (change / 100 * base, None, None))


def _per_order(kept: Kept) -> Decimal | None:
    """Margin (else revenue) of a mean order before refunds: AOV x share of margin."""
    if not kept.orders:
        return None
    worth = kept.gross / kept.orders
    return worth if kept.margin is None or not kept.revenue else worth * kept.margin / kept.revenue


def _assumptions(kept: Kept, mean: Decimal | None, basis: Basis) -> tuple[Assumption, ...]:
    found = [
        Assumption("start_customers", "Customers at the start of the year", Decimal(kept.start)),
        Assumption("kept_customers", "of them kept at its end", Decimal(kept.kept)),
        Assumption("mean_per_kept", f"Mean {basis} a kept customer brought in the year, after refunds", mean),
        Assumption(
            "alike", "Customers kept in addition bring as much as those kept now; they may bring less"
        ),
        Assumption("no_cost", "What the change costs is not taken off"),
        Assumption("one_at_a_time", "Each change is taken alone: effects do not add up"),
    ]
    if basis == "revenue":
        found.append(Assumption("margin_unknown", "The margin is not known: effects are revenue, not profit"))
    return tuple(found)
