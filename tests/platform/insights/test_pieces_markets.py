"""How large a market is: whoever has an order there, and with contract whoever subscribes there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from regulars.kernel.definitions import Definitions
from regulars.lake.engines import DuckEngine
from regulars.lake.tables import TABLES
from regulars.metrics.analysis import Analysis
from regulars.platform.insights import pieces
from regulars.platform.insights.listing import NAME, listing
from support.facts import given
from support.tiny import bought


def _subscribed(customer: int, market: str) -> dict[str, Any]:
    return {
        "source": "shop", "subscription_id": f"s{customer}", "customer": customer, "started_day": date(2024, 1, 10),
        "amount": Decimal(10), "currency": "EUR", "interval_months": 1, "state": "active", "market": market,
    }  # fmt: skip


def _markets(duck: DuckEngine, **tables: list[dict[str, Any]]) -> list[tuple[str, int]]:
    orders = [
        bought(1, "2024-02-01", market="NO"),
        bought(9, "2024-03-01"),
        bought(8, "2024-06-30", market="NO"),
    ]
    for name, table in TABLES.items():
        if name in (known := {"orders": orders, **tables}):
            given(duck, name, known[name])
        else:
            duck.bind(table, [])
    analysis = Analysis.of(duck, Definitions(window_days=90, currency="EUR"))
    duck.put(NAME, analysis.run(listing(analysis)))
    return pieces.markets_of(analysis)


def test_a_market_has_the_customers_who_ordered(duck: DuckEngine) -> None:
    assert _markets(duck) == [("NO", 2), ("DE", 1)]


def test_with_contract_a_market_has_its_subscribers_too_each_once(duck: DuckEngine) -> None:
    subscriptions = [_subscribed(number, "DE" if number <= 5 else "SE") for number in range(1, 8)]
    assert _markets(duck, subscriptions=subscriptions) == [("DE", 6), ("SE", 2), ("NO", 1)]
