"""Facts that arrive one import after the other: payments before or after their orders, refunds that come and go."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.sources.test_importing import asked

from regulars.lake import Lake
from regulars.sources import LoadOptions, SourceFile, import_into

ORDERS = "order_id,email,date,amount,currency,country,refunded\n"
FIRST = (
    ORDERS
    + "1,kari@fjell.no,2026-01-01 10:00:00,100,NOK,NO,{}\n2,ola@fjell.no,2026-01-02 10:00:00,20,NOK,NO,\n"
)
PAYMENTS = "nr,order,when,sum\np1,1,2026-01-05 23:30:00,40\np2,9,2026-01-05 23:30:00,5\n"
MAPPING = """
[[facts]]
table = "payments"
[facts.columns]
payment_id = "nr"
order_id = "order"
at = "when"
amount = "sum"
kind = { value = "refund" }
"""
SHIPMENTS = (
    MAPPING.replace("payments", "shipments").replace("payment_id", "shipment_id").partition("amount")[0]
)


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake.create(tmp_path / "lake")


@pytest.fixture
def bring(lake, write):
    """Import a text, with a mapping where one is given."""

    def make(name: str, text: str, mapping: str | None = None):
        options = LoadOptions(mapping=write("m.toml", mapping)) if mapping else None
        return import_into(lake, [SourceFile(write(name, text))], options=options)

    return make


def refunds(lake: Lake) -> list[tuple[object, ...]]:
    return asked(lake, "SELECT payment_id, amount FROM payments ORDER BY 1")


def test_a_payment_takes_what_it_does_not_say_from_the_lake_s_order(lake, bring):
    bring("o.csv", FIRST.format(""))
    bring("p.csv", PAYMENTS, MAPPING)
    row = "SELECT p.customer = o.customer, p.market, p.currency, p.local_day::VARCHAR, p.goods FROM payments p JOIN orders o USING (order_id)"
    assert asked(lake, row) == [(True, "NO", "NOK", "2026-01-06", Decimal("40"))]


def test_a_payment_of_an_unknown_order_stands_by_itself(lake, bring):
    bring("o.csv", FIRST.format(""))
    bring("p.csv", PAYMENTS, MAPPING)
    row = "SELECT customer, market, local_day::VARCHAR, goods FROM payments WHERE payment_id = 'p2'"
    assert asked(lake, row) == [(None, None, "2026-01-05", Decimal("5"))]


def test_payments_that_came_first_are_settled_when_they_are_imported_again(lake, bring):
    bring("p.csv", PAYMENTS, MAPPING)
    bring("o.csv", FIRST.format(""))
    bring("p.csv", PAYMENTS, MAPPING)
    row = "SELECT customer IS NOT NULL, market, local_day::VARCHAR FROM payments WHERE payment_id = 'p1'"
    assert asked(lake, row) == [(True, "NO", "2026-01-06")]


def test_orders_that_came_after_their_payments_say_which_file_to_import_again(lake, bring):
    bring("p.csv", PAYMENTS, MAPPING)
    bring("s.csv", PAYMENTS, SHIPMENTS)
    said = [str(text) for text in bring("o.csv", FIRST.format("")).warnings]
    waiting = "Rows of {} that came before their orders, which are here now: 1. Import their file again, and they take customer, market and day from them."
    assert [text for text in said if "came before" in text] == [
        waiting.format("payments"),
        waiting.format("shipments"),
    ]
    assert not any("came before" in text for text in bring("p.csv", PAYMENTS, MAPPING).warnings)
    said = [str(text) for text in bring("o.csv", FIRST.format("")).warnings]
    assert [text for text in said if "came before" in text] == [waiting.format("shipments")]


def test_a_shipment_takes_its_customer_and_market_from_the_lake_too(lake, bring):
    bring("o.csv", FIRST.format(""))
    bring("s.csv", PAYMENTS, SHIPMENTS)
    found = asked(lake, "SELECT customer IS NOT NULL, market FROM shipments ORDER BY shipment_id")
    assert found == [(True, "NO"), (False, None)]


def test_a_refund_that_the_order_no_longer_tells_of_goes(lake, bring):
    bring("a.csv", FIRST.format("30"))
    assert refunds(lake) == [("1/refund", Decimal("30"))]
    bring("b.csv", FIRST.format(""))
    assert refunds(lake) == []


def test_a_refund_that_changed_is_replaced(lake, bring):
    bring("a.csv", FIRST.format("30"))
    bring("b.csv", FIRST.format("50"))
    assert refunds(lake) == [("1/refund", Decimal("50"))]


def test_refunds_of_other_files_and_other_orders_stay(lake, bring):
    bring("a.csv", FIRST.format("30"))
    bring("p.csv", PAYMENTS, MAPPING)
    bring("c.csv", ORDERS + "2,ola@fjell.no,2026-01-02 10:00:00,20,NOK,NO,\n")
    assert refunds(lake) == [("1/refund", Decimal("30")), ("p1", Decimal("40")), ("p2", Decimal("5"))]
    bring("b.csv", FIRST.format(""))
    assert refunds(lake) == [("p1", Decimal("40")), ("p2", Decimal("5"))]


def test_a_refund_of_another_source_stays(lake, write, bring):
    import_into(lake, [SourceFile(write("x.csv", FIRST.format("30")), "other")])
    bring("b.csv", FIRST.format(""))
    assert refunds(lake) == [("1/refund", Decimal("30"))]
