"""What a goal says, letter by letter, and what is to be expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from regulars.kernel.periods import Period, add_months
from regulars.platform.insights.rules import goals
from regulars.platform.insights.rules.goals import Aim, Point

START = date(2020, 1, 1)


def quarters(values: Sequence[float | None], base: int = 500) -> list[Point]:
    """Complete quarters from 2020 on with these values."""
    return [
        Point(add_months(START, 3 * n), add_months(START, 3 * n + 3), None if v is None else Decimal(str(v)), None, None,
              Decimal(base), True)
        for n, v in enumerate(values)
    ]  # fmt: skip


def test_ten_per_cent_more_than_71_is_78_and_ten_points_more_is_81() -> None:
    assert goals.target_of(Decimal("71.0"), "relative", "raise", Decimal(10)) == Decimal("78.1")
    assert goals.target_of(Decimal("71.0"), "points", "raise", Decimal(10)) == Decimal("81.0")
    assert goals.target_of(Decimal("29.0"), "relative", "lower", Decimal(10)) == Decimal("26.1")


@pytest.mark.parametrize(
    ("due", "start"),
    [(date(2026, 6, 30), date(2026, 4, 1)), (date(2026, 7, 1), date(2026, 4, 1)), (date(2026, 6, 29), date(2026, 1, 1))],
)  # fmt: skip
def test_the_last_whole_quarter_is_over_when_its_last_day_is(due: date, start: date) -> None:
    assert goals.last_whole_period(due, "quarter") == Period(start, add_months(start, 3))


def test_steps_are_counted_in_periods() -> None:
    assert goals.steps_between(date(2025, 10, 1), date(2026, 4, 1), "quarter") == 2
    assert goals.steps_between(date(2025, 10, 1), date(2025, 7, 1), "month") == -3


def test_history_says_how_often_it_moved_so_much() -> None:
    points = quarters([70, 72, 75, 74, 78])  # in two quarters: +5, +2, +3
    aim = Aim(Decimal(78), Decimal(81), date(2021, 10, 1))
    assert goals.how_often(points, 2, aim, relative=False) == (2, 3)
    down = Aim(Decimal(78), Decimal(77), date(2021, 10, 1))
    assert goals.how_often(points, 1, down, relative=False) == (1, 4)


def test_a_relative_history_compares_shares_of_what_was() -> None:
    points = quarters([100, 120, 130])  # +20 %, +8.3 %
    assert goals.how_often(points, 1, Aim(Decimal(1000), Decimal(1100), START), relative=True) == (1, 2)


def test_letters_are_weak_where_something_is_missing() -> None:
    points = quarters([70, 71, 70, 72, 71, 70, 71], base=12)
    aim = Aim(Decimal(71), Decimal(91), date(2022, 1, 1))
    assert goals.specific(owner=False, whole=True).code == "no_owner"
    assert goals.measurable(points, share=True).code == "small"
    assert goals.measurable(quarters([None]), share=True).code == "not_known"
    assert goals.attainable(points, aim, "quarter", relative=False, share=True).code == "never_happened"
    assert goals.relevant(None, "", " ").code == "no_reason"
    assert goals.time_bound(date(2021, 9, 30), "quarter", points).code == "too_soon"


def test_letters_are_right_where_all_is_said() -> None:
    points = quarters([70, 74, 70, 75, 71, 76, 70])
    aim = Aim(Decimal(70), Decimal(74), date(2022, 1, 1))
    assert goals.specific(owner=True, whole=False).ok
    assert goals.measurable(points, share=True).ok
    found = goals.attainable(points, aim, "quarter", relative=False, share=True)
    assert found.ok and (found.values["times"], found.values["of"]) == (3, 6)
    assert goals.relevant(Decimal(1000), "margin", "").ok
    assert goals.time_bound(date(2021, 12, 31), "quarter", points).code == "dated"
    assert goals.time_bound(date(2022, 1, 15), "quarter", points).code == "mid_period"


def test_a_rate_above_a_hundred_cannot_be_reached() -> None:
    aim = Aim(Decimal(95), Decimal("104.5"), date(2022, 1, 1))
    assert (
        goals.attainable(quarters([95] * 9), aim, "quarter", relative=False, share=True).code == "impossible"
    )


def test_the_last_period_decides_what_was_reached() -> None:
    points = quarters([70, 71, 78.2])
    aim = Aim(Decimal(71), Decimal("78.1"), points[-1].end)
    assert goals.outlook(points, aim, "quarter", share=True, amount=False).state == "reached"
    higher = Aim(Decimal(71), Decimal("80.2"), points[-1].end)
    found = goals.outlook(points, higher, "quarter", share=True, amount=False)
    assert (found.state, found.gap) == ("missed", Decimal("2.0"))


def test_seven_quarters_are_too_early_to_say() -> None:
    aim = Aim(Decimal(70), Decimal(75), date(2023, 1, 1))
    assert goals.outlook(quarters([70] * 7), aim, "quarter", share=True, amount=False).state == "too_early"


def test_the_outlook_says_by_how_much_a_goal_will_be_missed() -> None:
    points = quarters([70.0] * 12)
    aim = Aim(Decimal(70), Decimal(73), date(2023, 7, 1))
    found = goals.outlook(points, aim, "quarter", share=True, amount=False)
    assert (found.state, found.gap) == ("will_miss", Decimal("3.0"))
    there = Aim(Decimal(71), Decimal(70), date(2023, 7, 1))
    assert goals.outlook(points, there, "quarter", share=True, amount=False).state == "on_track"


def test_a_wide_interval_leaves_it_open() -> None:
    points = quarters([70, 74, 69, 71, 76, 70, 69, 74, 72, 75, 69, 72])
    found = goals.outlook(
        points, Aim(Decimal(69), Decimal("73"), date(2023, 4, 1)), "quarter", share=True, amount=False
    )
    assert found.state == "may_miss" and found.value and found.high and found.value < 73 <= found.high


def test_an_unfinished_period_is_not_judged() -> None:
    points = [
        *quarters([70] * 8)[:-1],
        Point(date(2021, 10, 1), date(2022, 1, 1), Decimal(99), None, None, None, False),
    ]
    aim = Aim(Decimal(70), Decimal(75), date(2022, 1, 1))
    assert goals.outlook(points, aim, "quarter", share=True, amount=False).state == "too_early"


def test_progress_is_the_part_of_the_way() -> None:
    aim = Aim(Decimal(70), Decimal(80), START)
    assert [goals.progress(aim, Decimal(v)) for v in (65, 70, 75, 90)] == [0, 0, Decimal("0.5"), 1]
