"""Periods of local days: [start, end), standard or rolling. Pure date arithmetic, no clock."""

from __future__ import annotations

import calendar
import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
# The shortest length of each standard period: a headline uses the shortest period that is at least W long.
GRAIN_DAYS: dict[Grain, int] = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}
_MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, order=True)
class Period:
    """Local days from `start` up to, not including, `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period ends after it starts: {self.start} .. {self.end}")

    @property
    def days(self) -> int:
        return (self.end - self.start).days


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def floor(day: date, grain: Grain) -> date:
    """First day of the standard period that contains `day`; weeks start on Monday (ISO 8601)."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year, 1, 1)


def shift(day: date, grain: Grain, steps: int) -> date:
    """`day` moved by `steps` periods of `grain`."""
    if grain == "day":
        return day + timedelta(days=steps)
    if grain == "week":
        return day + timedelta(weeks=steps)
    return add_months(day, steps * _MONTHS[grain])


def standard(grain: Grain, first: date, last: date) -> tuple[Period, ...]:
    """The standard periods that touch the days `first` .. `last` (both included)."""
    periods = []
    start = floor(first, grain)
    while start <= last:
        end = shift(start, grain, 1)
        periods.append(Period(start, end))
        start = end
    return tuple(periods)


def rolling(grain: Grain, end: date, count: int) -> tuple[Period, ...]:
    """`count` periods of the grain's length one after another, the last ending at `end`; oldest first."""
    # Each edge is counted from `end`, so that 31 January does not drift to the 28th for good.
    edges = [shift(end, grain, -step) for step in range(count, -1, -1)]
    return tuple(Period(a, b) for a, b in itertools.pairwise(edges))


def shortest_at_least(days: int) -> Grain:
    """The shortest standard period of at least `days` days; a year where none is."""
    for grain in GRAINS:
        if GRAIN_DAYS[grain] >= days:
            return grain
    return "year"
