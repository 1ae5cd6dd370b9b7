"""Figures of the catalogue, asked for the headline period, the one before, its markets and the months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal

from regulars.kernel.periods import Grain, Period, add_months, floor, shift, standard
from regulars.lake.tables import COSTS
from regulars.metrics.analysis import Analysis
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue import FIGURES
from regulars.metrics.figures import Figure, Row
from regulars.report.content import FEW, Costs, Kept, KeyFigure, MarketLine, MoneyLine, Movement

# Told over periods as long as the headline's, since a month is shorter than the activity window.
SLOW = (
    "retention_rate",
    "churn_rate",
    "customers_at_end",
    "repeat_purchase_rate",
    "existing_customer_revenue_growth",
)
KEY = (
    "retention_rate", "churn_rate", "customers_at_end", "new_customers", "repeat_purchase_rate",
    "loyal_customer_rate", "purchase_frequency", "revenue_net", "orders", "aov", "existing_customer_revenue_growth",
)  # fmt: skip
KEPT = (
    "retention_rate", "retention_rate_first_time_n", "repurchase_rate", "customers_at_start", "kept_customers",
    "lost_customers", "won_first_time", "won_back", "customers_at_end", "came_and_went", "by_construction_share",
)  # fmt: skip
KINDS: tuple[Literal["new", "returning", "loyal"], ...] = ("new", "returning", "loyal")
MOST_MARKETS = 40
_COST_ROWS = ("K10", "K11", "K19", "K23")


def figures(slugs: Iterable[str]) -> list[Figure]:
    """Those of the slugs that the catalogue has."""
    return [FIGURES[slug] for slug in slugs if slug in FIGURES]


@dataclass(frozen=True)
class Asked:
    """One analysis with the periods of the page.

    Calendars hold the headline's periods beside others wherever figures need both, and share one wider calendar, so
    that few passes over the orders answer everything.
    """

    analysis: Analysis
    now: Period
    before: Period
    grain: Grain

    @cached_property
    def trend(self) -> tuple[Period, ...]:
        """Periods of the headline's length that end with each month (at most 24) and with the as-of day, oldest first.

        Only those whose window before the start the data reaches back to.
        """
        as_of, window = self.analysis.as_of, self.analysis.window
        ends = sorted({as_of, *(add_months(floor(as_of, "month"), -back) for back in range(24))})
        periods = (Period(shift(end, self.grain, -1), end) for end in ends)
        reach = timedelta(days=window)
        return tuple(p for p in periods if p.start - reach >= self.analysis.coverage.first)

    @cached_property
    def months(self) -> tuple[Period, ...]:
        """The last 25 months that the data touches."""
        return self._standard("month")

    @cached_property
    def parts(self) -> tuple[Period, ...]:
        """What the money is shown in: quarters where the headline is a year, else months."""
        return self._standard("quarter" if self.grain == "year" else "month")

    @cached_property
    def slow(self) -> Calendar:
        """The headline's periods and the trend's."""
        return self._calendar("slow", *self.trend, self.before, self.now)

    @cached_property
    def quick(self) -> Calendar:
        """The headline's periods and the months."""
        return self._calendar("quick", *self.months, self.before, self.now)

    @cached_property
    def money(self) -> Calendar:
        """What the money is shown in, and the headline's period."""
        return self._calendar("parts", *self.parts, self.now)

    @cached_property
    def only(self) -> Calendar:
        """The headline's period."""
        return self._calendar("now", self.now)

    @cached_property
    def _all(self) -> Calendar:
        year = Period(add_months(self.now.end, -12), self.now.end)
        headline = (self.before, self.now, year)
        every = dict.fromkeys((*headline, *self.trend, *self.months, *self.parts))
        return Calendar("report", tuple(every), self.analysis.window)

    def _calendar(self, name: str, *periods: Period) -> Calendar:
        distinct = tuple(dict.fromkeys(periods))
        return Calendar(f"report_{name}", distinct, self.analysis.window, self._all)

    def _standard(self, grain: Grain) -> tuple[Period, ...]:
        last = min(self.analysis.coverage.last, self.analysis.as_of - timedelta(days=1))
        first = max(self.analysis.coverage.first, add_months(floor(last, "month"), -24))
        return standard(grain, min(first, last), last)

    def groups(self) -> dict[str, Decimal]:
        """Revenue of the headline period by who ordered; empty where it is not complete."""
        wanted = figures(f"revenue_{kind}_customers" for kind in KINDS)
        rows = _within(self.analysis.rows(wanted, self.money), (self.now,))
        if not all(row.complete for row in rows):
            return {}
        return {row.metric.split("_")[1]: row.value or Decimal(0) for row in rows}


