"""Time between purchases and the proposed window, by hand and against Kaplan-Meier in plain Python."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from regulars.lake.engines import Engine
from regulars.metrics import GapCount, Gaps, gaps, propose_window
from regulars.metrics.window import proposal_of
from support.tiny import analysed, bought

ORDERS = [
    bought(1, "2024-01-01"), bought(1, "2024-01-11"), bought(1, "2024-01-31"),  # gaps 10, 20; open 0
    bought(2, "2024-01-01"), bought(2, "2024-01-01"), bought(2, "2024-01-11"),  # one day twice: gap 10; open 20
    bought(3, "2024-01-26"),  # open 5
]  # fmt: skip


def test_order_days_are_collapsed_and_the_last_wait_is_open(engine: Engine) -> None:
    found = gaps(analysed(engine, ORDERS, first="2024-01-01", last="2024-01-31"))
    assert found.counts == (
        GapCount(0, returned=0, open=1),
        GapCount(5, returned=0, open=1),
        GapCount(10, returned=2, open=0),
        GapCount(20, returned=1, open=1),
    )
    assert (found.repeat_orders, found.customers, found.median) == (3, 3, 10)
    assert round(found.mean or 0, 4) == Decimal("13.3333")


def test_the_curve_by_hand(engine: Engine) -> None:
    # 6 waits: 3 gaps and 3 open. At 10 days 4 are at risk and 2 return: S = 1/2. At 20 days 2 are at risk and 1
    # returns (the wait open at 20 is at risk on its last day): S = 1/4, F(end) = 3/4, 90 % of it 0.675.
    found = propose_window(analysed(engine, ORDERS, first="2024-01-01", last="2024-01-31"))
    assert [(p.days, p.at_risk, p.returned, p.share) for p in found.curve] == [
        (10, 4, 2, Decimal("0.5")),
        (20, 2, 1, Decimal("0.75")),
    ]
    assert found.days == 20
    # F > 2 x 0.75 - 1 = 0.5 only from 20 days on: then the last one waiting does not come back.
    assert found.most_gone_days == 20
    assert [weakness.code for weakness in found.weak] == ["few_repeat_orders", "short_history"]


def test_a_cut_sees_nothing_outside_it(engine: Engine) -> None:
    analysis = analysed(engine, ORDERS, first="2024-01-01", last="2024-01-31")
    found = gaps(analysis, first=dt.date(2024, 1, 5), last=dt.date(2024, 1, 28))
    assert found.counts == (GapCount(2, 0, 1), GapCount(17, 0, 2))


def test_the_proposal_does_not_depend_on_the_window_that_is_set(engine: Engine) -> None:
    span = {"first": "2024-01-01", "last": "2024-01-31"}
    short = propose_window(analysed(engine, ORDERS, window=1, **span))
    assert short == propose_window(analysed(engine, ORDERS, window=300, **span))


def test_nobody_came_back() -> None:
    found = proposal_of(Gaps(dt.date(2024, 1, 1), dt.date(2024, 1, 31), (GapCount(3, 0, 7),)))
    assert found.days is None
    assert [weakness.code for weakness in found.weak] == ["no_repeat_orders"]
    assert found.most_gone_days == 0


def test_exactly_nine_tenths_is_reached() -> None:
    # Nobody waits in the end: F(end) = 1, and after 7 days exactly 9 of 10 have returned.
    counts = (GapCount(7, 9, 0), GapCount(50, 1, 0))
    assert proposal_of(Gaps(dt.date(2024, 1, 1), dt.date(2024, 12, 31), counts)).days == 7


def test_enough_orders_and_history_are_not_weak() -> None:
    counts = (GapCount(7, 190, 0), GapCount(10, 10, 5))
    found = proposal_of(Gaps(dt.date(2024, 1, 1), dt.date(2024, 12, 31), counts))
    assert found.weak == ()
    short = proposal_of(Gaps(dt.date(2024, 1, 1), dt.date(2024, 1, 13), counts))
    assert [weakness.code for weakness in short.weak] == ["short_history"]


def kaplan_meier(waits: list[tuple[int, bool]]) -> list[tuple[int, Fraction]]:
    """The textbook estimator: (duration, ended) -> share ended by each duration at which one ended."""
    waiting, curve = Fraction(1), []
    for day in sorted({days for days, ended in waits if ended}):
        at_risk = sum(days >= day for days, _ in waits)
        waiting *= 1 - Fraction(sum(days == day and ended for days, ended in waits), at_risk)
        curve.append((day, 1 - waiting))
    return curve


def test_the_curve_is_the_textbook_estimator() -> None:
    counts = tuple(GapCount(d, returned=(d * 7) % 5, open=(d * 3) % 4) for d in range(1, 60))
    waits = [(c.days, True) for c in counts for _ in range(c.returned)]
    waits += [(c.days, False) for c in counts for _ in range(c.open)]
    found = proposal_of(Gaps(dt.date(2024, 1, 1), dt.date(2024, 12, 31), counts))
    expected = kaplan_meier(waits)
    assert [point.days for point in found.curve] == [day for day, _ in expected]
    for point, (_, share) in zip(found.curve, expected, strict=True):
        assert abs(float(point.share) - float(share)) < 1e-12
    assert found.days == next(day for day, share in expected if share >= Fraction(9, 10) * expected[-1][1])
