"""Who is behind a number: the customers of a cohort's cell, and those whom a figure of a period counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from urllib.parse import urlencode

import ibis
import ibis.expr.types as ir

from regulars.kernel.periods import Grain, Period, floor, shift
from regulars.metrics.analysis import Analysis
from regulars.metrics.cohort_sums import members_of
from regulars.metrics.counted import CORE
from regulars.metrics.numbering import number_of

Counted = Literal[
    "customers_at_start", "customers_at_end", "kept_customers", "lost_customers", "won_customers", "won_first_time",
    "won_back", "new_customers", "buyers",
]  # fmt: skip
COUNTED_SETS: tuple[Counted, ...] = get_args(Counted)
# Rates and sums open the customers that they are about.
SETS_OF: dict[str, Counted] = {
    **{name: name for name in COUNTED_SETS},
    "retention_rate": "kept_customers",
    "churn_rate": "lost_customers",
    "repeat_purchase_rate": "buyers",
    "loyal_customer_rate": "buyers",
    "purchase_frequency": "buyers",
    "orders": "buyers",
    "revenue": "buyers",
    "revenue_net": "buyers",
    "aov": "buyers",
}
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)  # beyond, nothing can be counted from a day
_COHORT_GRAINS: tuple[Grain, ...] = ("month", "quarter")


@dataclass(frozen=True)
class CohortCell:
    """Customers who began in the period from `start`; with `offset`, those of them who ordered in the k-th after it."""

    start: date
    grain: Grain = "month"
    offset: int | None = None

    def query(self) -> str:
        """As an address names it."""
        values = {"cohort": self.start.isoformat(), "by": self.grain, "offset": self.offset}
        return urlencode({name: value for name, value in values.items() if value is not None})


@dataclass(frozen=True)
class CountedIn:
    """Customers whom a figure counted in [start, end)."""

    what: Counted
    start: date
    end: date

    def query(self) -> str:
        """As an address names it."""
        return urlencode({"behind": self.what, "from": self.start.isoformat(), "to": self.end.isoformat()})


Behind = CohortCell | CountedIn


def behind(query: Mapping[str, str]) -> Behind | None:
    """What an address asks for: `cohort=2011-06-01&by=month&offset=3`, or `behind=lost_customers&from=...&to=...`.

    None where it names neither, or names it wrongly. A cohort may be written as a month, `2011-06`.
    """
    try:
        if query.get("cohort"):
            grain = query.get("by") or "month"
            if grain not in _COHORT_GRAINS:
                return None
            text = query["cohort"]
            start = floor(date.fromisoformat(text if len(text) > 7 else f"{text}-01"), grain)
            offset = int(query["offset"]) if query.get("offset") else None
            if offset is not None and not 0 <= offset < 1200:
                return None
            return CohortCell(start, grain, offset) if _FIRST <= start < _LAST else None
        what = query.get("behind")
        if what in COUNTED_SETS:
            start, end = date.fromisoformat(query["from"]), date.fromisoformat(query["to"])
            return CountedIn(what, start, end) if _FIRST <= start < end < _LAST else None
    except (KeyError, ValueError, OverflowError):
        return None
    return None


def customers_of(analysis: Analysis, asked: Behind) -> ir.Table:
    """`customer`, once each. Run it with `analysis.run`."""
    analysis.prepare()
    if isinstance(asked, CohortCell):
        return _in_cell(analysis, asked)
    return _counted(analysis, asked.what, Period(asked.start, asked.end))


def _in_cell(analysis: Analysis, cell: CohortCell) -> ir.Table:
    members = members_of(analysis, cell.grain, "first_order", cell.grain)
    began = members.filter(members.cohort == number_of(cell.start, cell.grain)).select("customer")
    if cell.offset is None:
        return began
    start = shift(cell.start, cell.grain, cell.offset)
    ordered = _ordered(Period(start, shift(start, cell.grain, 1)))
    return began.semi_join(ordered, "customer")


def _counted(analysis: Analysis, what: Counted, period: Period) -> ir.Table:
    """One pass over the orders of the period and of the windows before its two ends."""
    if what == "buyers":
        return _ordered(period)
    reach = ibis.interval(days=analysis.window)
    start, end = ibis.literal(period.start, "date"), ibis.literal(period.end, "date")
    day = CORE.local_day
    flags = CORE.filter(day < end).group_by("customer").agg(
        at_start=((day < start) & (day >= (start - reach).cast("date"))).max(),
        at_end=(day >= (end - reach).cast("date")).max(),
        before=(day < start).max(),
    )  # fmt: skip
    conditions: dict[str, ir.BooleanValue] = {
        "customers_at_start": flags.at_start,
        "customers_at_end": flags.at_end,
        "kept_customers": flags.at_start & flags.at_end,
        "lost_customers": flags.at_start & ~flags.at_end,
        "won_customers": ~flags.at_start & flags.at_end,
        "won_first_time": ~flags.before & flags.at_end,
        "won_back": flags.before & ~flags.at_start & flags.at_end,
        "new_customers": ~flags.before,
    }
    return flags.filter(conditions[what]).select("customer")


def _ordered(period: Period) -> ir.Table:
    day = CORE.local_day
    inside = (day >= ibis.literal(period.start, "date")) & (day < ibis.literal(period.end, "date"))
    return CORE.filter(inside).select("customer").distinct()
