"""Traits of the first day, in the order of the summary's customers."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine
from regulars.prediction.history import PurchaseSummary, purchases_until
from regulars.prediction.purchase import BgNbd, Covariates
from regulars.prediction.purchase.traits import first_traits
from support.tiny import analysed, bought

CUT = dt.date(2024, 10, 1)


def test_market_season_and_discount_of_the_first_order(duck: DuckEngine) -> None:
    orders = [
        bought(3, "2024-01-05", market="NO", country="NO"), bought(3, "2024-07-05", market="DE"),
        bought(1, "2024-06-30"), bought(2, "2024-09-01"), bought(9, "2024-12-01"),
    ]  # fmt: skip
    analysis = analysed(duck, orders, first="2024-01-01", last="2024-12-31")
    found = first_traits(analysis, purchases_until(analysis, CUT))
    assert found["season"].to_pylist() == ["summer", "autumn", "winter"]
    assert found["market"].to_pylist() == ["DE", "DE", "NO"]
    assert "discounted" not in found.column_names


def test_what_few_have_is_other_and_a_model_can_be_fitted_on_it(duck: DuckEngine) -> None:
    chance = np.random.default_rng(4)
    orders = []
    for number in range(120):
        market = "CH" if number == 7 else ("DE", "NO")[number % 2]
        for day in chance.integers(0, 200, 1 + number % 4):
            orders.append(
                bought(number, str(dt.date(2024, 1, 2) + dt.timedelta(days=int(day))), market=market)
            )
    analysis = analysed(duck, orders, first="2024-01-01", last="2024-12-31")
    summary = purchases_until(analysis, CUT)
    table = first_traits(analysis, summary)
    assert set(table["market"].to_pylist()) == {"DE", "NO", "other"}
    covariates = Covariates.from_table(table.select(["market"]))
    model = BgNbd.fit(summary, covariates=covariates)
    assert np.isfinite(model.expected_purchases(summary, 13, covariates=covariates)).all()


def test_other_customers_are_refused(duck: DuckEngine) -> None:
    analysis = analysed(duck, [bought(3, "2024-01-05")], first="2024-01-01", last="2024-12-31")
    with pytest.raises(InputError, match="does not know all"):
        first_traits(analysis, PurchaseSummary(np.array([3, 4]), [0, 0], [0, 0], [1, 1]))
