"""Repeat transactions so far, made and expected, week by week."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from regulars.lake.engines import DuckEngine
from regulars.prediction.purchase import BgNbd, ParetoNbd
from regulars.prediction.purchase.tracking import tracked, tracking
from support.published import END, cdnow, cdnow_sample
from support.purchases import known
from support.tiny import analysed, bought


def test_the_published_curve_of_cdnow_at_its_end() -> None:
    days = cdnow_sample()["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    customer = cdnow_sample()["customer"].to_numpy()
    pairs = np.unique(np.stack((customer, days)), axis=1)
    first = np.r_[True, np.diff(pairs[0]) > 0]
    firsts, customers = np.unique(pairs[1][first], return_counts=True)
    repeats, times = np.unique(pairs[1][~first], return_counts=True)
    for kind, expected in ((BgNbd, 4160.6), (ParetoNbd, 4270.1)):
        last = tracked(kind.fit(cdnow()), firsts, customers, repeats, times, until=END).to_pylist()[-1]
        assert last["day"] == dt.date(1998, 6, 30)
        assert last["actual"] == 4339
        assert last["expected"] == pytest.approx(expected, abs=0.1)


def test_customers_after_the_cut_and_second_orders_of_a_day_do_not_count(duck: DuckEngine) -> None:
    orders = [
        bought(1, "2024-01-01"), bought(1, "2024-01-01"), bought(1, "2024-01-09"), bought(1, "2024-01-09"),
        bought(2, "2024-01-05"), bought(2, "2024-02-01"), bought(3, "2024-01-20"), bought(3, "2024-01-30"),
    ]  # fmt: skip
    analysis = analysed(duck, orders, first="2024-01-01", last="2024-02-04")
    rows = tracking(analysis, known(BgNbd), dt.date(2024, 1, 10)).to_pylist()
    assert [(str(row["day"]), row["actual"]) for row in rows] == [
        ("2024-01-01", 0), ("2024-01-08", 0), ("2024-01-15", 1), ("2024-01-22", 1), ("2024-01-29", 1), ("2024-02-04", 2),
    ]  # fmt: skip
    model = known(BgNbd)
    expected = model.expected_purchases_new(34 / 7) + model.expected_purchases_new(30 / 7)
    assert rows[-1]["expected"] == pytest.approx(expected[0])


def test_nobody_has_no_curve() -> None:
    none = np.zeros(0, np.int64)
    assert tracked(known(BgNbd), none, none, none, none, until=END).num_rows == 0
