"""On a part of the real shop: better than personal frequency and than what is popular, by more than chance."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from regulars.demo import online_retail
from regulars.prediction.recommend import Interactions, Lean, Settings, back_test
from regulars.prediction.recommend.held_out import accuracy, hold_out_last_day
from regulars.prediction.recommend.ranking import best_of_dense

LINES = """
SELECT CAST("Customer ID" AS BIGINT) AS customer, "StockCode" AS product, CAST("InvoiceDate" AS DATE) AS day
FROM read_parquet(?) WHERE "Quantity" > 0 AND "Price" > 0 AND CAST("Customer ID" AS BIGINT) % 3 = 0
GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture(scope="module")
def given() -> Interactions:
    newer = str(online_retail.files()[-1])
    with duckdb.connect(config={"threads": 1}) as connection:
        rows = connection.execute(LINES, [newer]).fetchnumpy()
    return Interactions.of(np.asarray(rows["customer"]), np.asarray(rows["product"]).astype(str), rows["day"])


def test_better_than_personal_frequency_and_popularity(given: Interactions) -> None:
    found = back_test(given, limit=1_000)
    frequency = Settings(again_half_life=1e9, again=Lean(0, 0), pull=0.0, mixed=Lean(0, 0))
    plain = back_test(given, settings=frequency, limit=1_000)
    assert found.settings.customers > 500
    assert found.mixed.recall > plain.mixed.recall + 2 * found.mixed.standard_error
    assert found.again.recall > plain.again.recall

    held = hold_out_last_day(given)
    buyers = np.asarray(held.train.bought().sum(axis=0), dtype=np.float64)
    scores = np.where(held.train.bought(held.rows).toarray() > 0, -np.inf, buyers)
    popular = accuracy(best_of_dense(scores, 10), held.new)
    assert found.discover.recall > 1.5 * popular.recall
