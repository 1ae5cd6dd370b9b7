"""Everything predicted of everyone: one row each, nothing undefined, and what the lake keeps of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pytest

import regulars
from regulars.kernel.definitions import Definitions
from regulars.prediction.scores import Scores, predict
from support.shop import write


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scores]:
    folder = tmp_path_factory.mktemp("scored")
    write(folder, customers=250)
    with regulars.read(folder / "orders.csv") as shop:
        yield predict(shop.analysis, days_tested=1)


def test_everyone_stands_once_with_a_risk_that_is_one(scores: Scores) -> None:
    numbers = scores.table["customer"].to_numpy()
    risks = scores.table["churn_probability"].to_numpy()
    assert len(numbers) == len(set(numbers.tolist())) == 250
    assert ((risks > 0) & (risks < 1)).all()
    for name in scores.table.column_names:
        if pa.types.is_floating(scores.table[name].type):
            assert np.isfinite(scores.table[name].drop_null().to_numpy()).all(), name


def test_who_is_worth_most_and_most_at_risk_stands_first(scores: Scores) -> None:
    first = scores.urgent(10)
    products = first["churn_probability"].to_numpy() * first["predicted_clv"].to_numpy()
    everyone = scores.table["churn_probability"].to_numpy() * scores.table["predicted_clv"].to_numpy()
    assert products.tolist() == sorted(everyone.tolist(), reverse=True)[:10]


def test_the_lakes_rows_have_one_value_for_a_customer_and_prediction(scores: Scores) -> None:
    facts = scores.facts()
    keys = list(zip(facts["customer"].to_pylist(), facts["model"].to_pylist(), strict=True))
    assert len(keys) == len(set(keys)) and facts["value"].null_count == 0
    assert set(facts["day"].to_pylist()) == {scores.day}
    clv = facts.filter(pa.compute.equal(facts["name"], "predicted_clv"))
    assert (clv["low"].to_numpy() <= clv["high"].to_numpy()).all()


def test_what_a_short_history_does_not_allow_is_said(tmp_path: Path) -> None:
    orders = pa.table({
        "order_id": ["1", "2", "3"], "customer_id": ["a", "b", "c"], "total": [10.0, 20.0, 30.0],
        "date": [date(2026, 1, day) for day in (1, 2, 3)],
    })  # fmt: skip
    pa.csv.write_csv(orders, tmp_path / "orders.csv")
    with regulars.read(
        tmp_path / "orders.csv", definitions=Definitions(window_days=30), currency="EUR"
    ) as shop:
        found = predict(shop.analysis)
    assert found.table["predicted_clv"].null_count == 3 and found.table["historic_clv"].to_pylist() == [
        10,
        20,
        30,
    ]
    assert found.backtest is None and found.notes
