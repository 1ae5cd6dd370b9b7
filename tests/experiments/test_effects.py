"""Effects in made-up worlds: false alarms, planted effects, covariates, days of joining."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import numpy as np
import pytest

from experiments.worlds import EPOCH, World, leaves_out, shown
from regulars.experiments import compare, linearised
from regulars.kernel.errors import InputError

RUNS = 200


@pytest.mark.parametrize(
    ("world", "outcome"),
    [
        (World(), "kept"),
        (World(), "revenue"),
        (World(weeks=12), "kept"),
        (World(weeks=12), "orders"),
    ],
)
def test_without_an_effect_one_run_in_twenty_says_otherwise_in_ninety_looks(
    world: World, outcome: str
) -> None:
    ever, usual = 0, 0
    for seed in range(RUNS):
        looks = shown(world, outcome, seed)
        ever += any(leaves_out(look.per_customer, 0.0) for look in looks)
        usual += any(leaves_out(look.fixed, 0.0) for look in looks)
    assert ever <= 0.05 * RUNS
    assert usual > 0.2 * RUNS  # what daily looks do to the usual interval


def test_a_planted_effect_is_found_and_covered_on_every_day() -> None:
    world, found, wrong = World(effect=0.5), 0, 0
    for seed in range(60):
        looks = shown(world, "orders", seed)
        each_day = world.rate * world.effect
        wrong += any(
            leaves_out(look.per_customer, each_day * ((look.day - EPOCH).days + 1)) for look in looks
        )
        found += looks[-1].answer == "added"
    assert wrong <= 3
    assert found >= 57


def test_harm_is_found_too() -> None:
    latest = World(effect=-0.5, customers=8_000).gathered(1).path("orders", "treated").latest
    assert latest.answer == "took"
    assert latest.total is not None and latest.total.high < 0


def test_who_joins_later_is_not_taken_for_an_effect() -> None:
    """The share held out falls from 50 to 10 % half-way; who joined early has bought more by now."""
    estimates = []
    for seed in range(60):
        run = World(weeks=2, customers=1_000, days=21, rate=0.1).gathered(seed)
        late = run.day > 0
        drawn = np.random.default_rng(seed).random(late.size)
        arm = (drawn >= np.where(late, 0.1, 0.5)).astype(np.int64)
        latest = dataclasses.replace(run, arm=arm).path("orders", "treated").latest
        estimates.append((latest.per_customer.estimate, latest.treated_mean - latest.held_out_mean))
    (adjusted, plain), spread = np.mean(estimates, axis=0), np.std(estimates, axis=0) / np.sqrt(60)
    assert abs(adjusted) < 3 * spread[0]
    assert plain < -3 * spread[1]


def test_covariates_narrow_the_interval_and_leave_the_estimate_where_it_was() -> None:
    run = World(customers=20_000).gathered(3)
    alone = dataclasses.replace(run, covariates=run.covariates[:, :0])
    with_them, without = (one.path("orders", "treated").latest for one in (run, alone))
    assert with_them.reduction > 0.35
    assert without.reduction == 0
    assert _width(with_them.fixed) < 0.82 * _width(without.fixed)
    assert abs(with_them.per_customer.estimate - without.per_customer.estimate) < _width(without.fixed) / 2


def test_a_single_stratum_without_covariates_is_the_difference_of_means() -> None:
    chance = np.random.default_rng(5)
    treated, values = chance.random(4_000) < 0.7, chance.gamma(2.0, 10.0, 4_000)
    found = compare(treated, {"revenue": values})["revenue"]
    one, other = values[treated], values[~treated]
    error = np.sqrt(one.var(ddof=1) / one.size + other.var(ddof=1) / other.size)
    assert found.per_customer.estimate == pytest.approx(one.mean() - other.mean(), abs=1e-9)
    assert _width(found.fixed) == pytest.approx(2 * 1.959964 * error, rel=2e-3)
    assert _width(found.per_customer) == pytest.approx(2 * 3.0351 * error, rel=2e-3)


def test_strata_and_covariates_are_the_regression_with_a_constant_for_each_stratum() -> None:
    chance = np.random.default_rng(8)
    stratum = chance.integers(0, 6, 3_000)
    treated = chance.random(3_000) < 0.5 + 0.05 * stratum
    before = chance.normal(size=(3_000, 2)) + stratum[:, None]
    values = 3 * stratum + 2 * before[:, 0] - before[:, 1] + 0.5 * treated + chance.normal(size=3_000)
    constants = (stratum[:, None] == np.arange(6)).astype(float)
    alone = compare(treated, {"y": values}, strata=stratum)["y"].fixed
    wanted = np.linalg.lstsq(np.column_stack([treated, constants]), values, rcond=None)[0]
    assert alone.estimate == pytest.approx(wanted[0], abs=1e-9)
    adjusted = compare(treated, {"y": values}, strata=stratum, covariates=before)["y"].fixed
    design = np.column_stack([treated, before, constants])
    wanted, left = np.linalg.lstsq(design, values, rcond=None)[:2]
    error = np.sqrt(np.linalg.inv(design.T @ design)[0, 0] * left[0] / (3_000 - 9))
    # Slopes are those that make the variance smallest, not the regression's own: alike, not equal.
    assert adjusted.estimate == pytest.approx(wanted[0], abs=0.1 * error)
    assert _width(adjusted) / 2 / 1.96 == pytest.approx(error, rel=0.03)


def test_the_difference_of_a_ratio_has_the_error_of_the_delta_method() -> None:
    chance = np.random.default_rng(6)
    estimates, errors = [], []
    for _ in range(300):
        treated = chance.random(1_000) < 0.5
        orders = 1.0 + chance.poisson(2.0, 1_000)
        revenue = orders * chance.gamma(4.0, 5.0, 1_000)
        found = compare(treated, {"value": linearised(treated, revenue, orders)})["value"]
        estimates.append(found.per_customer.estimate)
        errors.append(_width(found.fixed) / 2 / 1.96)
    assert np.std(estimates) == pytest.approx(np.mean(errors), rel=0.12)


def test_several_outcomes_can_hold_together() -> None:
    chance = np.random.default_rng(7)
    treated = chance.random(2_000) < 0.5
    values = {name: chance.gamma(2.0, 10.0, 2_000) for name in ("orders", "revenue")}
    each, together = compare(treated, values), compare(treated, values, simultaneous=True)
    assert together["orders"].alpha == 0.025
    assert _width(together["orders"].fixed) > 1.1 * _width(each["orders"].fixed)


def test_little_says_nothing() -> None:
    looks = World(customers=60).gathered(1).path("kept", "treated").looks
    assert {look.answer for look in looks} == {"too_early"}
    assert all(look.per_customer is None and look.total is None and look.p == 1 for look in looks)


def test_nothing_that_varies_is_no_effect() -> None:
    treated = np.arange(1_000) % 2 == 0
    found = compare(treated, {"nothing": np.zeros(1_000), "all": np.ones(1_000)})
    assert [effect.answer for effect in found.values()] == ["too_early", "too_early"]


@pytest.mark.parametrize(
    ("treated", "values", "said"),
    [
        ([True, True], [1.0, 2.0], "held out"),
        ([True, False], [1.0, float("nan")], "missing"),
        ([True, False], [1.0], "1 values for 2"),
    ],
)
def test_what_cannot_be_compared_is_refused(treated: list[bool], values: list[float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        compare(np.array(treated), {"revenue": np.array(values)})


def test_fewer_looks_give_the_same_estimates() -> None:
    run = World().gathered(2)
    every = {look.day: look for look in run.path("orders", "treated").looks}
    weekly = run.path("orders", "treated", looks=[EPOCH + timedelta(day) for day in range(6, 90, 7)]).looks
    assert len(weekly) == 12
    for look in weekly:
        same = every[look.day]
        assert (look.treated_mean, look.held_out) == pytest.approx((same.treated_mean, same.held_out))
        assert (look.fixed is None) == (same.fixed is None)
        assert look.fixed is None or look.fixed.estimate == pytest.approx(same.fixed.estimate)


def test_a_path_is_a_table() -> None:
    table = World().gathered(2).path("kept", "treated").to_arrow()
    assert table.num_rows == 90
    assert table.column("low").null_count == table.column("answer").to_pylist().count("too_early")


def _width(interval: object) -> float:
    return float(interval.high - interval.low)  # type: ignore[attr-defined]
