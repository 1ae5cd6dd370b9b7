"""Whether arms have their shares, and what retention work cost and brought."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.worlds import World
from regulars.experiments import Arm, Experiment, check_shares, holdout, retention_return
from regulars.kernel.errors import InputError


def test_a_mismatch_is_found() -> None:
    found = check_shares(holdout("spring", 0.5), {"held_out": 821_588, "treated": 815_482})
    assert found.p_fixed == pytest.approx(1.8e-6, rel=0.05)  # chi-square 22.77 with one degree of freedom
    assert found.mismatch


def test_shares_as_planned_are_no_mismatch() -> None:
    experiment = Experiment("offers", (Arm("held_out", 0.1), Arm("voucher", 0.3), Arm("call", 0.6)))
    found = check_shares(experiment, {"held_out": 103, "voucher": 297, "call": 600})
    assert (found.mismatch, found.p) == (False, 1.0)
    assert found.expected == pytest.approx({"held_out": 100, "voucher": 300, "call": 600})
    assert not check_shares(experiment, {"held_out": 0, "voucher": 0, "call": 0}).mismatch


def test_looking_at_every_customer_raises_no_more_false_alarms_than_said() -> None:
    chance, alarms = np.random.default_rng(2), 0
    for _ in range(150):
        held_out = np.cumsum(chance.random(1_000) < 0.1)[9::10]
        seen = zip(held_out, np.arange(10, 1_001, 10), strict=True)
        experiment = holdout("spring")
        alarms += any(check_shares(experiment, {"held_out": h, "treated": n - h}).p < 0.05 for h, n in seen)
    assert alarms <= 0.05 * 150


def test_counts_that_are_missing_are_refused() -> None:
    with pytest.raises(InputError, match="treated"):
        check_shares(holdout("spring"), {"held_out": 3})


def test_the_return_of_work_that_paid() -> None:
    run = World(customers=20_000, effect=0.5).gathered(1)
    kept, revenue = (run.path(name, "treated").latest for name in ("kept", "revenue"))
    found = retention_return(10_000.0, kept, revenue)
    assert found.cost_per_kept == pytest.approx(10_000 / kept.total.estimate)
    assert found.cost_per_kept_low < found.cost_per_kept < found.cost_per_kept_high
    assert found.profit.low == pytest.approx(revenue.total.low - 10_000)
    assert found.roi.estimate == pytest.approx(found.profit.estimate / 10_000)


def test_where_nobody_may_have_been_kept_a_customer_has_no_highest_price() -> None:
    run = World(customers=5_000).gathered(2)
    found = retention_return(500.0, run.path("kept", "treated").latest)
    assert found.kept.low < 0 < found.kept.high
    assert found.cost_per_kept_low > 0
    assert found.cost_per_kept_high is None
    assert (found.margin, found.profit, found.roi) == (None, None, None)


def test_it_is_not_told_too_early_and_not_for_negative_costs() -> None:
    early = World(customers=50).gathered(1).path("kept", "treated").latest
    assert retention_return(500.0, early) is None
    with pytest.raises(InputError, match="negative"):
        retention_return(-1.0, early)
