"""Input that no experiment has: refused with a reason, never answered with something wrong or undefined."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from experiments.worlds import World
from regulars.experiments import (
    Base,
    check_shares,
    compare,
    holdout,
    linearised,
    plan,
    power_of,
    retention_return,
    sample_size,
)
from regulars.kernel.errors import InputError

CHANCE = np.random.default_rng(1)
TREATED = CHANCE.random(400) < 0.5
VALUES = CHANCE.gamma(2.0, 10.0, 400)


def test_arms_as_zeros_and_ones_are_the_same_arms() -> None:
    orders = 1.0 + CHANCE.poisson(2.0, 400)
    ratios = linearised(TREATED.astype(np.int64), VALUES, orders)  # type: ignore[arg-type]
    assert (ratios == linearised(TREATED, VALUES, orders)).all()
    assert ratios[TREATED].mean() == pytest.approx(VALUES[TREATED].sum() / orders[TREATED].sum())


def test_one_covariate_and_named_strata_are_enough() -> None:
    markets = np.where(np.arange(400) % 3 == 0, "DE", "NO")
    found = compare(TREATED, {"y": VALUES}, covariates=VALUES + 1, strata=markets)["y"]  # type: ignore[arg-type]
    assert found.reduction > 0.99


EARLY = World(customers=5_000).gathered(2).path("kept", "treated").latest


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: compare(TREATED, {}, simultaneous=True), "nothing is to be compared"),
        (lambda: compare(TREATED, {"y": VALUES}, strata=np.zeros(7, np.int64)), "7 values for 400"),
        (lambda: compare(TREATED, {"y": VALUES}, share_of_plan=float("nan")), "share of the plan"),
        (lambda: compare(TREATED, {"y": VALUES[:, None]}), "400 x 1 values for 400"),
        (lambda: compare(TREATED, {"y": np.float64(3.0)}), "1 values for 400"),  # type: ignore[dict-item]
        (lambda: linearised(TREATED, np.full(400, np.nan), VALUES), "missing"),
        (lambda: linearised(TREATED, VALUES[:9], VALUES), "9 values for 400"),
        (lambda: check_shares(holdout("x"), {"held_out": 9, "treated": float("nan")}), "missing"),  # type: ignore[dict-item]
        (lambda: retention_return(float("inf"), EARLY, EARLY), "without end"),
        (lambda: Base(1.5, 0.1, True), "0 to 1"),
        (lambda: sample_size(Base(1.0, 1.0), 1e-300), "Name a larger difference"),
        (lambda: power_of(Base(1.0, 1.0), float("nan"), 100), "must be a number"),
        (lambda: plan(Base(1.0, 1.0), 0.1, horizon=0, per_week=9), "one day or more"),
        (lambda: plan(Base(1.0, 1.0), 0.1, horizon=30, at_once=-1), "numbers of customers"),
        (lambda: plan(Base(1.0, 1.0), 0.1, horizon=30, per_week=float("nan")), "numbers of customers"),
    ],
)
def test_what_makes_no_sense_is_refused(ask: Callable[[], object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        ask()
