"""What-if (K22): what more retention, one more purchase or a higher price would be worth in a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.metrics.tabular import arrow_of

Scenario = Literal[
    "retention_points", "retention_percent", "purchases_per_year", "price_percent", "basket_percent"
]


@dataclass(frozen=True)
class Effect:
    """What a change would be worth in the period: `basis` says whether margin or only revenue (margin unknown)."""

    scenario: Scenario
    change: Decimal  # points, per cent, or purchases, as the scenario says
    words: str
    effect: Decimal | None
    low: Decimal | None
    high: Decimal | None
    basis: Literal["margin", "revenue"]
    currency: str | None


@dataclass(frozen=True)
class Assumption:
    code: str
    words: str
    value: Decimal | None = None


@dataclass(frozen=True)
class WhatIf:
    """Effects over the year [start, end) with what they rest on. `complete`: the data covers it and the window before."""

    effects: tuple[Effect, ...]
    assumptions: tuple[Assumption, ...]
    period_start: date
    period_end: date
    complete: bool
    start_customers: int
    kept_customers: int
    mean_per_kept: Decimal | None
    definitions: str
    lake_version: int | None

    def to_arrow(self) -> pa.Table:
        return arrow_of(self.effects, Effect)


def whatif(
    analysis: Analysis,
    *,
    points: Decimal | None = Decimal(5),
    percent: Decimal | None = Decimal(5),
    purchases: Decimal | None = Decimal(1),
    price_percent: Decimal | None = None,
    basket_percent: Decimal | None = None,
) -> WhatIf:
    """The worth of each change that is given, alone."""
    raise NotImplementedError
