"""RFM by hand: ten customers whose values are known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from regulars.lake.engines import Engine
from regulars.metrics import RfmMove, rfm, rfm_customers, rfm_movement
from regulars.metrics.analysis import Analysis
from regulars.metrics.rfm_scores import GROUPS, group_of
from support.tiny import analysed, bought, refunded


def shop(engine: Engine) -> Analysis:
    """Customer n of 1..10 spent n x 10 once, n days before 31 January; 10 ordered ten times, 9 twice, that day."""
    orders = [bought(n, f"2024-01-{31 - n:02}", str(n * 10)) for n in range(1, 11)]
    orders += [bought(10, "2024-01-21", "1") for _ in range(9)] + [bought(9, "2024-01-22", "1")]
    return analysed(
        engine, orders, first="2024-01-01", last="2024-01-30", payments=[refunded(8, "2024-01-29", "75")]
    )


def test_cut_points_are_values_that_fifths_do_not_exceed(engine: Engine) -> None:
    cuts = rfm(shop(engine)).cuts
    assert cuts.recency == (2, 4, 6, 8)
    assert cuts.frequency == (1, 1, 1, 1)
    # After the refund customer 8 is worth 5: 5, 10, 20, 30, 40, 50, 60, 70, 91, 109.
    assert cuts.monetary == (Decimal(10), Decimal(30), Decimal(50), Decimal(70))


def test_equal_values_have_equal_scores(engine: Engine) -> None:
    analysis = shop(engine)
    rows = {row["customer"]: row for row in analysis.run(rfm_customers(analysis)).to_pylist()}
    assert [rows[n]["r"] for n in range(1, 11)] == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert [rows[n]["f"] for n in range(1, 11)] == [1] * 8 + [5, 5]
    assert [rows[n]["m"] for n in range(1, 11)] == [1, 2, 2, 3, 3, 4, 4, 1, 5, 5]
    assert rows[8]["revenue"] == Decimal(5)
    for row in rows.values():
        assert row["rfm_group"] == group_of(row["r"], row["f"], row["m"])


def test_groups_hold_everyone_once(engine: Engine) -> None:
    found = rfm(shop(engine))
    assert [group.slug for group in found.groups] == [slug for slug, _ in GROUPS]
    assert sum(group.customers for group in found.groups) == found.customers == 10
    assert sum(group.revenue for group in found.groups) == Decimal(485)
    cannot_lose = next(group for group in found.groups if group.slug == "cannot_lose")
    assert (cannot_lose.customers, cannot_lose.orders, cannot_lose.revenue) == (2, 12, Decimal(200))
    assert round(cannot_lose.average_order_value or 0, 4) == Decimal("16.6667")
    assert cannot_lose.mean_recency_days == Decimal("9.5")


def test_an_earlier_day_sees_only_what_was_before(engine: Engine) -> None:
    found = rfm(shop(engine), dt.date(2024, 1, 23))
    assert (found.customers, found.cuts.recency[0]) == (2, 1)


def test_movement_between_two_days(engine: Engine) -> None:
    moves = rfm_movement(shop(engine), dt.date(2024, 1, 23), dt.date(2024, 1, 31))
    assert sum(move.customers for move in moves if move.before is None) == 8
    # On the 23rd there were only 9 (the later one, with the lower values) and 10.
    assert RfmMove("new", "cannot_lose", 1) in moves
    assert RfmMove("need_attention", "cannot_lose", 1) in moves
    assert sum(move.customers for move in moves) == 10


def test_nobody_yet(engine: Engine) -> None:
    found = rfm(analysed(engine, [], first="2024-01-01", last="2024-01-30"))
    assert (found.customers, found.cells, found.cuts.recency) == (0, (), ())
    assert found.groups[0].average_order_value is None


def test_every_combination_has_a_group() -> None:
    known = {slug for slug, _ in GROUPS}
    found = {group_of(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)}
    assert found == known
