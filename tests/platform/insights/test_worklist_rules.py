"""The rules behind Today, on numbers that one can check by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from regulars.platform.insights.worklist_rules import (
    RESTS,
    STEPS,
    ShopRhythm,
    Standing,
    fate,
    next_step,
    rests,
    slipping,
)

MARCH = date(2026, 3, 1)
APRIL = date(2026, 4, 1)
# Of ten customers four came back: two after 10 days, two after 40.
SHOP = ShopRhythm(((10, 0.2), (40, 0.4)))


@pytest.mark.parametrize(("days", "part"), [(30, 0), (60, 0.5), (90, 0.75), (120, 0.875)])
def test_half_is_at_risk_after_each_gap_more(days: int, part: float) -> None:
    assert slipping(days, 30) == pytest.approx(part)


def test_half_of_those_who_come_back_do_so_within_the_usual_gap() -> None:
    assert SHOP.usual == 10


def test_the_chance_lost_by_waiting_follows_the_shops_curve() -> None:
    # After 10 days two of the eight who wait come back: a quarter, where it was four of ten.
    assert [SHOP.lost(days) for days in (0, 9, 10, 39, 40, 400)] == pytest.approx(
        [0, 0, 0.15, 0.15, 0.4, 0.4]
    )


def test_the_table_begins_after_the_usual_gap() -> None:
    assert SHOP.table(12) == [(11, pytest.approx(0.15)), (12, pytest.approx(0.15))]


def test_where_nobody_ever_came_back_nobody_is_late() -> None:
    empty = ShopRhythm(())
    assert (empty.usual, empty.table(100), empty.lost(5)) == (None, [], 0)


def test_where_everybody_came_back_all_of_the_chance_is_lost_in_the_end() -> None:
    assert ShopRhythm(((10, 0.5), (20, 1.0))).lost(20) == 1.0


@pytest.mark.parametrize(
    ("reason", "touched", "found", "last", "expected"),
    [
        ("overdue", False, True, MARCH, "stays"),
        ("overdue", False, False, MARCH, "goes"),
        ("overdue", True, False, MARCH, "stays"),
        ("overdue", False, False, APRIL, "came_back"),
        ("overdue", True, True, APRIL, "came_back"),
        ("complaint", False, True, APRIL, "stays"),
        ("complaint", True, False, APRIL, "ends"),
        ("late", False, False, MARCH, "goes"),
    ],
)
def test_what_becomes_of_an_open_item(
    reason: str, touched: bool, found: bool, last: date, expected: str
) -> None:
    item = Standing(reason, MARCH, touched)  # type: ignore[arg-type]
    assert fate(item, found=found, last_order_day=last) == expected


def test_who_was_looked_after_rests_unless_they_ordered() -> None:
    day = MARCH + timedelta(days=RESTS - 1)
    assert rests(closed_on=MARCH, came_back=False, today=day)
    assert not rests(closed_on=MARCH, came_back=False, today=day + timedelta(days=1))
    assert not rests(closed_on=MARCH, came_back=True, today=MARCH)


@pytest.mark.parametrize(
    ("reason", "stories", "told", "order_days", "rhythm", "step"),
    [
        ("complaint", ["payments"], {"failed_payments_91": 1}, 4, True, "answer_complaint"),
        ("late", [], {}, 1, False, "find_parcel"),
        ("overdue", ["service"], {"complaints_open": 1}, 4, True, "answer_complaint"),
        ("overdue", ["service"], {"tickets_open": 1}, 4, True, "solve_request"),
        ("overdue", ["rhythm", "payments"], {"failed_payments_91": 1}, 4, True, "settle_payment"),
        ("overdue", ["refunds"], {"refunds": 2}, 4, True, "ask_returns"),
        (
            "overdue",
            ["refunds"],
            {},
            4,
            True,
            "remind",
        ),  # 'has never sent anything back' is nothing to ask about
        ("overdue", ["answers"], {"liking": 0.2}, 4, True, "ask_feedback"),
        ("overdue", ["messages"], {"unsubscribed": 1}, 1, False, "no_messages"),
        ("overdue", ["contract"], {"tenure": 30}, None, False, "review_plan"),
        ("overdue", ["discounts"], {"discount_share": 0.8}, 1, False, "second_order"),
        ("overdue", ["discounts"], {"discount_share": 0.8}, 4, True, "offer"),
        ("overdue", ["discounts"], {"discount_share": 0.1}, 4, True, "remind"),
        ("overdue", [], {}, 2, False, "ask"),
    ],
)
def test_what_is_broken_is_mended_before_anything_is_offered(
    reason: str, stories: list[str], told: dict[str, float], order_days: int, rhythm: bool, step: str
) -> None:
    found = next_step(reason, stories, told, order_days=order_days, rhythm=rhythm)  # type: ignore[arg-type]
    assert found == step and found in STEPS
