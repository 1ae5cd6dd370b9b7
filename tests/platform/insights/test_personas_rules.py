"""Which groups are the personas of before, and when they are looked for anew: by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from regulars.platform.insights.rules.personas import AFTER_DAYS, free_name, look_anew, same_as_before

MAY = date(2026, 5, 1)


def test_a_group_is_the_persona_that_it_shares_more_than_half_of_all_with() -> None:
    # Persona 7 had customers a to d; group 1 has b, c, d and one more: three of five. Group 2 is of newcomers.
    before = np.array([7, 7, 7, 7, 0, 0, 0])
    now = np.array([2, 1, 1, 1, 1, 2, 2])
    assert same_as_before(before, now) == {1: 7}


def test_half_is_not_enough_so_no_two_groups_are_one_persona() -> None:
    before, now = np.array([7, 7, 7, 7]), np.array([1, 1, 2, 2])
    assert same_as_before(before, now) == {}


def test_groups_that_change_places_keep_their_numbers() -> None:
    before, now = np.repeat([7, 8, 9], 10), np.repeat([3, 1, 2], 10)
    assert same_as_before(before, now) == {3: 7, 1: 8, 2: 9}


def test_nobody_before_is_nobody_now() -> None:
    assert same_as_before(np.zeros(3, np.int64), np.array([1, 1, 2])) == {}


@pytest.mark.parametrize(
    ("kind", "days", "customers", "anew"),
    [
        ("groups", AFTER_DAYS - 1, 1000, False),
        ("groups", AFTER_DAYS, 1000, True),
        ("groups", 1, 1251, True),
        ("groups", 1, 749, True),
        ("slices", 7, 1000, False),
        ("none", 6, 1000, False),
        ("none", 7, 1000, True),
    ],
)
def test_groups_stay_for_four_weeks_unless_the_shop_grows_or_none_were_found(
    kind: str, days: int, customers: int, anew: bool
) -> None:
    today = MAY + timedelta(days=days)
    asked = {"customers_then": 1000, "customers": customers, "kind": kind}
    assert look_anew(found_on=MAY, today=today, **asked) is anew  # type: ignore[arg-type]


def test_who_never_looked_looks() -> None:
    assert look_anew(found_on=None, today=MAY, customers_then=0, customers=0)


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free_name("Frequent", set()) == "Frequent"
    assert free_name("Frequent", {"frequent", "Frequent (2)"}) == "Frequent (3)"
    assert len(free_name("x" * 130, {"x" * 120})) == 120
