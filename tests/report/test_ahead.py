"""What will happen, in the report: it adds up to what is predicted of each, names nobody, and says what it cannot say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import regulars
from regulars.charts import Words
from regulars.prediction.churn.effects import Effect
from regulars.prediction.features import FEATURES
from regulars.prediction.scores import Scores, predict
from regulars.report import LANGUAGES, ReportContent, ReportOptions, as_json, render_html
from regulars.report.ahead import Ahead
from regulars.report.ahead_text import FEATURES_TOLD, apart, lead, told
from regulars.report.looking import AT_RISK, ahead_of, told_of
from support import report_sample as sample
from support.shop import write
from support.tiny import analysed, bought


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scores, Ahead]]:
    folder = tmp_path_factory.mktemp("ahead")
    write(folder, customers=250)
    with regulars.read(folder / "orders.csv") as shop:
        scores = predict(shop.analysis, days_tested=1)
        yield scores, ahead_of(shop.analysis, scores)


@pytest.fixture
def ahead(seen: tuple[Scores, Ahead]) -> Ahead:
    return seen[1]


def test_everybody_together_is_the_sum_of_what_is_predicted_of_each(seen: tuple[Scores, Ahead]) -> None:
    scores, ahead = seen
    again = scores.table["probability_of_purchase"].to_numpy()
    assert ahead.again == pytest.approx(again.sum())
    assert ahead.customers == sum(one.customers for one in ahead.chances) == 250
    assert sum(one.customers * one.again for one in ahead.chances) == pytest.approx(again.sum())
    assert ahead.expected is not None
    orders = scores.table["predicted_number_of_orders"].to_numpy().sum()
    assert ahead.expected.orders == pytest.approx(orders)
    assert ahead.expected.revenue > np.nansum(scores.table["predicted_clv"].to_numpy())  # which is discounted


def test_every_active_customer_stands_in_the_picture_once(ahead: Ahead) -> None:
    risk = ahead.risk
    assert risk is not None
    assert sum(row["customers"] for row in risk.spread) == risk.active
    over = sum(row["customers"] for row in risk.spread if row["low"] >= 100 * AT_RISK)
    assert over == risk.at_risk <= risk.active < 250
    assert risk.value is not None and risk.value_at_risk is not None
    assert AT_RISK * risk.value <= risk.value_at_risk <= risk.value


def test_keeping_is_worth_more_than_leaving_them(ahead: Ahead) -> None:
    assert ahead.keeping is not None and ahead.risk is not None
    assert 0 < ahead.keeping.leaving < ahead.risk.active
    assert ahead.keeping.worth > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_section_is_there_in_every_language_and_names_nobody(ahead: Ahead, language: str) -> None:
    page = render_html(sample.content(ahead=ahead), language)
    section = page[page.index('id="ahead"') :]
    section = section[: section.index("</section>")]
    assert 'href="#ahead"' in page
    assert "nan" not in re.sub(r"<[^>]*>", " ", section).lower().split()
    assert len(re.findall(r"<svg", section)) == 3
    assert "customer" not in section or language == "en"


def test_without_a_prediction_there_is_no_section() -> None:
    assert 'id="ahead"' not in render_html(sample.content(), "en")


def test_what_is_predicted_stands_in_the_json_too(ahead: Ahead) -> None:
    assert json.loads(as_json(sample.content(ahead=ahead)))["ahead"]["customers"] == 250


def test_a_history_too_short_to_predict_leaves_the_section_out(
    duck: regulars.lake.engines.DuckEngine,
) -> None:
    facts = analysed(
        duck, [bought(1, "2024-01-02"), bought(2, "2024-01-03")], first="2024-01-01", last="2024-02-01"
    )
    content: ReportContent = regulars.report.build(facts, None, ReportOptions(predict=True))
    assert content.ahead is None


def test_without_an_interval_that_was_earned_none_is_said(ahead: Ahead) -> None:
    assert ahead.expected is not None
    untried = replace(ahead, expected=replace(ahead.expected, low=None, high=None, looked=None))
    assert "between" not in lead(untried, "EUR", Words())
    assert "no interval" in render_html(sample.content(ahead=untried), "en")


def test_two_models_that_cannot_both_be_right_are_said_to_disagree(ahead: Ahead) -> None:
    assert ahead.risk is not None
    assert not apart(replace(ahead, again=2 * ahead.risk.staying), Words())
    assert "different ways" in apart(replace(ahead, again=ahead.risk.staying / 2), Words())


def _effect(feature: str, q: float) -> Effect:
    return Effect(feature, "s", "w", 50, 50, 10.0, 2.0, 0.6, 0.2, 0.4, 0.3, (0.1, 0.5), q)


def test_of_a_story_one_feature_is_told_and_only_where_it_stands_out() -> None:
    found = told_of([_effect("days_since_last", 0.01), _effect("gap_median", 0.01), _effect("age", 0.2)])
    assert [one.feature for one in found] == ["days_since_last"]
    assert told(found[0], "EUR", Words()) == ("Days since the last order", "10 or more", "2 or less")


def test_what_is_told_is_declared_and_one_of_each_story() -> None:
    stories = [FEATURES[name].story for name in FEATURES_TOLD if name != "tickets_91"]
    assert len(stories) == len(set(stories))


def test_the_day_is_that_of_the_analysis(ahead: Ahead, seen: tuple[Scores, Ahead]) -> None:
    assert ahead.day == seen[0].day
    assert all(one.day < ahead.day for one in ahead.trials)
    assert isinstance(ahead.day, date)
