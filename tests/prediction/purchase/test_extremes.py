"""Nothing that a shop can hold makes a score that is no number; what cannot be fitted is refused with a reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regulars.kernel.errors import InputError
from regulars.prediction.history import PurchaseSummary
from regulars.prediction.purchase import (
    BgBb,
    BgNbd,
    CannotFitError,
    Covariates,
    GammaGamma,
    MbgNbd,
    ParetoNbd,
)
from regulars.prediction.purchase.fitting import Design, Optimum, uncertainty
from support.purchases import known

KINDS = (BgNbd, MbgNbd, ParetoNbd)
FIFTY_YEARS = 2609.0
ODD = PurchaseSummary(
    np.arange(9),
    [0, 0, 0, 1, 1, 10_000, 10_000, 10_000, 1_000_000],
    [0, 0, 0, 1 / 7, FIFTY_YEARS, 1428, FIFTY_YEARS, 1e-3, FIFTY_YEARS],
    [0, 1 / 7, FIFTY_YEARS, FIFTY_YEARS, FIFTY_YEARS, FIFTY_YEARS, FIFTY_YEARS, FIFTY_YEARS, FIFTY_YEARS],
)
CORNERS = [
    (1e-4, 1e-4, 1e-4, 1e-4),
    (1e6, 1e6, 1e6, 1e6),
    (1e-4, 1e6, 1e-4, 1e6),
    (1e6, 1e-4, 1e6, 1e-4),
    (0.3, 5, 1, 1),
]


@pytest.mark.parametrize("parameters", CORNERS)
@pytest.mark.parametrize("kind", KINDS)
def test_scores_are_numbers_within_their_bounds(kind: Any, parameters: tuple[float, ...]) -> None:
    model = known(kind, *parameters)
    alive = model.probability_alive(ODD)
    assert ((alive >= 0) & (alive <= 1)).all()
    before = np.zeros(len(ODD))
    for horizon in (0.0, 1 / 7, 52.0, FIFTY_YEARS):
        buys, later = model.probability_of_purchase(ODD, horizon), model.expected_purchases(ODD, horizon)
        assert ((buys >= before - 1e-9) & (buys <= alive + 1e-9)).all()
        assert np.isfinite(later).all()
        assert (later >= buys * (1 - 1e-6) - 1e-9).all()
        before = buys
    assert not np.isnan(model.time_to_purchase(ODD, within=104.0)).any()
    assert np.isfinite(model.expected_purchases_new(np.array([0.0, 1.0, FIFTY_YEARS]))).all()


@pytest.mark.parametrize("parameters", CORNERS)
@pytest.mark.parametrize("kind", KINDS)
def test_likelihoods_and_gradients_are_numbers(kind: Any, parameters: tuple[float, ...]) -> None:
    rows, theta = known(kind, *parameters).rows(ODD)
    value, gradient = kind._likelihood(rows, theta)
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_customer_with_a_million_orders_does_not_spoil_the_fit(kind: Any) -> None:
    made = known(kind).simulate(np.full(3000, 52.0), seed=2).summary
    odd = PurchaseSummary(
        np.arange(3001), np.r_[made.repeats, 1e6], np.r_[made.recency, 51], np.r_[made.age, 52]
    )
    found = kind.fit(odd)
    assert np.isfinite(list(found.parameters.values())).all()
    assert np.isfinite(found.expected_purchases(odd, 52)).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([2.0] * 3, [4.0] * 3, [9.0] * 3), "3 customers are too few"),
        (([0.0] * 50, [0.0] * 50, list(range(50))), "bought on a second day"),
        (([2.0] * 50, [4.0] * 50, [9.0] * 50), "same history"),
        (([0.0] * 49 + [1.0], [0.0] * 50, [0.0] * 50), "last day"),
        (([], [], []), "0 customers are too few"),
    ],
)
def test_what_cannot_be_fitted_is_refused(kind: Any, columns: tuple[list[float], ...], words: str) -> None:
    summary = PurchaseSummary(np.arange(len(columns[0])), *columns)
    with pytest.raises(CannotFitError, match=words) as error:
        kind.fit(summary)
    assert "Report what was so far" in error.value.do


def test_spending_is_refused_without_values_or_without_enough_of_them() -> None:
    x = np.r_[np.zeros(50), 1.0]
    with pytest.raises(InputError, match="no values"):
        GammaGamma.fit(PurchaseSummary(np.arange(51), x, x, x + 1))
    with pytest.raises(CannotFitError, match="1 customers came back"):
        GammaGamma.fit(PurchaseSummary(np.arange(51), x, x, x + 1, x * 20))


def test_everyone_spends_the_same_is_told_as_that() -> None:
    x = np.arange(60) % 5.0
    summary = PurchaseSummary(np.arange(60), x, x, x + 1, np.where(x > 0, 20.0, 0.0))
    found = GammaGamma.fit(summary)
    assert found.boundary
    assert found.expected_value(summary) == pytest.approx(20.0, rel=1e-3)
    assert found.correlation is None


def test_heavy_tails_of_spending_leave_every_value_a_number() -> None:
    x = np.arange(400) % 4.0
    value = np.where(x > 0, np.exp(np.random.default_rng(0).standard_cauchy(400).clip(-9, 9)), 0.0)
    summary = PurchaseSummary(np.arange(400), x, x, x + 1, value)
    expected = GammaGamma.fit(summary).expected_value(summary)
    assert np.isfinite(expected).all()
    assert (expected > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_gets_no_scores(kind: Any) -> None:
    empty = PurchaseSummary(np.zeros(0, int), [], [], [])
    assert known(kind).expected_purchases(empty, 4).tolist() == []


def test_questions_that_make_no_sense_are_refused() -> None:
    model = known(BgNbd)
    for horizon in (-1.0, np.nan, np.inf):
        with pytest.raises(InputError, match="horizon"):
            model.expected_purchases(ODD, horizon)
    in_days = PurchaseSummary(ODD.customer, ODD.repeats, ODD.recency, ODD.age, None, 1.0)
    with pytest.raises(InputError, match="units of 1 days"):
        model.probability_alive(in_days)
    with pytest.raises(InputError, match="fitted with the covariates"):
        model.probability_alive(ODD, covariates=Covariates(("web",), np.ones((9, 1))))
    with pytest.raises(InputError, match="penalizer"):
        BgNbd.fit(model.simulate(np.full(50, 60.0), seed=1).summary, penalizer=-1)
    with pytest.raises(InputError, match="opportunities"):
        BgBb.fit(model.simulate(np.full(50, 60.0), seed=1).summary)


def test_a_flat_direction_that_many_parameters_share_ends_the_search() -> None:
    count = 12
    flat = np.full(count, 1 / np.sqrt(count))
    design = Design(tuple(f"p{n}" for n in range(count)), (None,) * count, (), np.zeros((1, 0)), np.ones(0))
    covariance, boundary = uncertainty(
        Optimum(np.zeros(count), 100 * (np.eye(count) - np.outer(flat, flat))), design
    )
    assert 0 < len(boundary) < count
    assert np.isfinite(covariance).all()
