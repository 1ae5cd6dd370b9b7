"""Each likelihood's own derivatives are those that differences of it give, to ten digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regulars.prediction.purchase import BgBb, BgNbd, Covariates, MbgNbd, ParetoNbd
from regulars.prediction.purchase.fitted import design_of
from regulars.prediction.purchase.fitting import Problem
from regulars.prediction.purchase.rows import Rows
from regulars.prediction.purchase.spend import log_likelihood as of_spending
from support.purchases import PARAMETERS, differences, known

PLACES = [(0.25, 4.4, 0.8, 2.4), (3.0, 1.5, 0.05, 40.0), (0.02, 60.0, 5.0, 0.3)]


def rows(kind: Any, covariates: Covariates | None = None) -> Rows:
    ages = np.arange(300) % 37 + 2.0
    summary = known(kind).simulate(ages, seed=4).summary
    return Rows.of(summary, covariates)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", PARAMETERS)
def test_by_the_parameters(kind: Any, place: tuple[float, ...]) -> None:
    own = rows(kind)

    def value(logs: Any) -> float:
        return float(kind._likelihood(own, np.exp(logs)[:, None])[0])

    at = np.log(place)
    _, gradient = kind._likelihood(own, np.exp(at)[:, None])
    np.testing.assert_allclose(gradient[:, 0], differences(value, at), rtol=1e-8, atol=1e-7)


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd, ParetoNbd])
def test_by_the_covariates_and_with_a_penalty(kind: Any) -> None:
    chance = np.random.default_rng(8)
    covariates = Covariates(
        ("web", "spend"), np.column_stack((chance.integers(0, 2, 300), chance.random(300)))
    )
    own = rows(kind, covariates)
    problem = Problem(kind._likelihood, own, design_of(kind, own, covariates.names), penalizer=0.01)
    at = np.r_[np.log(PLACES[0]), 0.3, -0.2, 0.1, 0.4]
    found = differences(lambda vector: problem(vector)[0], at)
    np.testing.assert_allclose(problem(at)[1], found, rtol=1e-8, atol=1e-7)


def test_of_spending() -> None:
    chance = np.random.default_rng(2)
    x = chance.integers(1, 40, 200).astype(float)
    none = np.zeros(200, np.int64)
    own = Rows(x, chance.gamma(2.0, 1.0, 200), np.ones(200), np.ones(200), none, np.zeros((1, 0)), none)
    for place in ((6.0, 4.0, 15.0), (0.3, 1.1, 200.0)):
        found = differences(lambda logs: of_spending(own, np.exp(logs)[:, None])[0], np.log(place))
        np.testing.assert_allclose(of_spending(own, np.array(place)[:, None])[1][:, 0], found, rtol=1e-8)


def test_bg_bb_has_few_opportunities_in_one_row_and_many_in_another() -> None:
    own = Rows(
        np.array([0.0, 2, 40]), np.array([0.0, 5, 300]), np.array([1.0, 60, 900]), np.ones(3),
        np.zeros(3, np.int64), np.zeros((1, 0)), np.arange(3),
    )  # fmt: skip
    at = np.log([1.2, 0.7, 0.6, 3.0])
    found = differences(lambda logs: BgBb._likelihood(own, np.exp(logs)[:, None])[0], at)
    np.testing.assert_allclose(BgBb._likelihood(own, np.exp(at)[:, None])[1][:, 0], found, rtol=1e-8)
