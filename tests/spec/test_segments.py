"""Segment rules over tiny tables: who is in, on both engines."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest

from regulars.lake.engines import Engine
from regulars.metrics.analysis import Analysis
from regulars.metrics.segments import STANDARD, RuleColumn, segment_members, segment_size
from support.tiny import analysed, bought, refunded

# As of 1 April 2024; W is 30 days. 5 never ordered.
ORDERS = [
    bought(1, "2024-01-01", "100", country="DE", discounted=True),
    bought(1, "2024-02-01", "50", country="DE", discounted=False),
    bought(1, "2024-03-31", "30", country="DE", discounted=False, channel="web"),
    bought(2, "2024-03-02", "20", country="AT"),
    bought(3, "2024-03-01", "500", country=None),
    bought(4, "2024-01-15", "0.5", country="NO"),
]
FIRST_LINES = [
    {**ORDERS[0], "line": 1, "kind": "goods", "category": "Books", "product": "b1", "goods": Decimal(60)},
    {**ORDERS[0], "line": 2, "kind": "goods", "category": "Books", "product": "b2", "goods": Decimal(40)},
    {**ORDERS[1], "line": 1, "kind": "goods", "category": "Toys", "product": "t1", "goods": Decimal(50)},
    {**ORDERS[3], "line": 1, "kind": "goods", "category": "Books", "product": "b1", "goods": Decimal(20)},
]
PEOPLE: list[dict[str, Any]] = [
    {"customer": 1, "language": "de", "first_seen": ORDERS[0]["local_day"], "referred_by": 2},
    {"customer": 5, "language": "nb"},
]
TICKETS: list[dict[str, Any]] = [
    {**bought(1, "2024-03-01"), "ticket_id": "t1", "state": "open", "complaint": True},
    {**bought(1, "2024-03-02"), "ticket_id": "t2", "state": "solved"},
]
ANSWERS: list[dict[str, Any]] = [
    {**bought(1, "2024-02-01"), "feedback_id": "f1", "kind": "nps", "score": 3.0},
    {**bought(1, "2024-03-01"), "feedback_id": "f2", "kind": "nps", "score": 9.0},
    {**bought(2, "2024-03-01"), "feedback_id": "f3", "kind": "nps", "score": 6.0},
]
STRETCHES: list[dict[str, Any]] = [
    {"source": "shop", "subscription_id": "s1", "customer": 2, "plan": "small", "state": "active",
     "started_day": bought(2, "2024-01-01")["local_day"], "ended_day": None},
    {"source": "shop", "subscription_id": "s2", "customer": 1, "plan": "large", "state": "active",
     "started_day": bought(2, "2024-01-01")["local_day"], "ended_day": bought(2, "2024-03-01")["local_day"]},
]  # fmt: skip


def _predicted(customer: int, day: str, **values: float) -> list[dict[str, Any]]:
    return [
        {"customer": customer, "day": bought(1, day)["local_day"], "model": f"{name}/1", "name": name, "value": value}
        for name, value in values.items()
    ]  # fmt: skip


# The newest day up to the analysis's own counts: what was said in March, and what is said of days ahead, does not.
SCORES = [
    *_predicted(1, "2024-03-01", churn_probability=0.99, predicted_clv=9999.0),
    *_predicted(1, "2024-04-01", churn_probability=0.2, predicted_clv=300.5, days_to_next_order=10, total_clv=435.5),
    *_predicted(2, "2024-04-01", churn_probability=0.7, predicted_clv=250.0, days_to_next_order=40,
                probability_of_purchase=0.3, probability_alive=0.9, predicted_number_of_orders=1.5, residual_clv=900.0),
    *_predicted(4, "2024-04-01", churn_probability=0.8, predicted_clv=0.25),
    *_predicted(3, "2024-04-02", churn_probability=0.9, predicted_clv=700.0),
]  # fmt: skip


@pytest.fixture
def analysis(engine: Engine) -> Analysis:
    return analysed(
        engine, ORDERS, first="2024-01-01", last="2024-03-31", customers=PEOPLE, order_lines=FIRST_LINES,
        payments=[refunded(1, "2024-03-05", "45")], tickets=TICKETS, feedback=ANSWERS, subscriptions=STRETCHES,
        scores=SCORES,
    )  # fmt: skip


_AT_ONCE = 8


def who(analysis: Analysis, rules: Iterable[str]) -> dict[str, list[int]]:
    """The members of each rule. Several rules make one query, since a query costs Spark more than a rule does."""
    found: dict[str, list[int]] = {rule: [] for rule in rules}
    names = list(found)
    for some in (names[n : n + _AT_ONCE] for n in range(0, len(names), _AT_ONCE)):
        parts = [segment_members(analysis, rule).mutate(rule=ibis.literal(rule)) for rule in some]
        for row in analysis.run(ibis.union(*parts)).to_pylist():
            found[row["rule"]].append(row["customer"])
    return {rule: sorted(customers) for rule, customers in found.items()}


RULES: dict[str, list[int]] = {
    "orders >= 3": [1],
    "orders = 0": [5],
    "orders between 1 and 3": [1, 2, 3, 4],
    "orders not between 1 and 3": [5],
    "revenue > 135 EUR": [3],
    "revenue = 135": [1],
    "average_order_value = 60": [1],
    "refunded_share = 25 %": [1],
    "discounted_share > 0.3": [1],
    "first_order_discounted": [1],
    "not first_order_discounted": [],  # nobody else's is known
    "first_order_discounted = no": [],
    "days_since_last_order > 30": [3, 4],
    "last_order_day before 30 days ago": [3, 4],
    "last_order_day after 31 days ago": [1, 2],
    "last_order_day after 2024-03-02": [1],
    "last_order_day = 2024-03-02": [2],
    "active": [1, 2],
    "not active": [3, 4, 5],
    "average_days_between_orders = 45": [1],
    "country in (DE, AT)": [1, 2],
    "country in ('de')": [1],
    "country in (NO, IS, IN)": [4],
    "language = NB": [5],
    "sign_up_day is not missing": [1],
    "referred": [1],
    "subscribed": [2],
    "plan = small and subscription_state = active": [2],
    "nps_score >= 9": [1],
    "open_tickets = 1 and complaints = 1 and tickets = 2": [1],
    "orders(category = Books) >= 1": [1, 2],
    "orders(category = books, category = toys) > 0": [],  # no line is of both
    "orders(category in (Books, Toys)) = 2": [1],
    "orders(category = Books, last 40 days) >= 1": [2],
    "orders(channel = web, after 2024-03-30) = 1 or orders = 0": [1, 5],
    "orders(day between 2024-01-01 and 2024-01-15) = 1": [1, 4],
    "revenue(category = Books) = 100": [1],
    "revenue(amount >= 50) >= 150": [1, 3],
    "rfm_group is missing": [5],
    "recency_score = 5 or monetary_score = 4": [1, 3],
}


def test_who_is_in(analysis: Analysis) -> None:
    assert who(analysis, RULES) == RULES


# A missing value satisfies no comparison, and `not` does not change that. 3 has no country; 5 never ordered.
MISSING: dict[str, list[int]] = {
    "country = DE": [1],
    "country != DE": [2, 4],
    "not country = DE": [2, 4],
    "not country in (DE)": [2, 4],
    "country not in (DE)": [2, 4],
    "country is missing": [3, 5],
    "not country is missing": [1, 2, 4],
    "not (country = DE or orders > 2)": [2, 4],
    "not (country = DE and orders > 2)": [2, 3, 4, 5],  # 3 and 5 have too few orders, whatever their country
    "country = DE or orders >= 0": [1, 2, 3, 4, 5],
}


def test_missing_values(analysis: Analysis) -> None:
    assert who(analysis, MISSING) == MISSING


PREDICTED: dict[str, list[int]] = {
    "churn_probability > 0.6 and predicted_clv > 200 EUR": [2],
    "churn_probability > 60 %": [2, 4],
    "churn_probability is missing": [3, 5],
    "probability_of_purchase < 0.5 and probability_alive >= 90 %": [2],
    "predicted_number_of_orders between 1 and 2 and residual_clv = 900": [2],
    "total_clv > 400": [1],
    "expected_date_of_next_order before 2024-05-01": [1],
    "expected_date_of_next_order = 2024-05-11": [2],
}


def test_what_is_predicted(analysis: Analysis) -> None:
    assert who(analysis, PREDICTED) == PREDICTED


def test_a_context_adds_its_own_columns(analysis: Analysis) -> None:
    rows = pa.table({"customer": [1, 2], "tier": ["gold", None], "points": [12, 7]})
    columns = (RuleColumn("tier", "text", "tier"), RuleColumn("points", "whole", "points", absent=0))
    registry = STANDARD.with_rows("loyalty_columns", rows, columns)
    assert segment_size(analysis, "tier = gold and orders > 1", registry=registry) == 1
    assert segment_size(analysis, "tier is missing", registry=registry) == 4
    assert segment_size(analysis, "points < 10", registry=registry) == 4


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice: orders"):
        STANDARD.with_rows(
            "more", pa.table({"customer": [1], "orders": [1]}), (RuleColumn("orders", "whole", "x"),)
        )
