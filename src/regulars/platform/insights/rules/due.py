"""When a report is due: at an hour of a time zone, on a day of the week or of the month."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Rhythm:
    """`weekday`: 0 is Monday. `day`: of the month, its last day where it is shorter. `hour` as clocks in `zone` show it."""

    every: Literal["week", "month"]
    weekday: int
    day: int
    hour: int
    zone: str

    def on(self, day: date) -> bool:
        """Whether it is due on this local day."""
        if self.every == "week":
            return day.weekday() == self.weekday
        return day.day == min(self.day, monthrange(day.year, day.month)[1])

    def instant(self, day: date) -> datetime:
        """The instant on a local day. An hour that clocks skip is the one after it, one that comes twice the first."""
        local = datetime.combine(day, time(self.hour), ZoneInfo(self.zone))
        return local.astimezone(UTC)


def next_due(rhythm: Rhythm, after: datetime) -> datetime:
    """The first due instant later than `after`."""
    return _search(rhythm, after, 1)


def last_due(rhythm: Rhythm, until: datetime) -> datetime:
    """The last due instant that is not later than `until`."""
    return _search(rhythm, until, -1)


def _search(rhythm: Rhythm, around: datetime, step: int) -> datetime:
    day = around.astimezone(ZoneInfo(rhythm.zone)).date()
    while True:
        if rhythm.on(day):
            found = rhythm.instant(day)
            if (found > around) if step > 0 else (found <= around):
                return found
        day += timedelta(days=step)
