"""What will happen, on a customer's page: chance, reasons, money; nothing for who objected, and why for who is not predicted."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from regulars.lake import Lake
from regulars.lake.tables import SCORES
from regulars.platform.customers import api as customers
from regulars.platform.customers.models import Customer
from regulars.platform.insights import runs
from regulars.platform.insights.models import Persona, Run, Snapshot
from regulars.platform.insights.personas_find import GROUPS
from regulars.platform.insights.predictions_api import Made, Prediction
from regulars.platform.insights.predictions_tables import PREDICTIONS
from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from regulars.platform.web.outlook import outlook
from regulars.prediction.keeping import keep_scores
from regulars.report.texts import words
from support.pages import SignedIn, text_at

pytestmark = pytest.mark.django_db
DUE = dt.date(2020, 1, 5)  # long passed


@pytest.fixture
def shop(computed: Site) -> Site:
    Customer.objects.bulk_create([Customer(number=number) for number in range(1, 251)])
    return computed


@pytest.fixture
def predicted(shop: Site) -> None:
    """Customer 1 is predicted, and is of a persona."""
    snapshot = Snapshot.objects.get(current=True)
    row = {
        "customer": 1, "churn_probability": 0.72, "probability_of_purchase": 0.5, "predicted_number_of_orders": 1.26,
        "predicted_clv": Decimal(540), "predicted_clv_low": Decimal(0), "predicted_clv_high": Decimal(1200),
        "total_clv": Decimal(2000), "historic_clv": Decimal(1460), "expected_date_of_next_order": DUE,
        "reason_1": "service", "contribution_1": 0.9, "reason_2": "rhythm", "contribution_2": -0.4,
        "told_complaints_open": 2.0, "told_gap_median": 34.0, "told_days_since_last": 20.0,
    }  # fmt: skip
    run = runs.begin(Run.Sort.SCORES, snapshot, program="test")
    runs.write(run, PREDICTIONS, pa.Table.from_pylist([row], schema=PREDICTIONS.arrow))
    runs.show(run, {"horizon": 90, "years": 1.0})
    persona = Persona.objects.create(name="Tea drinkers", given=True, first_day=DUE, last_day=DUE)
    run = runs.begin(Run.Sort.GROUPS, snapshot, program="test")
    runs.write(run, GROUPS, pa.table({"customer": [1], "persona": [persona.pk]}))
    runs.show(run, {})


def page(client: Client, number: int) -> str:
    return text_at(client, f"/customers/{customers.key_of([number])[number]}")


def test_it_says_the_chance_the_reasons_and_the_money(predicted: None, signed_in: SignedIn) -> None:
    text = page(signed_in(), 1)
    assert "The chance of an order within 90 days is 28%; the risk that none comes is 72%." in text
    up, down = text.index("2 unanswered complaints"), text.index("Usually orders every 34 days")
    assert text.index("raises the risk") < up < text.index("lowers the risk") < down
    for said in (
        "€540.00",
        "eight of ten such customers: €0.00 to €1,200",
        "€2,000",
        "1.3",
        "the day has passed",
        "Here the two point different ways",
    ):
        assert said in text
    assert ">Tea drinkers</a>" in text


@pytest.mark.parametrize(
    ("risk", "due", "orders", "apart"),
    [
        (0.3, 40, 2.0, False), (0.7, 40, 2.0, True), (0.7, 200, 0.8, False), (0.3, 200, 1.5, True),
        (0.3, None, 1.5, True), (0.9, None, 0.2, False), (0.5, 40, 2.0, False), (0.6, 300, 0.2, True),
    ],
)  # fmt: skip
def test_it_says_where_two_models_point_different_ways(
    risk: float, due: int | None, orders: float, apart: bool
) -> None:
    day = dt.date(2026, 1, 1)
    expected = None if due is None else day + dt.timedelta(days=due)
    one = Prediction(1, risk, None, expected, (), {"predicted_number_of_orders": orders})
    assert bool(outlook(one, Made(day, 90, 1.0), (), words("en"), "EUR").apart) == apart


def test_under_contract_the_risk_is_that_it_ends() -> None:
    made = Made(dt.date(2026, 1, 1), 30, 1.0, contract=True)
    found = outlook(Prediction(1, 0.4, None, None, (), {}), made, (), words("en"), "EUR")
    assert found.lead == "The risk that the contract ends within 30 days is 40%." and not found.apart


def test_the_risk_day_by_day_is_a_line(predicted: None, signed_in: SignedIn, site: Site) -> None:
    lake = Lake.open(site.lake)
    for month, risk in ((1, 0.2), (2, 0.4), (3, 0.72)):
        day = dt.date(2026, month, 1)
        row = {
            "customer": 1,
            "day": day,
            "model": "churn_probability/1",
            "name": "churn_probability",
            "value": risk,
        }
        version = keep_scores(lake, pa.Table.from_pylist([row], schema=SCORES.arrow), day)
    Snapshot.objects.update(lake_version=version)
    close_readers()
    assert "Risk from 20% on 1 Jan 2026 to 72% on 1 Mar 2026." in page(signed_in(), 1)


def test_nothing_is_predicted_of_who_objected(predicted: None, signed_in: SignedIn) -> None:
    Customer.objects.filter(number=1).update(no_profiling=True)
    text = page(signed_in(), 1)
    assert "they objected to profiling" in text and "72%" not in text and "Tea drinkers" not in text


def test_who_is_not_predicted_is_told_why(predicted: None, signed_in: SignedIn) -> None:
    assert "Nothing can be said of this customer yet" in page(signed_in(), 2)


def test_before_the_first_night_it_says_when(shop: Site, signed_in: SignedIn) -> None:
    assert "No predictions have been made yet." in page(signed_in(), 1)


def test_it_costs_few_queries(predicted: None, signed_in: SignedIn, django_assert_num_queries: Any) -> None:
    client = signed_in()
    page(client, 1)
    with django_assert_num_queries(17):
        page(client, 1)
