"""Cohorts (A1): who began together, and what became of them, as a triangle and as curves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import pyarrow as pa

from regulars.kernel.periods import Grain
from regulars.metrics.analysis import Analysis
from regulars.metrics.tabular import arrow_of

Measure = Literal["customers", "returned", "retained", "revenue", "margin", "orders"]
MEASURES: tuple[Measure, ...] = ("customers", "returned", "retained", "revenue", "margin", "orders")
By = Literal["first_order", "sign_up", "market", "country", "channel", "category", "discounted"]
SMALL = 30  # cohorts under so many customers are marked


@dataclass(frozen=True)
class Cohort:
    """Customers who began together. `key` is the first day of a period (ISO), a value, or `ALREADY_THERE`.

    `start`, `end`: days [start, end) on which its customers began; None where the cohort is a value.
    `already_there`: began in the first W days of data, so they may be customers of long before; kept out of averages.
    """

    key: str | None
    start: date | None
    end: date | None
    size: int
    already_there: bool
    small: bool


@dataclass(frozen=True)
class Cell:
    """One cohort in its k-th period after the period of its customers' beginning (`offset`, from 0).

    `value` = numerator / denominator: a share (0..1) for customers, returned and retained; per customer of the cohort
    and cumulative for revenue, margin and orders. `low`, `high`: Wilson's 95 % interval, shares only.
    `complete`: all days of the cell are covered.
    """

    cohort: str | None
    offset: int
    value: Decimal | None
    numerator: Decimal | None
    denominator: int
    low: Decimal | None
    high: Decimal | None
    complete: bool
    small: bool


@dataclass(frozen=True)
class Average:
    """The average curve: complete cells of all cohorts but those already there, weighted by customers."""

    offset: int
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    customers: int
    cohorts: int
    small: bool


@dataclass(frozen=True)
class Cohorts:
    """A triangle of cells with its cohorts and its average curve."""

    by: By
    measure: Measure
    grain: Grain
    offset_grain: Grain
    unit: Literal["share", "money", "number"]
    currency: str | None
    cohorts: tuple[Cohort, ...]
    cells: tuple[Cell, ...]
    average: tuple[Average, ...]
    window_days: int
    additive: bool  # false where a customer can be in several cohorts (category)
    unknown: int  # customers in no cohort, since the attribute is not known
    definitions: str
    lake_version: int | None

    def to_arrow(self) -> pa.Table:
        """The cells."""
        return arrow_of(self.cells, Cell)


def cohorts(
    analysis: Analysis,
    grain: Grain = "month",
    by: By = "first_order",
    measure: Measure = "customers",
    *,
    offset_grain: Grain | None = None,
    periods: int | None = None,
) -> Cohorts:
    """The triangle of one measure. `offset_grain`: length of the columns' periods (default: `grain`);
    `periods`: the most columns to return."""
    raise NotImplementedError
