"""Whom the facts say to look after, on shops of a few orders that one can count by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.platform.customers.models import Customer
from regulars.platform.insights.listing import NAME, listing
from regulars.platform.insights.predictions_tables import PREDICTIONS
from regulars.platform.insights.worklist_find import Found, found, last_days
from support.facts import NOON, line
from support.tiny import analysed, bought, refunded

pytestmark = pytest.mark.django_db

# Every 30 days until the end of March; the analysis is as of 30 May: 60 days later, one gap over.
REGULAR = [bought(1, day, "100") for day in ("2026-01-30", "2026-03-01", "2026-03-31")]


@pytest.fixture
def engine() -> Iterator[DuckEngine]:
    made = DuckEngine()
    yield made
    made.close()


def analysis(
    engine: DuckEngine, orders: list[dict[str, Any]], *, predicted: Sequence[dict[str, Any]] = (), **more: Any
) -> Analysis:
    values = {"first": "2025-01-01", "last": "2026-05-29", "window": 120} | more
    made = analysed(engine, orders, **values)
    engine.materialise(NAME, listing(made))
    schema = PREDICTIONS.arrow
    engine.put(PREDICTIONS.name, pa.Table.from_pylist(list(predicted), schema=schema))
    return made


def prediction(customer: int, risk: float, value: str, *reasons: str, **told: float) -> dict[str, Any]:
    """What is predicted of a customer; `reasons` speak for leaving, but those that begin with a minus."""
    places = {f"reason_{n}": story.lstrip("-") for n, story in enumerate(reasons, 1)}
    sides = {
        f"contribution_{n}": -0.5 if story.startswith("-") else 0.5 for n, story in enumerate(reasons, 1)
    }
    numbers = {f"told_{name}": number for name, number in told.items()}
    known = {"customer": customer, "churn_probability": risk, "predicted_clv": Decimal(value)}
    return known | places | sides | numbers


def test_who_waits_twice_their_own_gap_has_half_of_a_year_at_risk(engine: DuckEngine) -> None:
    assert found(analysis(engine, REGULAR)) == [
        Found(
            1,
            "DE",
            "overdue",
            Decimal("300"),
            Decimal("150"),
            dt.date(2026, 3, 31),
            {"order_days": 3, "gap": 30, "step": "remind"},
        )
    ]


def test_refunds_and_orders_of_earlier_years_are_worth_nothing(engine: DuckEngine) -> None:
    orders = [bought(1, "2025-03-01", "999"), *REGULAR]
    worth = found(analysis(engine, orders, payments=[refunded(1, "2026-02-02", "40")]))[0].worth
    assert worth == Decimal("260")


@pytest.mark.parametrize(
    ("last", "listed"),
    [("2026-05-13", False), ("2026-05-14", True), ("2026-07-28", True), ("2026-07-29", False)],
)
def test_one_is_listed_from_one_and_a_half_gaps_until_one_counts_as_gone(
    engine: DuckEngine, last: str, listed: bool
) -> None:
    assert bool(found(analysis(engine, REGULAR, last=last))) is listed


def test_who_has_no_rhythm_is_measured_by_the_shops_curve(engine: DuckEngine) -> None:
    # Customers 2 and 3 came back after 10 days, and were never seen again; 4 and 5 wait since their only order.
    pairs = [bought(n, day, "20") for n in (2, 3) for day in ("2026-01-01", "2026-01-11")]
    orders = [*pairs, bought(4, "2026-05-19", "50"), bought(5, "2026-05-20", "70")]
    rows = found(analysis(engine, orders, window=30))
    # F(10) = 2/5: of five waits that lasted ten days two ended then, and none later: after it no chance is left.
    assert [(row.customer, row.facts) for row in rows] == [
        (4, {"order_days": 1, "usual": 10, "step": "second_order"})
    ]
    assert rows[0].score == Decimal("20")


def test_where_somebody_is_predicted_risk_times_value_is_at_stake(engine: DuckEngine) -> None:
    told = {"days_since_last": 60.0, "gap_median": 30.0, "complaints_open": 2.0}
    known = prediction(1, 0.75, "200.0000", "rhythm", "-money", "service", **told)
    [row] = found(analysis(engine, REGULAR, predicted=[known]))
    assert (row.score, row.worth) == (Decimal("150"), Decimal("300"))
    assert row.facts["why"] == ["rhythm", "service"] and row.facts["told"] == told
    assert (row.facts["risk"], row.facts["value"], row.facts["step"]) == (
        0.75,
        "200.0000",
        "answer_complaint",
    )


def test_the_list_is_in_the_order_of_risk_times_value_not_of_revenue(engine: DuckEngine) -> None:
    small = [
        order | {"customer": 2, "order_id": order["order_id"] + "b", "goods": Decimal(1)} for order in REGULAR
    ]
    known = [prediction(1, 0.1, "100"), prediction(2, 0.9, "400")]
    scores = {row.customer: row.score for row in found(analysis(engine, [*REGULAR, *small], predicted=known))}
    assert scores == {1: Decimal("10"), 2: Decimal("360")}


def test_who_is_more_likely_lost_than_not_is_listed_before_being_late(engine: DuckEngine) -> None:
    # Half of those who come back do so within 30 days: customer 2 has waited 31 of their own 50 days, customer 3 just 10.
    days = ("2026-01-09", "2026-02-28", "2026-04-19"), ("2026-03-11", "2026-04-10", "2026-05-10")
    orders = [bought(n, day, "100") for n, own in enumerate(days, 2) for day in own]
    early = analysis(engine, [*REGULAR, *orders], last="2026-05-19")
    assert [row.customer for row in found(early)] == [1]
    known = [prediction(2, 0.6, "100", "activity", order_days_91=1.0), prediction(3, 0.9, "100")]
    engine.put(PREDICTIONS.name, pa.Table.from_pylist(known, schema=PREDICTIONS.arrow))
    assert {row.customer: row.facts.get("why") for row in found(early)} == {1: None, 2: ["activity"]}


def test_a_reminder_knows_what_somebody_buys(engine: DuckEngine) -> None:
    lines = [
        line(order["order_id"], place, customer=1, product=product)
        for order in REGULAR
        for place, product in enumerate(("tea", "tea", "cups"), 1)
    ]
    products = [{"source": "shop", "product": "tea", "name": "Green tea"}]
    [row] = found(analysis(engine, REGULAR, order_lines=lines, products=products))
    assert row.facts["buys"] == "Green tea"


def test_several_orders_within_a_week_are_no_rhythm_of_days(engine: DuckEngine) -> None:
    orders = [bought(1, f"2026-05-0{day}") for day in (1, 2, 3)]
    assert found(analysis(engine, orders, last="2026-05-13"))[0].facts["gap"] == 7


def test_complaints_and_late_parcels_come_with_their_day(engine: DuckEngine) -> None:
    ticket = {
        "source": "desk",
        "local_day": dt.date(2026, 5, 2),
        "at": NOON,
        "complaint": True,
    }
    tickets = [
        {**ticket, "ticket_id": "a", "customer": 1, "state": "open"},
        {**ticket, "ticket_id": "b", "customer": 2, "state": "solved"},
        {**ticket, "ticket_id": "c", "customer": 3, "state": "open", "complaint": False},
    ]
    parcel = {"source": "post", "promised_day": dt.date(2026, 5, 20)}
    shipments = [
        {**parcel, "shipment_id": "x", "customer": 2},
        {**parcel, "shipment_id": "y", "customer": 3, "delivered_day": dt.date(2026, 5, 21)},
    ]
    orders = [bought(n, "2026-05-25", "30") for n in (1, 2, 3)]
    rows = found(analysis(engine, orders, tickets=tickets, shipments=shipments))
    assert [(row.reason, row.customer, row.facts["since"]) for row in rows] == [
        ("complaint", 1, "2026-05-02"), ("late", 2, "2026-05-20"),
    ]  # fmt: skip


def test_parcels_of_a_source_that_never_says_when_they_arrive_are_not_late(engine: DuckEngine) -> None:
    parcel = {"source": "post", "shipment_id": "x", "customer": 1, "promised_day": dt.date(2026, 5, 20)}
    assert found(analysis(engine, [bought(1, "2026-05-25")], shipments=[parcel])) == []


def test_who_objected_or_rests_is_not_listed(engine: DuckEngine) -> None:
    orders = [*REGULAR, *[{**order, "customer": 2, "order_id": order["order_id"] + "b"} for order in REGULAR]]
    made = analysis(engine, orders)
    assert [row.customer for row in found(made, left_out={"overdue": {1}})] == [2]
    Customer.objects.create(number=2, no_profiling=True)
    assert [row.customer for row in found(made)] == [1]


def test_nobody_is_listed_in_a_shop_of_nobody(engine: DuckEngine) -> None:
    assert found(analysis(engine, [])) == []


def test_the_last_days_of_some_customers(engine: DuckEngine) -> None:
    assert last_days(analysis(engine, REGULAR), [1, 7]) == {1: dt.date(2026, 3, 31)}
