"""From sums by (cohort, first period, offset) to cells, and from cells to the average curve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from regulars.kernel.periods import Grain, Period
from regulars.metrics.analysis import Analysis
from regulars.metrics.cohort_sums import ALREADY_THERE, TIMED, By, Series
from regulars.metrics.intervals import wilson
from regulars.metrics.numbering import number_of, start_of

SMALL = 30  # cohorts under so many customers are marked


@dataclass(frozen=True)
class Cohort:
    """Customers who began together. `key` is the first day of a period (ISO), a value, or `ALREADY_THERE`.

    `start`, `end`: days [start, end) of the cohort's period; None where the cohort is a value or already there.
    `already_there`: began in the first W days of data, so they may be customers of long before; kept out of averages.
    """

    key: str
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
    `complete`: all days of the cell are covered. Where a cohort's customers began in different periods (values,
    already there), a cell is about those alone whose k-th period is covered: its denominator is their number.
    """

    cohort: str
    offset: int
    value: Decimal | None
    numerator: Decimal
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
class Layout:
    """How the sums of one question are read."""

    analysis: Analysis
    by: By
    grain: Grain
    offset_grain: Grain
    periods: int | None

    @property
    def last_day(self) -> date:
        return min(self.analysis.coverage.last, self.analysis.as_of - timedelta(days=1))

    @property
    def last(self) -> int:
        """Number of the last period that the data touches."""
        return number_of(self.last_day, self.offset_grain)

    def timed(self, key: str) -> bool:
        return self.by in TIMED and key != ALREADY_THERE

    def complete(self, number: int) -> bool:
        """Whether all days of a period are covered; none before the data began can matter to a customer seen."""
        first, end = start_of(number, self.offset_grain), start_of(number + 1, self.offset_grain)
        start = max(first, self.analysis.coverage.first)
        return (
            end <= self.analysis.as_of and end > start and self.analysis.coverage.complete(Period(start, end))
        )

    def offsets(self, starts: Sequence[int]) -> range:
        """Offsets with at least one touched day, for customers who began in these periods."""
        most = self.last - min(starts) + 1
        return range(max(0, most if self.periods is None else min(most, self.periods)))


def cohort_list(layout: Layout, sizes: dict[tuple[str, int], int]) -> tuple[Cohort, ...]:
    """The cohorts: already there first, then in order of time, or by size where they are values."""
    totals: dict[str, int] = defaultdict(int)
    for (key, _), n in sizes.items():
        totals[key] += n

    def order(key: str) -> tuple[bool, int, str]:
        return key != ALREADY_THERE, int(key) if layout.timed(key) else -totals[key], key

    return tuple(_cohort(layout, key, totals[key]) for key in sorted(totals, key=order))


def _cohort(layout: Layout, key: str, size: int) -> Cohort:
    there = key == ALREADY_THERE
    if not layout.timed(key):
        return Cohort(key, None, None, size, there, size < SMALL)
    start, end = start_of(int(key), layout.grain), start_of(int(key) + 1, layout.grain)
    return Cohort(start.isoformat(), start, end, size, there, size < SMALL)


def cells_of(
    layout: Layout, sizes: dict[tuple[str, int], int], series: Series, *, cumulative: bool, share: bool
) -> tuple[Cell, ...]:
    """All cells of one measure, by cohort and offset."""
    members: dict[str, dict[int, int]] = defaultdict(dict)
    for (key, p), n in sizes.items():
        members[key][p] = n
    first = min((p for _, p in sizes), default=layout.last)
    whole = {p: layout.complete(p) for p in range(first, layout.last + 1)}
    found: list[Cell] = []
    for key, starts in members.items():
        sums = {p: series.get((key, p), {}) for p in starts}
        if cumulative:
            sums = {p: _running(of, layout.last - p) for p, of in sums.items()}
        label = start_of(int(key), layout.grain).isoformat() if layout.timed(key) else key
        rolled = not layout.timed(key)
        found.extend(_cells(layout, label, starts, sums, whole, rolled=rolled, share=share))
    return tuple(found)


def _running(of: dict[int, Decimal], last: int) -> dict[int, Decimal]:
    total, found = Decimal(0), {}
    for k in range(last + 1):
        total += of.get(k, Decimal(0))
        found[k] = total
    return found


def _cells(
    layout: Layout,
    label: str,
    starts: dict[int, int],
    sums: dict[int, dict[int, Decimal]],
    whole: dict[int, bool],
    *,
    rolled: bool,
    share: bool,
) -> Iterator[Cell]:
    for k in layout.offsets(list(starts)):
        covered = [p for p in starts if whole.get(p + k, False)]
        complete = len(covered) == len(starts) or (rolled and bool(covered))
        used = covered if rolled and covered else list(starts)
        size = sum(starts[p] for p in used)
        total = sum((sums[p].get(k, Decimal(0)) for p in used), Decimal(0))
        interval = wilson(total, Decimal(size)) if share else None
        yield Cell(
            label, k, total / size if size else None, total, size,
            interval.low if interval else None, interval.high if interval else None, complete, size < SMALL,
        )  # fmt: skip


def average_of(cells: Sequence[Cell], *, share: bool) -> tuple[Average, ...]:
    """Weighted by customers: the sum of numerators over the sum of denominators at each offset."""
    at: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.complete and cell.cohort != ALREADY_THERE:
            at[cell.offset].append(cell)
    found = []
    for offset, those in sorted(at.items()):
        total = sum((cell.numerator for cell in those), Decimal(0))
        size = sum(cell.denominator for cell in those)
        interval = wilson(total, Decimal(size)) if share else None
        low, high = (interval.low, interval.high) if interval else (None, None)
        value = total / size if size else None
        found.append(Average(offset, value, low, high, size, len(those), size < SMALL))
    return tuple(found)
