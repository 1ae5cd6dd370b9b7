"""The one procedure on a shop whose truth is known, and on shops that tell little or nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import numpy as np
import pytest

from prediction.churn.shop import AS_OF, FIRST, made, shop
from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.prediction.churn import (
    Backtest,
    ChurnModel,
    Scored,
    backtest,
    fit_churn,
    reasons,
    what_goes_with_leaving,
    without,
)
from regulars.prediction.churn.reasons import contributions
from regulars.report.texts import words

CUT = AS_OF - dt.timedelta(days=60)


@pytest.fixture(scope="module")
def analysis() -> Iterator[Analysis]:
    engine = DuckEngine(threads=1)
    yield made(engine)
    engine.close()


@pytest.fixture(scope="module")
def model(analysis: Analysis) -> ChurnModel:
    return fit_churn(analysis, 60, CUT)


@pytest.fixture(scope="module")
def scored(analysis: Analysis, model: ChurnModel) -> Scored:
    return model.predict(analysis)


@pytest.fixture(scope="module")
def past(analysis: Analysis) -> Backtest:
    return backtest(analysis, 60, days=1)


def test_it_ranks_and_is_calibrated_on_days_that_it_never_saw(past: Backtest) -> None:
    found = past.days[-1]
    rule = found.qualities["rule"]
    assert found.serves == "blend"
    assert found.served.log_loss < rule.log_loss
    assert found.served.auc is not None and found.served.auc > 0.8
    assert abs(found.said - found.left) < 0.05
    assert found.served.ece < 3 * found.served.ece_floor
    assert found.called.left > found.called.by_chance
    assert "Of the 100 customers called most at risk on 2023-11-02, " in found.said_in_words
    assert {"bg_nbd", "mbg_nbd", "pareto_nbd", "linear", "boosted"} < set(found.qualities)


def test_what_comes_after_the_day_of_training_changes_nothing(model: ChurnModel) -> None:
    engine = DuckEngine(threads=1)
    assert fit_churn(made(engine, until=(CUT - FIRST).days), 60, CUT).to_dict() == model.to_dict()
    engine.close()


def test_it_is_saved_as_plain_data_and_scores_the_same(
    analysis: Analysis, model: ChurnModel, scored: Scored
) -> None:
    again = ChurnModel.from_dict(json.loads(json.dumps(model.to_dict())))
    assert np.array_equal(again.predict(analysis).risk, scored.risk)


def test_contributions_add_up_to_the_score(model: ChurnModel, scored: Scored) -> None:
    by_feature, by_models = contributions(model, scored.known)
    rest = scored.score - by_feature.sum(axis=1) - by_models
    assert np.ptp(rest) < 1e-9


def test_without_a_reason_the_score_moves_the_way_it_said(model: ChurnModel, scored: Scored) -> None:
    found = reasons(model, scored)
    strong = np.abs(found.contribution[:, 0]) > 0.5
    assert strong.mean() > 0.5
    for place, story in enumerate(found.stories):
        told = strong & (found.story[:, 0] == place)
        if told.sum() >= 20:
            moved = scored.score - without(model, scored.known, story)
            right = np.sign(moved[told]) == np.sign(found.contribution[told, 0])
            assert right.mean() > 0.9, story


def test_reasons_are_told_in_four_languages(model: ChurnModel, scored: Scored) -> None:
    most = int(np.argmax(scored.risk))
    found = reasons(model, scored, rows=[most])
    told = {
        language: found.words(0, words(language), currency="EUR") for language in ("en", "de", "nb", "ro")
    }
    assert {len(texts) for texts in told.values()} == {3}
    assert len(set(told.values())) == 4
    assert any("last order" in text for text in told["en"])
    assert any("letzte Bestellung vor" in text for text in told["de"])


def test_what_goes_with_leaving_has_intervals_and_a_caution(analysis: Analysis) -> None:
    found = what_goes_with_leaving(analysis, 60)
    first = found[0]
    since = next(one for one in found if one.feature == "days_since_last")
    assert since.high_left > since.low_left + 0.3
    assert first.interval is not None and first.adjusted is not None
    assert first.interval[0] < first.adjusted < first.interval[1]
    assert "not proof of cause" in first.caution


def finite(found: Scored) -> bool:
    return bool(np.isfinite(found.risk).all() and (found.risk >= 0).all() and (found.risk <= 1).all())


@pytest.mark.parametrize(
    ("who", "days", "why"),
    [
        ([1] * 5, [0, 100, 200, 300, 400], "one customer"),
        (list(range(300)), [700] * 300, "all new"),
        (np.repeat(range(200), 3), np.tile([0, 30, 60], 200), "identical customers"),
        ([7] * 3000 + [*range(8, 60)], [*np.arange(3000) % 720, *range(52)], "one with thousands of orders"),
    ],
)
def test_odd_shops_get_a_sound_answer(duck: DuckEngine, who: list[int], days: list[int], why: str) -> None:
    odd = shop(duck, np.asarray(who), np.asarray(days), np.full(len(who), 10.0))
    found = fit_churn(odd, 60).predict(odd)
    assert len(found.risk) == len(set(np.asarray(who).tolist())), why
    assert finite(found), why


def test_nobody_and_no_history_are_refused_in_words(duck: DuckEngine) -> None:
    with pytest.raises(InputError, match="Nobody was a customer"):
        fit_churn(shop(duck, [], [], []), 60)
    young = made(duck, 50)
    with pytest.raises(InputError, match="too short to learn"):
        fit_churn(young, 60, dt.date(2022, 2, 1))
    with pytest.raises(InputError, match="The facts end before"):
        fit_churn(young, 60, dt.date(2030, 1, 1))


def test_with_contract_it_learns_whose_contract_ends(duck: DuckEngine) -> None:
    draw = np.random.default_rng(3)
    start = draw.integers(0, 700, 2500)
    dear = draw.random(2500) < 0.5
    lasts = draw.exponential(np.where(dear, 60, 900)).astype(int) + 1
    day = [dt.date(2022, 1, 1) + dt.timedelta(days=int(n)) for n in range(12_000)]
    rows = [
        {"source": "shop", "subscription_id": f"s{n}", "customer": n, "started_day": day[start[n]], "currency": "EUR",
         "ended_day": day[start[n] + lasts[n]] if start[n] + lasts[n] < 730 else None, "state": "active",
         "amount": 90 if dear[n] else 10, "interval_months": 1, "end_kind": "cancelled"}
        for n in range(2500)
    ]  # fmt: skip
    contracts = shop(duck, [], [], [], subscriptions=rows)
    past = backtest(contracts, 60, days=2)
    assert [one.day for one in past.days] == [CUT - dt.timedelta(days=60), CUT]
    assert past.to_arrow().num_rows == sum(len(one.qualities) for one in past.days)
    assert all(np.isfinite(list(one.drift.values())).all() for one in past.days)
    found = past.days[-1]
    assert found.served.auc is not None and found.served.auc > 0.65
    assert abs(found.said - found.left) < 0.05
