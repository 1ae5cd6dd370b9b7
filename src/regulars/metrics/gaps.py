"""Time between purchases (K8): gaps between order days and the waits that are still open, counted by whole days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.engines.primitives import days_between
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE, CUSTOMER_BASE
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


def gaps_expression(starts: Sequence[date], last: date, *, all_orders: bool = False) -> ir.Table:
    """Counts by whole days: columns `kind` (`returned` or `open`), `since`, `days`, `n`.

    Looks at [starts[0], last] alone; `since` says from which of the starts (sorted) on a gap lies wholly inside.
    `all_orders`: there are none after `last`, so that the customers' last days are known already.
    """
    start, end = ibis.literal(starts[0], "date"), ibis.literal(last, "date")
    orders = CORE.filter((CORE.local_day >= start) & (CORE.local_day <= end))
    known = orders.filter((orders.previous_day >= start) & (orders.previous_day < orders.local_day))
    since: ir.IntegerValue = ibis.literal(0, "int64")
    for later in starts[1:]:
        since = since + (known.previous_day >= ibis.literal(later, "date")).cast("int64")
    returned = known.group_by(since=since, days=days_between(known.local_day, known.previous_day))
    counts = returned.agg(n=known.count())
    if all_orders:
        last_days = CUSTOMER_BASE.filter(CUSTOMER_BASE.last_day >= start).select("last_day")
    else:
        last_days = orders.group_by("customer").agg(last_day=orders.local_day.max())
    waits = last_days.group_by(days=days_between(end, last_days.last_day)).agg(n=last_days.count())
    waits = waits.mutate(since=ibis.literal(0, "int64"))
    return ibis.union(_labelled(counts, "returned"), _labelled(waits, "open"))


def _labelled(counts: ir.Table, kind: str) -> ir.Table:
    return counts.select(kind=ibis.literal(kind), since=counts.since, days=counts.days, n=counts.n)


def gaps(analysis: Analysis, *, first: date | None = None, last: date | None = None) -> Gaps:
    """Gaps between order days in [first, last], both included; default: all covered days before the as-of day."""
    last = last or min(analysis.coverage.last, analysis.as_of - timedelta(days=1))
    return gaps_since(analysis, (first or analysis.coverage.first,), last)[0]


def gaps_since(analysis: Analysis, starts: Sequence[date], last: date) -> tuple[Gaps, ...]:
    """Gaps between order days in [start, last] for each start, from one look at the orders."""
    analysis.prepare()
    places = sorted(set(starts))
    all_orders = last >= analysis.as_of - timedelta(days=1)
    rows = analysis.run(gaps_expression(places, last, all_orders=all_orders)).to_pylist()
    return tuple(_gaps_of(rows, places.index(start), start, last) for start in starts)


def _gaps_of(rows: Sequence[Mapping[str, Any]], place: int, start: date, last: date) -> Gaps:
    """The gaps that began on or after `start`. A wait began on the customer's last day, so its length says whether."""
    longest = (last - start).days
    returned: dict[int, int] = defaultdict(int)
    waiting: dict[int, int] = defaultdict(int)
    for row in rows:
        if row["kind"] == "open":
            if row["days"] <= longest:
                waiting[row["days"]] += row["n"]
        elif row["since"] >= place:
            returned[row["days"]] += row["n"]
    days = sorted(returned.keys() | waiting.keys())
    return Gaps(start, last, tuple(GapCount(n, returned.get(n, 0), waiting.get(n, 0)) for n in days))
