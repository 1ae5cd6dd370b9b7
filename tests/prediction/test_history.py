"""What the purchase models know of a customer: repeats, recency, age and the mean value of the repeats."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from regulars.kernel.errors import InputError
from regulars.lake.engines import Engine
from regulars.prediction.history import PurchaseSummary, purchases_until
from support.tiny import analysed, bought

ORDERS = [
    (1, "2024-01-01", "10"), (1, "2024-01-01", "30"), (1, "2024-01-15", "20"), (1, "2024-01-15", "10"),
    (1, "2024-02-05", "50"), (2, "2024-01-31", "7"), (3, "2024-02-20", "9"),
]  # fmt: skip


def transactions() -> pa.Table:
    return pa.table(
        {
            "customer": [customer for customer, _, _ in ORDERS],
            "day": [date.fromisoformat(day) for _, day, _ in ORDERS],
            "value": [float(value) for _, _, value in ORDERS],
        }
    )


def test_days_with_orders_are_transactions_and_the_first_has_no_value(engine: Engine) -> None:
    analysis = analysed(engine, [bought(*order) for order in ORDERS], first="2024-01-01", last="2024-03-01")
    found = purchases_until(analysis, date(2024, 2, 20))
    assert found.customer.tolist() == [1, 2]
    assert found.repeats.tolist() == [2, 0]
    assert (found.recency * 7).tolist() == [35, 0]
    assert (found.age * 7).tolist() == [49, 19]
    assert found.value is not None
    assert found.value.tolist() == [40, 0]


def test_arrays_and_the_engine_give_the_same_summary(duck: Engine) -> None:
    analysis = analysed(duck, [bought(*order) for order in ORDERS], first="2024-01-01", last="2024-03-01")
    for day in (date(2024, 1, 16), date(2024, 2, 6), date(2024, 3, 2)):
        ours, theirs = purchases_until(analysis, day), PurchaseSummary.from_transactions(transactions(), day)
        for name in ("customer", "repeats", "recency", "age", "value"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def test_nothing_after_the_cut_is_seen() -> None:
    cut = date(2024, 1, 16)
    early = transactions().filter(pa.array([day < "2024-01-16" for _, day, _ in ORDERS]))
    whole, part = (PurchaseSummary.from_transactions(table, cut) for table in (transactions(), early))
    assert whole.customer.tolist() == part.customer.tolist() == [1]
    assert whole.repeats.tolist() == part.repeats.tolist() == [1]


def test_nobody_is_an_empty_summary() -> None:
    found = PurchaseSummary.from_transactions(transactions(), date(2023, 1, 1))
    assert len(found) == 0
    assert len(found.collapsed()) == 0


def test_collapsed_rows_spread_again_are_the_customers() -> None:
    chance = np.random.default_rng(3)
    repeats = chance.integers(0, 4, 500)
    recency = np.where(repeats > 0, chance.integers(1, 9, 500), 0) / 7
    summary = PurchaseSummary(np.arange(500), repeats, recency, recency + chance.integers(0, 5, 500) / 7)
    rows = summary.collapsed()
    assert rows.count.sum() == 500
    assert len(rows) < 250
    for name in ("repeats", "recency", "age"):
        np.testing.assert_array_equal(getattr(rows, name)[rows.inverse], getattr(summary, name))


def test_times_that_are_no_whole_days_collapse_too() -> None:
    time = np.array([0.3, 0.3, 1 / 3, 0.0])
    rows = PurchaseSummary(np.arange(4), [2, 2, 2, 0], time, time + np.pi).collapsed()
    assert rows.count.tolist() == [1, 2, 1]


def test_rows_with_other_codes_stay_apart() -> None:
    summary = PurchaseSummary(np.arange(3), [0, 0, 0], [0, 0, 0], [5, 5, 5])
    assert summary.collapsed(np.array([0, 1, 1])).count.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([-1], [0], [1]), "negative"),
        (([1.5], [0], [1]), "whole numbers"),
        (([1], [3], [1]), "later than the end"),
        (([0], [1], [2]), "without a repeat"),
        (([1], [np.nan], [1]), "missing"),
        (([1, 2], [1], [1]), "2 values for 1 customers"),
        ((["often"], [1], [1]), "no number"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(
    columns: tuple[list[float], ...], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        PurchaseSummary(np.array([1]), *columns)


def test_transactions_must_have_numbered_customers_and_the_named_columns() -> None:
    with pytest.raises(InputError, match="whole numbers"):
        PurchaseSummary.from_transactions(
            pa.table({"customer": ["a"], "day": [date(2024, 1, 1)], "value": [1.0]}), date(2024, 2, 1)
        )
    with pytest.raises(InputError, match="'value'"):
        PurchaseSummary.from_transactions(transactions().drop(["value"]), date(2024, 2, 1))


@pytest.mark.parametrize(
    ("name", "column", "words"),
    [("day", ["soon"] * 7, "days"), ("day", [5] * 7, "days"), ("value", ["much"] * 7, "numbers")],
)
def test_days_and_values_that_are_none_are_refused(name: str, column: list[object], words: str) -> None:
    table = transactions().drop([name]).append_column(name, pa.array(column))
    with pytest.raises(InputError, match=f"A column of {words} holds something else"):
        PurchaseSummary.from_transactions(table, date(2024, 2, 1))
