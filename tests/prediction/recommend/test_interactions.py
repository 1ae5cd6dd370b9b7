"""What counts as a purchase of a product, the same on both engines and from arrays."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from regulars.kernel.errors import InputError
from regulars.lake.engines import Engine
from regulars.prediction.recommend import Interactions, interactions_of
from support.tiny import analysed, bought


def line(number: str, day: str, position: int, product: str | None, **more: Any) -> dict[str, Any]:
    """A line of goods of an order."""
    noon = bought(None, day)
    kept = {name: noon[name] for name in ("source", "at", "local_day", "currency")}
    return {
        **kept,
        "order_id": number,
        "line": position,
        "product": product,
        "kind": "goods",
        "quantity": 1,
        **more,
    }


ORDERS = [
    bought(7, "2024-01-05", order_id="A"),
    bought(7, "2024-01-05", order_id="B"),
    bought(3, "2024-02-01", order_id="C"),
    bought(3, "2024-02-02", order_id="D", cancelled=True),
    bought(3, "2024-03-01", order_id="E"),
    bought(None, "2024-01-09", order_id="F"),
]
LINES = [
    line("A", "2024-01-05", 1, "tea", quantity=2),
    line("B", "2024-01-05", 1, "tea", quantity=3),
    line("B", "2024-01-05", 2, "pot"),
    line("B", "2024-01-05", 3, None),
    line("B", "2024-01-05", 4, "post", kind="shipping"),
    line("C", "2024-02-01", 1, "pot", quantity=-1),
    line("C", "2024-02-01", 2, "cup", quantity=None),
    line("D", "2024-02-02", 1, "tea"),
    line("E", "2024-03-01", 1, "tea"),
    line("F", "2024-01-09", 1, "tea"),
    line("R", "2024-01-09", 1, "tea", kind="refund"),
]


def rows(given: Interactions) -> list[tuple[int, str, date, float]]:
    days = (given.day.astype("datetime64[D]")).astype(object)
    return list(
        zip(
            given.customers[given.customer].tolist(),
            given.products[given.product].tolist(),
            days.tolist(),
            given.quantity.tolist(),
            strict=True,
        )
    )


def test_lines_of_goods_of_counted_orders_before_the_day_count(engine: Engine) -> None:
    analysis = analysed(engine, ORDERS, first="2024-01-01", last="2024-03-31", order_lines=LINES)
    assert rows(interactions_of(analysis, date(2024, 3, 1))) == [
        (3, "cup", date(2024, 2, 1), 1.0),
        (7, "pot", date(2024, 1, 5), 1.0),
        (7, "tea", date(2024, 1, 5), 5.0),
    ]


def test_a_lake_without_lines_has_no_interactions(engine: Engine) -> None:
    assert len(interactions_of(analysed(engine, ORDERS, first="2024-01-01", last="2024-03-31"))) == 0


def test_arrays_give_the_same_as_the_facts() -> None:
    found = Interactions.of(
        [7, 7, 7, 3, 3, 3],
        ["tea", "tea", "pot", None, "pot", "cup"],
        np.array(["2024-01-05"] * 3 + ["2024-02-01"] * 3, dtype="datetime64[D]"),
        [2, 3, 1, 1, -1, np.nan],
    )
    assert rows(found) == [
        (3, "cup", date(2024, 2, 1), 1.0),
        (7, "pot", date(2024, 1, 5), 1.0),
        (7, "tea", date(2024, 1, 5), 5.0),
    ]


def test_what_comes_later_is_not_known_on_an_earlier_day() -> None:
    found = Interactions.of([1, 1], ["tea", "pot"], [10, 20]).before(20)
    assert (found.products[found.product].tolist(), found.as_of) == (["tea"], 20)


@pytest.mark.parametrize(
    ("customer", "product", "day"),
    [([1], ["tea", "pot"], [1, 2]), ([1.5], ["tea"], [1]), ([1], ["tea"], [np.datetime64("NaT")])],
)
def test_lines_that_cannot_be_are_refused(customer: Any, product: Any, day: Any) -> None:
    with pytest.raises(InputError):
        Interactions.of(customer, product, day)


def test_asking_for_all_purchases_leaves_the_interactions_as_they_were() -> None:
    given = Interactions.of([1, 1, 2], ["tea", "tea", "pot"], [1, 5, 9])
    assert given.bought().toarray().tolist() == [[0, 1], [1, 0]]
    assert (given.product.tolist(), given.starts.tolist()) == ([1, 1, 0], [0, 2, 3])
