"""What the literature prints comes out: parameters to four digits, likelihoods to three decimals, forecasts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from regulars.prediction.purchase import BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd
from support.published import END, cdnow, donations

CDNOW = [
    (BgNbd, (0.2426, 4.4136, 0.7929, 2.4259), -9582.429),
    (MbgNbd, (0.5248, 6.1831, 0.8914, 1.614), -9582.136),
    (ParetoNbd, (0.5533, 10.5777, 0.6062, 11.668), -9594.976),
    (GammaGamma, (6.2496, 3.7442, 15.4435), -4055.918),
]


def four_digits(values: Iterable[float]) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


@pytest.mark.parametrize(("kind", "parameters", "likelihood"), CDNOW)
def test_the_cdnow_sample(kind: Any, parameters: tuple[float, ...], likelihood: float) -> None:
    found = kind.fit(cdnow())
    assert four_digits(found.parameters.values()) == four_digits(parameters)
    assert found.log_likelihood == pytest.approx(likelihood, abs=5e-4)
    assert found.boundary == ()


def test_the_donations() -> None:
    found = BgBb.fit(donations())
    assert four_digits(found.parameters.values()) == four_digits((1.2035, 0.7497, 0.6567, 2.7834))
    assert found.log_likelihood == pytest.approx(-33225.58, abs=5e-3)


@pytest.mark.parametrize(
    ("kind", "mae", "rmse", "total"),
    [
        (BgNbd, 0.78545, 1.60798, 1653.4),
        (MbgNbd, 0.7648, 1.6072, 1576.7),
        (ParetoNbd, 0.7545, 1.6028, 1665.5),
    ],
)
def test_forecasts_of_weeks_40_to_78(kind: Any, mae: float, rmse: float, total: float) -> None:
    summary = cdnow()
    later = cdnow(END).repeats - summary.repeats
    forecast = kind.fit(summary).expected_purchases(summary, 39)
    assert later.sum() == 1882
    assert np.abs(forecast - later).mean() == pytest.approx(mae, abs=6e-5)
    assert np.sqrt(np.mean((forecast - later) ** 2)) == pytest.approx(rmse, abs=6e-5)
    assert forecast.sum() == pytest.approx(total, abs=0.06)


@pytest.mark.parametrize(("kind", "ratio"), [(BgNbd, 1.015), (MbgNbd, 1.008), (ParetoNbd, 1.028)])
def test_repeat_purchases_in_39_weeks_without_knowing_the_customers(kind: Any, ratio: float) -> None:
    summary = cdnow()
    expected = kind.fit(summary).expected_purchases_new(summary.age)
    assert expected.sum() / summary.repeats.sum() == pytest.approx(ratio, abs=6e-4)


def test_p_alive_of_the_bg_nbd_is_one_for_who_bought_once_and_p_buy_ranks_better() -> None:
    summary = cdnow()
    later = cdnow(END).repeats > summary.repeats
    found = BgNbd.fit(summary)
    alive, buys = found.probability_alive(summary), found.probability_of_purchase(summary, 39)
    assert (alive[summary.repeats == 0] == 1).all()
    assert _auc(alive, later) < 0.35
    assert _auc(buys, later) > 0.75


def _auc(score: Any, happened: Any) -> float:
    order = np.argsort(score, kind="stable")
    _, where, many = np.unique(score[order], return_inverse=True, return_counts=True)
    rank = (np.cumsum(many) - (many - 1) / 2)[where]
    positive = happened[order]
    n = positive.sum()
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * (len(score) - n)))
