"""What-if and data quality by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from regulars.kernel.definitions import Definitions, Margin
from regulars.lake.engines import Engine
from regulars.metrics import Effect, Finding, WhatIf, quality, whatif
from regulars.metrics.analysis import Analysis
from support.tiny import analysed, bought, refunded

# The year looked at is 2023; W is 90 days. 1 and 2 are customers at its start, 1 and 3 at its end: 1 is kept.
YEARS = [
    bought(1, "2022-12-01", "50"), bought(1, "2023-06-01", "100"), bought(1, "2023-12-01", "60"),
    bought(2, "2022-12-05", "30"), bought(2, "2023-02-01", "40"),
    bought(3, "2023-11-01", "20"), bought(4, "2022-01-10", "10"),
]  # fmt: skip
SPAN: dict[str, Any] = {"first": "2022-01-01", "last": "2023-12-31", "window": 90}


def effects(found: WhatIf) -> dict[str, Effect]:
    return {effect.scenario: effect for effect in found.effects}


def test_points_and_per_cent_are_two_things(engine: Engine) -> None:
    found = whatif(analysed(engine, YEARS, payments=[refunded(1, "2023-07-01", "10")], **SPAN))
    assert (found.start_customers, found.kept_customers, found.retention_rate) == (2, 1, Decimal(50))
    # The kept customer brought 100 + 60 - 10.
    assert found.mean_per_kept == Decimal(150)
    shown = effects(found)
    assert shown["retention_points"].effect == Decimal("0.05") * 2 * 150
    assert shown["retention_percent"].effect == Decimal("0.05") * 1 * 150
    # One order of mean value (220 / 4) from the one kept customer.
    assert shown["purchases_per_year"].effect == Decimal(55)
    assert all(effect.basis == "revenue" for effect in found.effects)
    assert "margin_unknown" in [assumption.code for assumption in found.assumptions]
    assert found.complete


def test_with_a_margin_effects_are_margin(engine: Engine) -> None:
    definitions = Definitions(margin=Margin(share=Decimal("0.4")))
    analysis = analysed(engine, YEARS, definitions=definitions, **SPAN)
    shown = effects(whatif(analysis, price_percent=Decimal(1), basket_percent=Decimal(1)))
    assert shown["retention_points"].effect == Decimal("0.05") * 2 * 64
    # A higher price is all margin; larger baskets bring their share.
    assert shown["price_percent"].effect == Decimal("2.2")
    assert shown["basket_percent"].effect == Decimal("0.88")
    assert shown["basket_percent"].basis == "margin"


def test_an_interval_needs_two_kept_customers(engine: Engine) -> None:
    more = [bought(5, "2022-12-01", "1"), bought(5, "2023-12-01", "90")]
    shown = effects(whatif(analysed(engine, YEARS + more, **SPAN)))["retention_points"]
    # Kept brought 160 and 90: mean 125, standard deviation 49.497, 1.96 x 49.497 / sqrt 2 = 68.6; 0.15 more customers.
    assert shown.effect == Decimal("18.75")
    assert round(shown.low or 0, 2) == Decimal("8.46")
    assert round(shown.high or 0, 2) == Decimal("29.04")


def test_too_little_data_is_said(engine: Engine) -> None:
    found = whatif(analysed(engine, YEARS[:3], first="2022-12-01", last="2023-12-31", window=90))
    assert not found.complete


def checks(analysis: Analysis) -> dict[str, Finding]:
    return {finding.code: finding for finding in quality(analysis).findings}


def test_guests_and_duplicates(engine: Engine) -> None:
    orders = [
        bought(1, "2024-01-02", "30"), bought(1, "2024-01-02", "30"), bought(1, "2024-01-02", "40"),
        bought(2, "2024-01-02", "30"), bought(None, "2024-01-03", "25"),
    ]  # fmt: skip
    found = checks(analysed(engine, orders, first="2024-01-01", last="2024-03-31"))
    guests, twice = found["guests"], found["duplicates"]
    assert (guests.found, guests.order_share, guests.revenue) == (1, Decimal("0.2"), Decimal(25))
    assert guests.retention_without is None
    assert (twice.found, twice.revenue) == (1, Decimal(30))
    assert twice.retention_without == twice.retention_with


def test_a_house_account_is_found_with_its_effect(engine: Engine) -> None:
    # In April, the month that W of 28 days asks for, the till is kept and 1 is lost.
    till = [
        bought(7, f"2024-{month:02}-{day:02}", "5")
        for month in (1, 2, 3, 4)
        for day in range(1, 31)
        if (month, day) != (2, 30)
    ]
    orders = [*till, bought(1, "2024-03-20")]
    found = checks(analysed(engine, orders, first="2024-01-01", last="2024-04-30", window=28))
    house = found["house_accounts"]
    assert (house.found, house.orders, house.revenue) == (1, 119, Decimal(595))
    assert (house.retention_with, house.retention_without) == (Decimal(50), Decimal(0))


def test_impossible_days_and_amounts(engine: Engine) -> None:
    orders = [bought(n, "2024-01-05", "10") for n in range(1, 120)]
    orders += [bought(200, "2024-01-06", "99999"), bought(201, "1970-01-01", "10")]
    found = checks(analysed(engine, orders, first="2024-01-01", last="2024-03-31"))
    assert (found["impossible_days"].found, found["impossible_days"].revenue) == (1, Decimal(10))
    assert (found["impossible_amounts"].found, found["impossible_amounts"].revenue) == (1, Decimal(99999))


def test_a_source_that_ended_is_stale(engine: Engine) -> None:
    analysis = analysed(engine, YEARS, as_of="2024-03-01", **SPAN)
    stale = checks(analysis)["stale_source"]
    assert (stale.source, stale.found) == ("shop", 60)
