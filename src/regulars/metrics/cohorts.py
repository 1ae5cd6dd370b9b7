"""Cohorts (A1): who began together, and what became of them, as a triangle and as curves. See docs/cohorts.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from regulars.kernel.errors import InputError
from regulars.kernel.periods import Grain
from regulars.metrics.analysis import Analysis
from regulars.metrics.asked import Answered, heard
from regulars.metrics.cohort_cells import (
    SMALL,
    Average,
    Cell,
    Cohort,
    Layout,
    average_of,
    cells_of,
    cohort_list,
)
from regulars.metrics.cohort_sums import ALREADY_THERE, By, CohortSums, Series, collect
from regulars.metrics.tabular import arrow_of

__all__ = [
    "ALREADY_THERE", "MEASURES", "SMALL", "Average", "By", "Cell", "Cohort", "Cohorts", "Measure", "cohorts",
    "triangles",
]  # fmt: skip

Measure = Literal["customers", "returned", "retained", "revenue", "margin", "orders"]
MEASURES: tuple[Measure, ...] = ("customers", "returned", "retained", "revenue", "margin", "orders")
_SHARES: tuple[Measure, ...] = ("customers", "returned", "retained")
# Reach and still being a customer are about one period; all else adds up over the periods so far.
_OF_ONE_PERIOD: tuple[Measure, ...] = ("customers", "retained")


@dataclass(frozen=True)
class Cohorts(Answered):
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
    unknown: int  # customers whose value is not known; they are in no cohort
    definitions: str
    lake_version: int | None

    def to_arrow(self) -> pa.Table:
        """The cells."""
        return arrow_of(self.cells, Cell)


@heard
def cohorts(
    analysis: Analysis,
    grain: Grain = "month",
    by: By = "first_order",
    measure: Measure = "customers",
    *,
    offset_grain: Grain | None = None,
    periods: int | None = None,
) -> Cohorts:
    """The triangle of one measure.

    Measures: `customers` ordered in the k-th period; `returned` had ordered a second time by its end; `retained`
    were customers (activity window) at its end; `revenue` (after refunds), `margin`, `orders` up to its end, per
    customer of the cohort. `offset_grain`: length of the periods k (default: `grain`); `periods`: the most columns.
    Raises InputError for a margin where neither cost nor a share of margin is known.
    """
    return triangles(analysis, [measure], grain, by, offset_grain=offset_grain, periods=periods)[measure]


def triangles(
    analysis: Analysis,
    measures: Sequence[Measure],
    grain: Grain = "month",
    by: By = "first_order",
    *,
    offset_grain: Grain | None = None,
    periods: int | None = None,
) -> dict[Measure, Cohorts]:
    """Several measures of the same cohorts, with the queries that they share run once."""
    layout = Layout(analysis, by, grain, offset_grain or grain, periods)
    sums = collect(analysis, grain, by, layout.offset_grain, frozenset(measures))
    return {measure: _triangle(layout, sums, measure) for measure in measures}


def _triangle(layout: Layout, sums: CohortSums, measure: Measure) -> Cohorts:
    analysis, share = layout.analysis, measure in _SHARES
    series = _series(sums, measure)
    cells = cells_of(layout, sums.sizes, series, cumulative=measure not in _OF_ONE_PERIOD, share=share)
    money = measure in ("revenue", "margin")
    known = cohort_list(layout, sums.sizes)
    place = {cohort.key: position for position, cohort in enumerate(known)}
    return Cohorts(
        by=layout.by,
        measure=measure,
        grain=layout.grain,
        offset_grain=layout.offset_grain,
        unit="share" if share else "money" if money else "number",
        currency=analysis.definitions.currency if money else None,
        cohorts=known,
        cells=tuple(sorted(cells, key=lambda cell: (place[cell.cohort], cell.offset))),
        average=average_of(cells, share=share),
        window_days=analysis.window,
        additive=layout.by != "category",
        unknown=sums.unknown,
        definitions=analysis.definitions.digest(),
        lake_version=analysis.lake_version,
    )


def _series(sums: CohortSums, measure: Measure) -> Series:
    if measure == "margin" and not sums.margin_known:
        raise InputError(
            "The margin is not known for all orders: neither their cost nor a share of margin was given.",
            do="Give a margin with --margin, or ask for revenue instead.",
        )
    return {
        "customers": sums.reach,
        "returned": sums.returned,
        "retained": sums.retained,
        "revenue": sums.revenue,
        "margin": sums.margin,
        "orders": sums.orders,
    }[measure]
