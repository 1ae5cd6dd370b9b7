"""What days the data covers. Every export begins in the middle: a figure says where it cannot see far enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from regulars.kernel.periods import Period


@dataclass(frozen=True)
class Covered:
    """Local days that one source covers, both included. `opened`: nothing is missing before `first`."""

    source: str
    first: date
    last: date
    opened: bool = False

    def reaches(self, start: date, end: date) -> bool:
        """Whether all of [start, end) is covered."""
        return (self.opened or self.first <= start) and end <= self.last + timedelta(days=1)


@dataclass(frozen=True)
class Coverage:
    """Coverage of all sources together: a total is complete where each of its sources is."""

    sources: tuple[Covered, ...]

    @property
    def first(self) -> date:
        return min(s.first for s in self.sources)

    @property
    def last(self) -> date:
        return max(s.last for s in self.sources)

    def complete(self, period: Period, *, look_back: int = 0) -> bool:
        """Whether data is there on [start - look_back, end) from every source."""
        start = period.start - timedelta(days=look_back)
        return all(s.reaches(start, period.end) for s in self.sources)
