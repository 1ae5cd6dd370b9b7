"""When a report is due, over changes of clocks and the ends of months."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from regulars.platform.insights.rules.due import Rhythm, last_due, next_due


def week(weekday: int, hour: int, zone: str = "Europe/Berlin") -> Rhythm:
    return Rhythm("week", weekday, 1, hour, zone)


def month(day: int, hour: int, zone: str = "Europe/Berlin") -> Rhythm:
    return Rhythm("month", 0, day, hour, zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_week_keeps_its_local_hour_over_the_change_of_clocks() -> None:
    assert next_due(week(0, 7), utc("2026-03-23T12:00")) == utc("2026-03-30T05:00")
    assert next_due(week(0, 7), utc("2026-03-16T12:00")) == utc("2026-03-23T06:00")


def test_an_hour_that_clocks_skip_comes_all_the_same() -> None:
    found = next_due(week(6, 2), utc("2026-03-28T12:00"))
    assert found == utc("2026-03-29T01:00") and found.astimezone(ZoneInfo("Europe/Berlin")).hour == 3


def test_an_hour_that_comes_twice_is_used_once() -> None:
    first = next_due(week(6, 2), utc("2026-10-24T12:00"))
    assert first == utc("2026-10-25T00:00")
    assert next_due(week(6, 2), first) == utc("2026-11-01T01:00")


def test_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert next_due(month(31, 6), utc("2026-02-01T00:00")) == utc("2026-02-28T05:00")
    assert next_due(month(31, 6), utc("2028-02-01T00:00")) == utc("2028-02-29T05:00")


def test_the_day_is_the_local_one() -> None:
    assert next_due(month(1, 1, "Pacific/Auckland"), utc("2026-05-15T00:00")) == utc("2026-05-31T13:00")


@pytest.mark.parametrize("rhythm", [week(2, 2), month(31, 2), month(1, 0, "America/Sao_Paulo")])
def test_the_last_due_before_the_next_is_where_one_came_from(rhythm: Rhythm) -> None:
    instant = utc("2026-01-01T00:00")
    for _ in range(60):
        due = next_due(rhythm, instant)
        assert last_due(rhythm, due) == due and last_due(rhythm, due - timedelta(seconds=1)) <= instant
        instant = due
