"""When an alert fires, and when it keeps quiet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from regulars.platform.insights.rules import alerts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _fired(values: list[int], limit: int, side: alerts.Side) -> list[bool]:
    return alerts.crossings([Decimal(v) for v in values], Decimal(limit), side)


def test_it_fires_once_and_again_only_after_it_was_back() -> None:
    assert _fired([60, 71, 75, 70, 72], 70, "above") == [False, True, False, False, True]
    assert _fired([60, 49, 40, 55, 49], 50, "below") == [False, True, False, False, True]


def test_on_the_limit_is_not_beyond_it() -> None:
    assert _fired([70, 70], 70, "above") == [False, False]
    assert _fired([70, 70], 70, "below") == [False, False]


def test_unusual_waits_for_a_year_and_something_to_compare() -> None:
    assert alerts.unusual([1.0] * 5, 12, amounts=False).waits == 12
    assert alerts.unusual([1.0] * 16, 12, amounts=False).waits == 1
    assert alerts.unusual([1.0] * 17, 12, amounts=False).waits == 0


def test_a_seasonal_peak_is_usual_and_its_absence_is_not() -> None:
    year = [100.0, 110.0, 120.0, 400.0]
    steady = year + [v * 1.05 for v in year] + [v * 1.10 for v in year]
    assert not alerts.unusual(steady, 4, amounts=True).fires
    found = alerts.unusual([*steady[:-1], 200.0], 4, amounts=True)
    assert found.fires and found.expected > 400 and found.high > found.low > 200


def test_a_share_is_compared_in_points() -> None:
    values = [70.0, 60.0, 65.0, 80.0] * 3
    assert not alerts.unusual(values, 4, amounts=False).fires
    found = alerts.unusual([*values[:-1], 74.0], 4, amounts=False)
    assert found.fires and found.expected == 80.0


def test_nothing_a_year_ago_cannot_be_compared() -> None:
    assert alerts.unusual([0.0] * 9, 4, amounts=True).waits > 0


def test_what_would_have_been_unusual_was_judged_with_what_was_known_then() -> None:
    values = [70.0, 60.0, 65.0, 80.0] * 4
    values[-2] = 40.0
    assert [
        n for n, fired in enumerate(alerts.would_have_been_unusual(values, 4, amounts=False)) if fired
    ] == [14]


def test_a_person_gets_one_mail_an_hour() -> None:
    assert alerts.tell_after(None, NOW) == timedelta(0)
    assert alerts.tell_after(NOW - timedelta(minutes=20), NOW) == timedelta(minutes=40)
    assert alerts.tell_after(NOW - timedelta(hours=3), NOW) == timedelta(0)
