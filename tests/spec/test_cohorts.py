"""Cohorts by hand. W is 30 days and the data begins on 1 January, so whoever began before 31 January is already there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from regulars.kernel.errors import InputError
from regulars.lake.engines import Engine
from regulars.metrics import Cohorts, cohorts
from regulars.metrics.cohorts import ALREADY_THERE, triangles
from support.tiny import analysed, bought, refunded

ORDERS = [
    bought(9, "2024-01-05"), bought(9, "2024-03-01"),
    bought(1, "2024-02-01", "100"), bought(1, "2024-02-20", "10"), bought(1, "2024-03-31", "20"),
    bought(2, "2024-02-28", "50"), bought(2, "2024-04-02", "5"),
    bought(3, "2024-03-10", "8"),
]  # fmt: skip
SPAN: dict[str, Any] = {"first": "2024-01-01", "last": "2024-04-15"}


def shown(found: Cohorts, cohort: str) -> list[tuple[str, bool]]:
    return [(f"{float(cell.value or 0):.4g}", cell.complete) for cell in found.cells if cell.cohort == cohort]


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[Any, Cohorts]]:
    """What each engine has answered, for all tests here."""
    return {}


@pytest.fixture
def found(engine_name: str, engine: Engine, seen: dict[str, dict[Any, Cohorts]]) -> dict[Any, Cohorts]:
    if engine_name not in seen:
        back = [refunded(1, "2024-03-05", "30"), refunded(77, "2024-03-05", "9")]
        measures = ["customers", "returned", "retained", "revenue", "orders"]
        seen[engine_name] = triangles(analysed(engine, ORDERS, payments=back, **SPAN), measures)
    return seen[engine_name]


def test_all_measures(found: dict[Any, Cohorts]) -> None:
    february = "2024-02-01"
    assert [(c.key, c.size) for c in found["customers"].cohorts] == [
        (ALREADY_THERE, 1), (february, 2), ("2024-03-01", 1),
    ]  # fmt: skip
    # April is covered to the 15th alone.
    assert shown(found["customers"], february) == [("1", True), ("0.5", True), ("0.5", False)]
    # 1 came back in February, 2 in April.
    assert shown(found["returned"], february) == [("0.5", True), ("0.5", True), ("1", False)]
    # On 1 March both ordered within 30 days; on 1 April 1 did (31 March); on 1 May nobody seen so far but 2 (2 April).
    assert shown(found["retained"], february) == [("1", True), ("0.5", True), ("0.5", False)]
    # 160 in February, then 20 less 30 refunded, then 5: per customer of the two.
    assert shown(found["revenue"], february) == [("80", True), ("75", True), ("77.5", False)]
    assert shown(found["orders"], february) == [("1.5", True), ("2", True), ("2.5", False)]


def test_the_average_leaves_out_the_incomplete_and_those_already_there(found: dict[Any, Cohorts]) -> None:
    average = found["customers"].average
    assert [(a.offset, a.value, a.customers, a.cohorts) for a in average] == [
        (0, Decimal(1), 3, 2), (1, Decimal("0.5"), 2, 1),
    ]  # fmt: skip
    assert all(a.small for a in average)


def test_cells_of_those_already_there_count_who_can_be_seen(found: dict[Any, Cohorts]) -> None:
    assert shown(found["customers"], ALREADY_THERE) == [("1", True), ("0", True), ("1", True), ("0", False)]


def test_a_shop_that_opened_with_the_data_has_nobody_already_there(engine: Engine) -> None:
    found = cohorts(analysed(engine, ORDERS, opened=True, **SPAN))
    assert [cohort.key for cohort in found.cohorts] == ["2024-01-01", "2024-02-01", "2024-03-01"]


def test_quarters_with_months_as_columns(engine: Engine) -> None:
    found = cohorts(analysed(engine, ORDERS, opened=True, **SPAN), "quarter", offset_grain="month")
    # Customers of January to March in the 1st month after their own: 9 none, 1 in March, 2 none (29 days of leap
    # February, then April is the 2nd), 3 in April: none, and April is not over.
    assert shown(found, "2024-01-01") == [("1", True), ("0.25", False), ("0.5", False), ("0", False)]


def test_cohorts_by_value_follow_each_customer_as_far_as_is_covered(engine: Engine) -> None:
    orders = [
        bought(1, "2024-02-01", market="DE"), bought(1, "2024-03-01", market="NO"),
        bought(2, "2024-03-01", market="DE"), bought(3, "2024-02-01", market="NO"),
    ]  # fmt: skip
    found = cohorts(analysed(engine, orders, **SPAN), by="market")
    # In Germany the 1st month after is over for customer 1 alone, who ordered.
    assert shown(found, "DE") == [("1", True), ("1", True), ("0", False)]
    assert [cell.denominator for cell in found.cells if cell.cohort == "DE"] == [2, 1, 2]
    assert [cohort.key for cohort in found.cohorts] == ["DE", "NO"]


def test_categories_overlap_and_say_so(engine: Engine) -> None:
    order = bought(1, "2024-02-01")
    lines = [
        {**order, "line": n, "kind": "goods", "category": category, "goods": Decimal(5)}
        for n, category in enumerate(("books", "toys", "books"), start=1)
    ]
    found = cohorts(
        analysed(engine, [order, bought(2, "2024-02-02")], order_lines=lines, **SPAN), by="category"
    )
    assert [(cohort.key, cohort.size) for cohort in found.cohorts] == [("books", 1), ("toys", 1)]
    assert (found.additive, found.unknown) == (False, 1)


def test_by_sign_up_those_who_never_ordered_count(engine: Engine) -> None:
    people = [
        {"customer": 1, "first_seen": bought(1, "2024-01-20")["local_day"]},
        {"customer": 8, "first_seen": bought(1, "2024-01-25")["local_day"]},
    ]
    found = cohorts(analysed(engine, ORDERS, customers=people, **SPAN), by="sign_up")
    assert shown(found, "2024-01-01")[:3] == [("0", True), ("0.5", True), ("0.5", True)]


def test_margin_is_never_assumed(engine: Engine) -> None:
    with pytest.raises(InputError, match="margin is not known"):
        cohorts(analysed(engine, ORDERS, **SPAN), measure="margin")


def test_margin_from_cost_less_what_refunds_take(engine: Engine) -> None:
    orders = [
        bought(1, "2024-02-01", "100", cost=Decimal(60)),
        bought(2, "2024-02-05", "100", cost=Decimal(40)),
    ]
    analysis = analysed(engine, orders, payments=[refunded(1, "2024-03-01", "20")], **SPAN)
    found = cohorts(analysis, measure="margin")
    # 40 + 60 of 200: half of revenue is margin, so the refund of 20 takes 10.
    assert shown(found, "2024-02-01") == [("50", True), ("45", True), ("45", False)]


def test_cells_as_arrow(found: dict[Any, Cohorts]) -> None:
    table = found["customers"].to_arrow()
    assert table.column_names[:4] == ["cohort", "offset", "value", "numerator"]
    assert table.num_rows == len(found["customers"].cells)
