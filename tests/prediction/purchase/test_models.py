"""A model is plain data; its intervals hold; scores do not depend on how the customers are grouped."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from regulars.kernel.errors import InputError
from regulars.prediction.history import PurchaseSummary
from regulars.prediction.purchase import (
    BgNbd,
    Covariates,
    GammaGamma,
    MbgNbd,
    ParetoNbd,
    fitting,
    model,
)
from support.purchases import PARAMETERS, known


def made(kind: Any, n: int = 400) -> PurchaseSummary:
    found: PurchaseSummary = known(kind).simulate(np.arange(n) % 30 + 5.0, seed=5).summary
    return found


@pytest.mark.parametrize("kind", PARAMETERS)
def test_a_model_is_saved_and_loaded_as_plain_data(kind: Any) -> None:
    found = kind.fit(made(kind))
    again = kind.from_dict(json.loads(json.dumps(found.to_dict())))
    assert again == found
    np.testing.assert_array_equal(
        again.expected_purchases(made(kind), 5), found.expected_purchases(made(kind), 5)
    )


def test_another_model_or_half_of_one_is_not_loaded() -> None:
    saved = BgNbd.fit(made(BgNbd)).to_dict()
    with pytest.raises(InputError, match="not MbgNbd"):
        MbgNbd.from_dict(saved)
    del saved["parameters"]
    with pytest.raises(InputError, match="incomplete"):
        BgNbd.from_dict(saved)


def test_the_summary_has_estimates_between_their_bounds() -> None:
    rows = ParetoNbd.fit(made(ParetoNbd)).summary().to_pylist()
    assert [row["parameter"] for row in rows] == ["r", "alpha", "s", "beta"]
    assert all(row["low"] < row["estimate"] < row["high"] for row in rows if not row["at_boundary"])


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd])
def test_95_per_cent_intervals_hold_the_truth_about_that_often(kind: Any) -> None:
    truth, inside = known(kind), 0
    for seed in range(30):
        chance = np.random.default_rng(seed)
        age = chance.integers(20, 100, 400).astype(float)
        rows = kind.fit(truth.simulate(age, seed=seed).summary).summary().to_pylist()[:2]
        inside += sum(row["low"] <= truth.parameters[row["parameter"]] <= row["high"] for row in rows)
    assert 51 <= inside <= 60  # of 60; 57 expected


def test_the_bootstrap_spreads_as_the_standard_errors_say_and_holds_the_truth() -> None:
    truth = known(MbgNbd)
    summary = truth.simulate(np.arange(4000) % 90 + 12.0, seed=8).summary
    found = MbgNbd.fit(summary)
    drawn = found.bootstrap(summary, 80, seed=1)
    for place, name in enumerate(drawn.labels):
        spread = np.log(drawn.draws[:, place]).std()
        assert spread == pytest.approx(found.standard_errors[name] / found.parameters[name], rel=0.35)
        low, high = drawn.interval(name, 0.99)
        assert low < truth.parameters[name] < high


def test_the_bootstrap_of_spending_holds_the_truth() -> None:
    truth = known(GammaGamma, 6.25, 3.74, 15.44)
    x = np.arange(2000) % 9.0
    summary = PurchaseSummary(np.arange(2000), x, x, x + 1, truth.simulate(x, seed=4))
    drawn = GammaGamma.fit(summary).bootstrap(summary, 60, seed=2)
    for name, value in truth.parameters.items():
        low, high = drawn.interval(name, 0.999)
        assert low < value < high


def test_values_in_another_currency_scale_the_spending_model() -> None:
    x = np.arange(900) % 7.0
    value = known(GammaGamma, 6.25, 3.74, 15.44).simulate(x, seed=4)
    euros, rupiah = (PurchaseSummary(np.arange(900), x, x, x + 1, value * by) for by in (1.0, 19_000.0))
    one, other = GammaGamma.fit(euros), GammaGamma.fit(rupiah)
    assert other.parameters["gamma"] == pytest.approx(19_000 * one.parameters["gamma"], rel=1e-5)
    np.testing.assert_allclose(other.expected_value(rupiah), 19_000 * one.expected_value(euros), rtol=1e-6)


def test_scores_do_not_depend_on_the_company_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    summary, found = made(ParetoNbd), known(ParetoNbd)
    alone = np.concatenate(
        [found.probability_of_purchase(summary.take(slice(i, i + 1)), 9) for i in range(25)]
    )
    monkeypatch.setattr(model, "_CHUNK", 7)
    np.testing.assert_allclose(found.probability_of_purchase(summary, 9)[:25], alone, rtol=1e-9)


def test_a_fit_that_starts_on_a_sample_ends_where_the_whole_does(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (BgNbd, ParetoNbd):
        summary = made(kind, 5000)
        whole = kind.fit(summary)
        monkeypatch.setattr(fitting, "_LARGE", 100)
        monkeypatch.setattr(fitting, "_SAMPLE", 500)
        sampled = kind.fit(summary)
        monkeypatch.undo()
        assert sampled.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-5)
        assert list(sampled.parameters.values()) == pytest.approx(list(whole.parameters.values()), rel=1e-3)


def test_the_median_wait_is_where_the_chance_is_a_half() -> None:
    for kind in (BgNbd, ParetoNbd):
        found, summary = known(kind), made(kind)
        waits = found.time_to_purchase(summary, within=104)
        assert np.isinf(waits).any()
        for place in np.flatnonzero(np.isfinite(waits))[:5]:
            chance = found.probability_of_purchase(summary.take(slice(place, place + 1)), waits[place])
            assert chance[0] == pytest.approx(0.5, abs=0.005)


def test_a_penalty_draws_the_parameters_down() -> None:
    free, held = BgNbd.fit(made(BgNbd)), BgNbd.fit(made(BgNbd), penalizer=0.01)
    assert sum(v**2 for v in held.parameters.values()) < sum(v**2 for v in free.parameters.values())
    assert held.log_likelihood < free.log_likelihood


def test_a_new_customer_of_a_pattern_is_expected_to_buy_as_that_pattern() -> None:
    truth = known(BgNbd)
    slopes = {"rate:web": 0.7, "dropout:web": 0.0}
    with_slope = BgNbd(
        {**truth.parameters, **slopes}, {}, 0.0, covariates=("web",), covariance=((0.0,) * 6,) * 6
    )
    faster = known(BgNbd, 0.25, 4.4 * np.exp(-0.7), 0.8, 2.4)
    web = Covariates(("web",), np.ones((1, 1)))
    np.testing.assert_allclose(
        with_slope.expected_purchases_new(20.0, covariates=web),
        faster.expected_purchases_new(20.0),
        rtol=1e-12,
    )


def test_covariates_are_made_of_a_table_alike_for_fit_and_score() -> None:
    table = pa.table(
        {"channel": ["shop", "web", "shop", None], "gift": [True, False, True, False], "items": [1, 2, 3, 4]}
    )
    found = Covariates.from_table(table)
    assert found.names == ("channel=web", "gift", "items")
    assert found.values.tolist() == [[0, 1, 1], [1, 0, 2], [0, 1, 3], [0, 0, 4]]
    later = Covariates.from_table(pa.table({"channel": ["fair"], "gift": [True], "items": [9]}), found.names)
    assert later.values.tolist() == [[0, 1, 9]]
    with pytest.raises(InputError, match="'gift' is not there"):
        Covariates.from_table(pa.table({"channel": ["fair"]}), found.names)
