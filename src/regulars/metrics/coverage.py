"""What days the data covers. Every export begins in the middle: a figure says where it cannot see far enough."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.periods import Period
from regulars.lake.engines import Engine
from regulars.lake.tables import COSTS, FEEDBACK, ORDERS, PAYMENTS, SUBSCRIPTIONS, Table

# Fact tables whose days say what a source covers: first and last day column.
_DAYS = {
    "orders": (ORDERS, "local_day", "local_day"),
    "payments": (PAYMENTS, "local_day", "local_day"),
    "subscriptions": (SUBSCRIPTIONS, "started_day", "ended_day"),
    "feedback": (FEEDBACK, "local_day", "local_day"),
    "costs": (COSTS, "first_day", "last_day"),
}
# Orders and refunds of one source come from one export: either one's days show that it reaches so far.
_TOGETHER = {"payments": "orders"}
_SPARSE = ("feedback", "subscriptions")


@dataclass(frozen=True)
class Covered:
    """Local days that one source covers, both included. `opened`: nothing is missing before `first`.

    `fact`: which fact table's figures it matters to (`orders` stands for orders and payments).
    """

    source: str
    first: date
    last: date
    opened: bool = False
    fact: str = "orders"

    def reaches(self, start: date, end: date) -> bool:
        """Whether all of [start, end) is covered."""
        return (self.opened or self.first <= start) and end <= self.last + timedelta(days=1)


@dataclass(frozen=True)
class Coverage:
    """Coverage of all sources together: a total is complete where each of its sources is."""

    sources: tuple[Covered, ...]

    @property
    def first(self) -> date:
        """First day of any source of orders or subscriptions (of any source where there are none)."""
        return min(s.first for s in self._main())

    @property
    def last(self) -> date:
        """Last day of any source of orders or subscriptions (of any source where there are none)."""
        return max(s.last for s in self._main())

    def _main(self) -> list[Covered]:
        main = [s for s in self.sources if s.fact in ("orders", "subscriptions")]
        return main or list(self.sources)

    def complete(
        self,
        period: Period,
        *,
        look_back: int = 0,
        facts: Iterable[str] = ("orders",),
        sources: Collection[str] | None = None,
    ) -> bool:
        """Whether data is there on [start - look_back, end) from every source of these facts.

        `sources`: the only sources of orders that matter (those of a market); None: all. Facts without a coverage of
        their own are covered as orders are.
        """
        start = period.start - timedelta(days=look_back)
        wanted = {_TOGETHER.get(fact, fact) for fact in facts}
        concerned = [s for s in self.sources if s.fact in wanted] or self._main()
        if sources is not None:
            concerned = [s for s in concerned if s.fact != "orders" or s.source in sources]
        return all(s.reaches(start, period.end) for s in concerned)


def coverage_of(engine: Engine, definitions: Definitions) -> Coverage:
    """First and last day of each source in the facts, or as the definitions set them; facts without rows have none."""
    parts = [_days_of(name, *days) for name, days in _DAYS.items()]
    found: dict[tuple[str, str], Covered] = {}
    for row in engine.run(ibis.union(*parts)).to_pylist():
        fact = _TOGETHER.get(row["fact"], row["fact"])
        have = found.get((fact, row["source"]))
        first, last = row["first"], row["last"]
        if have is not None:
            first, last = min(first, have.first), max(last, have.last)
        found[fact, row["source"]] = Covered(row["source"], first, last, fact=fact)
    stated = {setting.source: setting for setting in definitions.coverage}
    known = [_as_set(covered, stated.get(covered.source)) for covered in found.values()]
    orders = [covered.last for covered in known if covered.fact == "orders"]
    if orders:
        # A day without an answer or a cancellation is no gap: these reach as far as the orders do.
        known = [c if c.fact not in _SPARSE else replace(c, last=max(c.last, *orders)) for c in known]
    return Coverage(tuple(sorted(known, key=lambda covered: (covered.fact, covered.source))))


def _days_of(fact: str, table: Table, first: str, last: str) -> ir.Table:
    rows = table.ibis
    end = ibis.greatest(rows[first], ibis.coalesce(rows[last], rows[first]))
    rows = rows.mutate(first=rows[first], last=end, fact=ibis.literal(fact))
    return rows.group_by(["fact", "source"]).agg(first=rows["first"].min(), last=rows["last"].max())


def _as_set(covered: Covered, stated: SourceCoverage | None) -> Covered:
    if stated is None or covered.fact in ("feedback", "costs"):
        return covered
    first, last = stated.first or covered.first, stated.last or covered.last
    return replace(covered, first=first, last=last, opened=stated.opened)