def key_figures(asked: Asked, slugs: Iterable[str] = KEY) -> tuple[KeyFigure, ...]:
    """The key figures (or some of them) with the period before and their trend."""
    wanted = figures(slugs)
    slow = asked.analysis.rows([figure for figure in wanted if figure.slug in SLOW], asked.slow)
    quick = asked.analysis.rows([figure for figure in wanted if figure.slug not in SLOW], asked.quick)
    rows = _by_slug(slow + quick)
    found = []
    for figure in wanted:
        mine = rows[figure.slug]
        (now,), (before,) = _within(mine, (asked.now,)), _within(mine, (asked.before,))
        shown = asked.trend if figure.slug in SLOW else asked.months
        trend = tuple(row for row in _within(mine, shown) if row.complete)
        found.append(KeyFigure(figure.slug, now, before if before.complete else None, trend))
    return tuple(found)


def kept(asked: Asked) -> Kept:
    """K1 with its bridge, in the headline period."""
    found = {row.metric: row for row in _within(asked.analysis.rows(figures(KEPT), asked.slow), (asked.now,))}

    def count(slug: str) -> int:
        row = found.get(slug)
        return int(row.numerator or 0) if row is not None else 0

    rate = found["retention_rate"]
    return Kept(
        asked.now.start, asked.now.end, rate.complete, count("customers_at_start"), count("kept_customers"),
        count("lost_customers"), count("won_first_time"), count("won_back"), count("customers_at_end"),
        count("came_and_went"), count("by_construction_share"), rate, found.get("retention_rate_first_time_n"),
        found.get("repurchase_rate"),
    )  # fmt: skip


def movement(asked: Asked) -> tuple[Movement, ...]:
    """Customers won, kept and lost by month."""
    rows = asked.analysis.rows(figures(("won_customers", "kept_customers", "lost_customers")), asked.quick)
    months: dict[Period, dict[str, Row]] = {}
    for row in _within(rows, asked.months):
        months.setdefault(Period(row.period_start, row.period_end), {})[row.metric] = row
    return tuple(_moved(month, found) for month, found in sorted(months.items()))


def _moved(month: Period, found: dict[str, Row]) -> Movement:
    won, kept_ones, lost = (
        int(found[slug].value or 0) for slug in ("won_customers", "kept_customers", "lost_customers")
    )
    return Movement(month.start, month.end, won, kept_ones, lost, found["won_customers"].complete)


def markets(asked: Asked) -> tuple[MarketLine, ...]:
    """Markets in the headline period, most customers at the start first."""
    slugs = ("retention_rate", "repeat_purchase_rate", "aov", "revenue")
    found: dict[str | None, dict[str, Row]] = {}
    for row in asked.analysis.rows(figures(slugs), asked.only, ("market",)):
        found.setdefault(dict(row.dimensions)["market"], {})[row.metric] = row
    lines = []
    for market, rows in found.items():
        customers = int(rows["retention_rate"].denominator or 0)
        others = (rows.get(slug) for slug in slugs[1:])
        lines.append(MarketLine(market, customers, customers < FEW, rows["retention_rate"], *others))
    lines.sort(key=lambda line: (-line.customers, line.market or ""))
    return tuple(lines[:MOST_MARKETS])


def money(asked: Asked) -> tuple[MoneyLine, ...]:
    """Revenue by new, returning and loyal customers."""
    rows = asked.analysis.rows(figures(f"revenue_{kind}_customers" for kind in KINDS), asked.money)
    rows = _within(rows, asked.parts)
    return tuple(
        MoneyLine(row.period_start, row.period_end, kind, row.value or Decimal(0), row.complete)
        for row in rows
        for kind in KINDS
        if row.metric == f"revenue_{kind}_customers"
    )  # fmt: skip


def costs(asked: Asked, *, margin_known: bool) -> Costs:
    """Figures that need a margin or costs, as far as they can be said. `margin_known`: that of every order."""
    wanted = [figure for figure in FIGURES.values() if figure.row in _COST_ROWS]
    rows = tuple(row for row in asked.analysis.rows(wanted, asked.only) if row.value is not None)
    found = asked.analysis.engine.run(COSTS.ibis.count().as_table()).to_pylist()
    spent = any(next(iter(row.values())) for row in found)
    return Costs(rows, margin_known, bool(spent))


def _within(rows: Iterable[Row], periods: Sequence[Period]) -> list[Row]:
    """The rows of these periods."""
    wanted = set(periods)
    return [row for row in rows if Period(row.period_start, row.period_end) in wanted]


def _by_slug(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.metric, []).append(row)
    return found
