"""Time between purchases (K8): gaps between order days and the waits that are still open, counted by whole days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.engines.primitives import days_between
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE
from regulars.metrics.tabular import arrow_of


@dataclass(frozen=True)
class GapCount:
    """How many gaps of `days` days ended with an order (`returned`), and how many waits are still that long (`open`)."""

    days: int
    returned: int
    open: int


@dataclass(frozen=True)
class Gaps:
    """Gaps between one customer's order days, counted by length. Several orders on a day are one order day.

    `counts` is sorted by days and lists only days that occur. A wait is open from the last order day to `last`.
    """

    first: date  # first and last local day looked at, both included
    last: date
    counts: tuple[GapCount, ...]

    @property
    def repeat_orders(self) -> int:
        """Order days after a customer's first."""
        return sum(count.returned for count in self.counts)

    @property
    def customers(self) -> int:
        return sum(count.open for count in self.counts)

    @property
    def history_days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def mean(self) -> Decimal | None:
        """Mean gap in days of those who came back; shorter than the truth, since long gaps are still open."""
        total = sum(count.days * count.returned for count in self.counts)
        return Decimal(total) / self.repeat_orders if self.repeat_orders else None

    @property
    def median(self) -> int | None:
        """The smallest gap that at least half of the gaps do not exceed."""
        reached = 0
        for count in self.counts:
            reached += count.returned
            if 2 * reached >= self.repeat_orders > 0:
                return count.days
        return None

    def to_arrow(self) -> pa.Table:
        return arrow_of(self.counts, GapCount)


def gaps_expression(first: date, last: date) -> ir.Table:
    """Counts by whole days: columns `kind` (`returned` or `open`), `days`, `n`. Looks at [first, last] alone."""
    start, end = ibis.literal(first, "date"), ibis.literal(last, "date")
    orders = CORE.filter((CORE.local_day >= start) & (CORE.local_day <= end))
    known = orders.filter((orders.previous_day >= start) & (orders.previous_day < orders.local_day))
    returned = known.group_by(days=days_between(known.local_day, known.previous_day)).agg(n=known.count())
    last_days = orders.group_by("customer").agg(last_day=orders.local_day.max())
    waits = last_days.group_by(days=days_between(end, last_days.last_day)).agg(n=last_days.count())
    return ibis.union(_labelled(returned, "returned"), _labelled(waits, "open"))


def _labelled(counts: ir.Table, kind: str) -> ir.Table:
    return counts.select(kind=ibis.literal(kind), days=counts.days, n=counts.n)


def gaps(analysis: Analysis, *, first: date | None = None, last: date | None = None) -> Gaps:
    """Gaps between order days in [first, last], both included; default: all covered days before the as-of day."""
    analysis.prepare()
    first = first or analysis.coverage.first
    last = last or min(analysis.coverage.last, analysis.as_of - timedelta(days=1))
    found: dict[int, dict[str, int]] = {}
    for row in analysis.run(gaps_expression(first, last)).to_pylist():
        found.setdefault(row["days"], {})[row["kind"]] = row["n"]
    counts = (GapCount(days, n.get("returned", 0), n.get("open", 0)) for days, n in sorted(found.items()))
    return Gaps(first, last, tuple(counts))
