"""`regulars predict` where customers have contracts: who has left already is nobody to look after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest

from prediction.churn.shop import FIRST, shop
from regulars.cli.commands.predict import _brief, _notes
from regulars.lake.engines import DuckEngine
from regulars.prediction.scores import Scores, predict

RUNNING = 12


@pytest.fixture(scope="module")
def scores() -> Iterator[Scores]:
    """Of 300 customers who ordered, the last twelve have a contract still; all others' ended within two years."""
    draw = np.random.default_rng(3)
    start, lasts = draw.integers(0, 500, 300), draw.integers(20, 200, 300)
    rows = [
        {"source": "shop", "subscription_id": f"s{n}", "customer": n, "started_day": FIRST + dt.timedelta(int(start[n])),
         "ended_day": FIRST + dt.timedelta(int(start[n] + lasts[n])) if n < 300 - RUNNING else None, "currency": "EUR",
         "state": "active", "amount": 10, "interval_months": 1, "end_kind": "cancelled"}
        for n in range(300)
    ]  # fmt: skip
    who = np.repeat(np.arange(300), 3)
    engine = DuckEngine(threads=1)
    yield predict(
        shop(engine, who, start[who] + draw.integers(0, 60, 900), np.full(900, 20.0), subscriptions=rows),
        days_tested=1,
    )
    engine.close()


def test_only_who_has_a_contract_is_looked_after(scores: Scores) -> None:
    assert scores.table["churn_probability"].null_count == 300 - RUNNING
    shown = _brief(scores, "en")
    assert sorted(shown["customer"].to_pylist()) == list(range(300 - RUNNING, 300))
    assert all(shown["reasons"].to_pylist())


def test_the_risk_is_that_the_contract_ends(scores: Scores) -> None:
    told = " ".join(_notes(scores))
    assert "Risk: the contract ends within 60 days." in told
    assert "had no contract any more after 60 days" in told
    assert "no order" not in told and "did not come back" not in told
