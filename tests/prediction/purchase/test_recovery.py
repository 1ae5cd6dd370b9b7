"""Customers simulated from known parameters: the fit finds these again, and the forecasts come true."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regulars.prediction.history import PurchaseSummary
from regulars.prediction.purchase import BgBb, BgNbd, Covariates, GammaGamma, MbgNbd, ParetoNbd
from support.purchases import Floats, known

SPREAD = [
    (BgNbd, (0.25, 4.4, 0.8, 2.4)), (BgNbd, (2.0, 10.0, 0.3, 3.0)), (BgNbd, (5.0, 40.0, 1.0, 2.0)),
    (MbgNbd, (0.5, 6.2, 0.9, 1.6)), (MbgNbd, (3.0, 20.0, 0.2, 4.0)),
    (ParetoNbd, (0.55, 10.6, 0.6, 11.7)), (ParetoNbd, (2.0, 4.0, 1.0, 50.0)), (ParetoNbd, (0.3, 1.0, 3.0, 200.0)),
    (BgBb, (1.2, 0.75, 0.66, 2.8)), (BgBb, (0.4, 3.0, 2.0, 30.0)),
]  # fmt: skip


def ages(n: int, kind: Any) -> Floats:
    """Days up to two years, told in weeks; or twelve opportunities."""
    return np.full(n, 12.0) if kind is BgBb else (np.arange(n) % 712 + 14) / 7


def by_day(summary: PurchaseSummary) -> PurchaseSummary:
    """With times of whole days, as shops know them, so that many customers are alike."""
    recency = np.where(summary.repeats > 0, np.minimum(np.ceil(summary.recency * 7) / 7, summary.age), 0)
    return PurchaseSummary(summary.customer, summary.repeats, recency, summary.age, None, summary.unit_days)


@pytest.mark.parametrize(("kind", "parameters"), SPREAD)
def test_parameters_come_back_and_forecasts_come_true(kind: Any, parameters: tuple[float, ...]) -> None:
    truth = known(kind, *parameters)
    horizon = 6.0 if kind is BgBb else 26.0
    made = truth.simulate(ages(6000, kind), horizon, seed=11)
    summary = made.summary if kind is BgBb else by_day(made.summary)
    found = kind.fit(summary)
    for name, value in truth.parameters.items():
        error = found.standard_errors[name]
        assert abs(np.log(found.parameters[name] / value)) < 4 * error / found.parameters[name], name
    later, buys = found.expected_purchases(summary, horizon), found.probability_of_purchase(summary, horizon)
    assert made.later.mean() == pytest.approx(
        later.mean(), abs=4 * np.std(made.later - later) / np.sqrt(6000)
    )
    bought = made.later > 0
    assert bought.mean() == pytest.approx(buys.mean(), abs=4 * np.std(bought - buys) / np.sqrt(6000))
    # And within each fifth of the chance, so that it is not right only on the whole.
    for part in np.array_split(np.argsort(buys), 5):
        slack = 4.5 * np.sqrt(np.mean(buys[part] * (1 - buys[part])) / len(part)) + 1e-3
        assert bought[part].mean() == pytest.approx(buys[part].mean(), abs=slack)


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd, ParetoNbd])
def test_p_alive_is_the_share_that_is_alive(kind: Any) -> None:
    truth = known(kind)
    made = truth.simulate(ages(20_000, kind), seed=3)
    alive = truth.probability_alive(made.summary)
    for part in np.array_split(np.argsort(alive), 8):
        slack = 4.5 * np.sqrt(np.mean(alive[part] * (1 - alive[part])) / len(part)) + 2e-3
        assert made.alive[part].mean() == pytest.approx(alive[part].mean(), abs=slack)


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd, ParetoNbd, BgBb])
def test_draws_given_a_history_have_the_expected_mean(kind: Any) -> None:
    truth = known(kind)
    horizon = 5.0 if kind is BgBb else 30.0
    rows, theta = truth.rows(truth.simulate(ages(40, kind), seed=1).summary)
    pairs = truth.alive_pairs(rows, theta)
    chance = np.random.default_rng(5)
    draws = np.stack([truth.drawn_if_alive(pairs, horizon, chance)[0] for _ in range(1500)])
    expected = np.broadcast_to(truth.expected_if_alive(pairs, np.array([horizon])), draws[0].shape)
    assert (np.abs(draws.mean(axis=0) - expected) < 5 * draws.std(axis=0) / np.sqrt(1500) + 1e-9).all()
    buys = np.broadcast_to(truth.buys_if_alive(pairs, np.array([horizon])), expected.shape)
    assert np.abs((draws > 0).mean(axis=0) - buys).max() < 5 * 0.5 / np.sqrt(1500)


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd, ParetoNbd])
def test_the_unconditional_expectation_is_the_simulated_mean(kind: Any) -> None:
    truth = known(kind)
    age = ages(30_000, kind)
    x = truth.simulate(age, seed=9).summary.repeats
    assert x.mean() == pytest.approx(
        truth.expected_purchases_new(age).mean(), abs=4 * x.std() / np.sqrt(30_000)
    )


def test_nobody_drops_out_is_a_boundary_and_no_error() -> None:
    made = known(BgNbd, 1.0, 5.0, 1e-4, 10.0).simulate(ages(2000, BgNbd), 26.0, seed=2)
    for kind in (BgNbd, MbgNbd, ParetoNbd):
        found = kind.fit(by_day(made.summary))
        assert found.boundary
        assert all(found.standard_errors[name] is None for name in found.boundary)
        later = found.expected_purchases(made.summary, 26)
        assert later.mean() == pytest.approx(made.later.mean(), rel=0.05)


def test_customers_more_alike_than_chance_makes_them_are_a_boundary_too() -> None:
    x = 5.0 + np.arange(600) % 3
    recency = 55.0 + np.arange(600) % 5
    summary = PurchaseSummary(np.arange(600), x, recency, np.full(600, 60.0))
    for kind in (BgNbd, ParetoNbd):
        found = kind.fit(summary)
        assert {"r", "alpha"} <= set(found.boundary)
        assert found.parameters["r"] / found.parameters["alpha"] == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd, ParetoNbd])
def test_planted_effects_of_covariates_are_found(kind: Any) -> None:
    n = 3000 if kind is ParetoNbd else 8000
    chance = np.random.default_rng(21)
    covariates = Covariates(
        ("web", "first value"), np.column_stack((chance.integers(0, 2, n), chance.integers(0, 4, n) * 25.0))
    )
    planted = {"rate:web": 0.5, "rate:first value": -0.01, "dropout:web": -0.6, "dropout:first value": 0.0}
    truth = known(kind)
    truth = kind(
        {**truth.parameters, **planted}, {}, 0.0, covariates=covariates.names, covariance=((0.0,) * 8,) * 8
    )
    made = truth.simulate(ages(n, kind), 26.0, seed=6, covariates=covariates)
    summary = by_day(made.summary)
    found = kind.fit(summary, covariates=covariates)
    for name, value in planted.items():
        assert abs(found.parameters[name] - value) < 4 * found.standard_errors[name], name
    assert found.parameters["rate:web"] > 3 * found.standard_errors["rate:web"]
    assert found.log_likelihood > kind.fit(summary).log_likelihood + 10
    web = covariates.values[:, 0] == 1
    later = found.expected_purchases(summary, 26, covariates=covariates)
    for group in (web, ~web):
        assert later[group].mean() == pytest.approx(made.later[group].mean(), rel=0.15)


def test_spending_comes_back() -> None:
    truth = known(GammaGamma, 6.25, 3.74, 15.44)
    x = np.arange(5000) % 9.0
    value = truth.simulate(x, seed=4)
    summary = PurchaseSummary(np.arange(5000), x, x, x + 1, value)
    found = GammaGamma.fit(summary)
    for name, wanted in truth.parameters.items():
        assert abs(found.parameters[name] - wanted) < 4 * found.standard_errors[name], name
    assert found.mean_value == pytest.approx(truth.mean_value, rel=0.03)
    assert abs(found.correlation) < 0.05
