"""The sentences that say what an order, a customer and a complete figure are, one test each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.periods import Period
from regulars.lake.engines import DuckEngine, Engine
from regulars.metrics.analysis import Analysis
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue import figure
from regulars.metrics.counted import JUDGED
from regulars.metrics.figures import Row
from spec.splits import SPLIT
from spec.tables import load
from support.tiny import analysed, bought, refunded

APRIL = Period(date(2024, 4, 1), date(2024, 5, 1))


def rows(analysis: Analysis, *slugs: str, by: tuple[str, ...] = (), total: bool = False) -> list[Row]:
    calendar = Calendar("april", (APRIL,), analysis.window)
    return analysis.rows([figure(slug) for slug in slugs], calendar, by=by, total=total)


def reasons(engine: Engine, orders: list[dict[str, Any]], as_of: str) -> list[str | None]:
    analysis = analysed(engine, orders, first="2024-01-01", last=as_of, as_of=as_of)
    found = analysis.run(JUDGED.select("order_id", "reason")).to_pylist()
    by_number = {row["order_id"]: row["reason"] for row in found}
    return [by_number[order["order_id"]] for order in orders]


def test_which_orders_are_orders(engine: Engine) -> None:
    day = "2024-03-01"
    orders = [
        bought(1, day), bought(1, day, "0"), bought(None, day), bought(1, day, cancelled=True),
        bought(1, day, test=True), bought(1, "2024-04-01"),
    ]  # fmt: skip
    found = reasons(engine, orders, "2024-04-01")
    assert found == [None, "no_value", "no_customer", "cancelled", "test", "later"]


def test_payment_states_make_orders_by_kind_of_payment(engine: Engine) -> None:
    def paid(kind: str, state: str, day: str = "2024-03-03", **more: Any) -> dict[str, Any]:
        return bought(1, day, payment_kind=kind, payment_state=state, **more)

    orders = [
        paid("card", "paid"), paid("card", "pending"), paid("card", "authorised"), paid("card", "voided"),
        paid("card", "failed"), paid("invoice", "open"), paid("invoice", "open", "2024-03-02"),
        paid("cash_on_delivery", "open", fulfilment_state="delivered"), paid("cash_on_delivery", "open"),
    ]  # fmt: skip
    # On 1 April the invoice of 3 March is 29 days old, that of 2 March 30.
    unpaid = "unpaid"
    expected = [None, unpaid, unpaid, unpaid, unpaid, None, unpaid, None, unpaid]
    assert reasons(engine, orders, "2024-04-01") == expected


def test_revenue_is_goods_unless_the_definitions_include_more(duck: DuckEngine) -> None:
    order = bought(1, "2024-04-02", "100", tax=Decimal(20), shipping=Decimal(5), adjustments=Decimal(1))
    revenues = []
    for parts in ({}, {"include_tax": True}, {"include_shipping": True, "include_adjustments": True}):
        analysis = analysed(
            duck, [order], first="2024-01-01", last="2024-04-30", definitions=Definitions(**parts)
        )
        revenues.append(rows(analysis, "revenue")[0].value)
    assert revenues == [100, 120, 106]


def test_a_refund_without_a_day_of_its_own_says_so(duck: DuckEngine) -> None:
    orders = [bought(1, "2024-04-02", "50")]
    back = [refunded(1, "2024-04-02", "5", day_known=False), refunded(1, "2024-04-09", "6", day_known=True)]
    (row,) = rows(analysed(duck, orders, first="2024-01-01", last="2024-04-30", payments=back), "refunds")
    assert (row.value, row.remark) == (11, "Date unknown, counted on the day of their order: 1.")


def test_rows_that_overlap_are_marked_and_carry_a_total(duck: DuckEngine) -> None:
    load(duck, SPLIT.facts)
    analysis = Analysis.of(duck, SPLIT.definitions, as_of=APRIL.end)
    found = rows(analysis, "customers_at_end", by=("segment",), total=True)
    assert [(row.dimensions, row.value, row.additive) for row in found] == [
        ((("segment", "gold"),), 1, False),
        ((("segment", "recent"),), 2, False),
        ((("segment", None),), 0, False),
        ((), 2, True),
    ]


@pytest.mark.parametrize(
    ("stated", "complete"),
    [
        (SourceCoverage("shop", first=date(2024, 3, 2)), True),
        (SourceCoverage("shop", first=date(2024, 3, 3)), False),
        (SourceCoverage("shop", first=date(2024, 4, 1), opened=True), True),
        (SourceCoverage("shop", first=date(2024, 1, 1), last=date(2024, 4, 29)), False),
    ],
)  # fmt: skip
def test_coverage_can_be_set_by_hand(duck: DuckEngine, stated: SourceCoverage, complete: bool) -> None:
    load(duck, SPLIT.facts)
    definitions = replace(
        SPLIT.definitions, coverage=(replace(stated, last=stated.last or date(2024, 4, 30)),)
    )
    (row,) = rows(Analysis.of(duck, definitions, as_of=APRIL.end), "retention_rate")
    assert row.complete is complete


def test_coverage_is_that_of_the_sources_not_of_the_slice(duck: DuckEngine) -> None:
    """The Nordic orders end on 10 April; the source goes on, so nothing of April is missing."""
    late = (
        SPLIT.facts["orders"].rstrip()
        + "\n9 | z | 2024-04-30 | 1 | DE | DE\n8 | y | 2024-01-01 | 1 | DE | DE"
    )
    load(duck, {**SPLIT.facts, "orders": late})
    analysis = Analysis.of(duck, replace(SPLIT.definitions, coverage=()), as_of=APRIL.end)
    found = rows(analysis, "retention_rate", by=("market",))
    assert {dict(row.dimensions)["market"]: row.complete for row in found} == {"DE": True, "NORDIC": True}


def test_growth_compares_equal_periods_and_needs_both(duck: DuckEngine) -> None:
    """W is 10 days, the period 30: the 30 days before it must be covered as well."""
    load(duck, SPLIT.facts)
    completeness = []
    for first in (date(2024, 3, 2), date(2024, 3, 3)):
        covered = (SourceCoverage("shop", first=first, last=date(2024, 4, 30)),)
        definitions = replace(SPLIT.definitions, window_days=10, coverage=covered)
        analysis = Analysis.of(duck, definitions, as_of=APRIL.end)
        completeness += [
            row.complete for row in rows(analysis, "existing_customer_revenue_growth", "churn_rate")
        ]
    assert completeness == [True, True, False, True]


def test_a_repeat_counts_only_once_the_order_is_as_old_as_the_window(duck: DuckEngine) -> None:
    orders = [
        bought(1, "2024-04-01"),
        bought(1, "2024-04-20"),
        bought(2, "2024-04-02"),
        bought(2, "2024-04-03"),
    ]
    analysis = analysed(duck, orders, first="2024-01-01", last="2024-04-30", window=30)
    found = rows(analysis, "repeat_probability", "repeat_probability_in_window")
    # On 1 May the first order of customer 1 is 30 days old and that of customer 2 only 29; no second one is.
    assert [(row.dimensions, row.numerator, row.denominator) for row in found] == [
        ((("purchases", "1"),), 1, 1),
        ((("purchases", "1"),), 1, 1),
    ]
