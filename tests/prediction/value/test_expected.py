"""What all customers together will bring: the interval holds as often as it says, and is earned on the past."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.prediction.history import purchases_until
from regulars.prediction.purchase import MbgNbd
from regulars.prediction.value import (
    Models,
    after_refunds,
    expected_revenue,
    fit_models,
    totals_until,
)
from support.purchases import known
from support.tiny import analysed, bought

FIRST, DAYS, AHEAD = date(2022, 1, 1), 728, 364


def shop(engine: DuckEngine, seed: int, days: int = DAYS) -> tuple[Analysis, Models, float]:
    """A shop of 400 customers who buy as the model says, its models, and what they spend in the year after its last day."""
    chance = np.random.default_rng(seed)
    start = chance.integers(0, max(days - 28, 1), 400)
    weeks = (days - start) / 7
    made = known(MbgNbd).simulate(weeks, AHEAD / 7, seed=seed)
    orders = []
    for number in range(400):
        x, last = int(made.summary.repeats[number]), made.summary.recency[number] * 7
        gaps = np.r_[0.0, np.sort(chance.uniform(0, last, max(x - 1, 0))), [last] * (x > 0)]
        for day in sorted({int(start[number] + gap) for gap in gaps}):
            when = FIRST + timedelta(days=min(day, days - 1))
            orders.append(bought(number + 1, when.isoformat(), str(Decimal(int(chance.integers(20, 60))))))
    last = (FIRST + timedelta(days=days - 1)).isoformat()
    analysis = analysed(engine, orders, first=FIRST.isoformat(), last=last, window=180)
    totals = totals_until(analysis, analysis.as_of)
    summary = after_refunds(purchases_until(analysis, analysis.as_of), totals)
    return analysis, fit_models(summary), float(made.later.sum() * 39.5)


def test_the_sum_comes_true_within_its_interval(duck: DuckEngine) -> None:
    held = []
    for seed in range(4):
        analysis, models, later = shop(duck, seed)
        found = expected_revenue(analysis, models, horizon_days=AHEAD, seed=1)
        assert found is not None and found.low is not None and found.high is not None
        assert found.low < found.revenue < found.high
        assert found.revenue == pytest.approx(later, rel=0.4)
        held.append(found.low <= later <= found.high)
    assert sum(held) >= 3


def test_the_interval_is_never_narrower_than_the_miss_a_year_ago(duck: DuckEngine) -> None:
    analysis, models, _ = shop(duck, 7)
    found = expected_revenue(analysis, models, seed=1)
    assert found is not None and found.looked is not None and found.high is not None
    assert found.looked.cut == analysis.as_of - timedelta(days=365)
    assert found.high / found.revenue - 1 >= abs(found.looked.missed_by)


def test_a_history_too_short_to_try_it_on_gives_no_interval(duck: DuckEngine) -> None:
    analysis, models, _ = shop(duck, 3, days=140)
    found = expected_revenue(analysis, models, seed=1)
    assert found is not None and (found.low, found.high, found.looked) == (None, None, None)


def test_without_models_nothing_is_expected(duck: DuckEngine) -> None:
    analysis, models, _ = shop(duck, 3, days=140)
    assert expected_revenue(analysis, Models(None, models.spend), seed=1) is None
