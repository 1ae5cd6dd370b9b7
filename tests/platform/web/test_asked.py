"""Which period a figure page is about, and which one it is compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from regulars.kernel.periods import shift
from regulars.platform.core.api import Reach
from regulars.platform.insights.api import SnapshotInfo, headline_periods
from regulars.platform.web.asked import Asked
from regulars.platform.web.scope import Scope

_DAYS = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]


def _asked(as_of: date, window: int, place: int = -1) -> Asked:
    first = date(2020, 1, 1)
    info = SnapshotInfo(
        number=1, lake_version=1, digest="", definitions="", computed_at=datetime(2026, 1, 1, tzinfo=UTC), as_of=as_of,
        empty=False, currency="EUR", window_days=window, window_was_set=True, contract=False, markets=(), cohort_markets=(),
        customers=0, first=first, last=as_of - timedelta(days=1),
    )  # fmt: skip
    words: Any = None  # no sentence is asked for
    return Asked(info, Scope(), Reach(), headline_periods(window, first, as_of)[place], words, "")


@pytest.mark.parametrize("window", [20, 60, 200])
def test_what_it_is_compared_with_is_known_on_every_day_of_the_year(window: int) -> None:
    for as_of in _DAYS:
        starts = {period.start for period in headline_periods(window, date(2020, 1, 1), as_of)}
        for place in (-1, -2, -13):
            asked = _asked(as_of, window, place)
            assert {asked.back(1), asked.back(asked.in_a_year)} <= starts, (as_of, place)


def test_the_period_before_ends_where_it_begins() -> None:
    asked = _asked(date(2025, 11, 10), 200)
    assert asked.period.start == date(2024, 11, 10)
    assert asked.back(1) == date(2023, 11, 10)
    assert shift(asked.back(1), "year", 1) == asked.period.start


def test_a_shop_on_its_first_day_has_a_period() -> None:
    today = date(2025, 11, 10)
    assert [(p.start, p.end) for p in headline_periods(200, today, today)] == [(date(2024, 11, 10), today)]
