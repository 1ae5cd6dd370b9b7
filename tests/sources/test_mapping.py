"""Declarative mappings: other schemas, spread over several files, need no code; mistakes are named."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from regulars.kernel.errors import InputError
from regulars.sources.mapping.fields import FED
from regulars.sources.mapping.read import parse_mapping

HERE = Path(__file__).parent
DATA = Path(os.environ.get("REGULARS_DATA", HERE.parents[2] / "shared" / "data"))


def needed(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path.name} is not there; set REGULARS_DATA to the folder with the data")
    return path


@pytest.fixture
def ravenstack(run):
    files = sorted(needed(DATA / "ravenstack_saas").glob("*.csv"))
    return run(*(("crm", file) for file in files), mapping=HERE / "mappings" / "ravenstack.toml")


def test_several_files_feed_several_tables_with_joins(ravenstack):
    counts = {count.table: count.rows for count in ravenstack.summary.tables}
    assert counts["customers"] == 500
    assert counts["subscriptions"] == 5_000
    assert counts["tickets"] == 2_000
    assert ravenstack.one("SELECT count(*) FROM subscriptions WHERE country IS NULL OR customer IS NULL") == (
        0,
    )
    assert ravenstack.one("SELECT count(*) FROM events WHERE customer IS NULL") == (0,)
    assert ravenstack.one(
        "SELECT count(DISTINCT customer) FROM subscriptions SEMI JOIN customers USING (customer)"
    ) == (500,)


def test_units_and_filters_hold(ravenstack):
    query = "SELECT first_answer_seconds, priority FROM tickets WHERE ticket_id = 'T-0024de'"
    assert ravenstack.one(query) == (74 * 60.0, "high")
    assert ravenstack.one(
        "SELECT count(*) FROM feedback WHERE score IS NULL OR score NOT BETWEEN 1 AND 5"
    ) == (0,)
    assert ravenstack.one("SELECT count(*) FROM payments WHERE amount = 0 OR currency <> 'USD'") == (0,)


def test_telco_contracts_keep_their_churn_rate(run):
    result = run(needed(DATA / "telco_churn.csv"), mapping=HERE / "mappings" / "telco.toml")
    rows, churned = result.one("SELECT count(*), count(ended_day) FROM subscriptions")
    assert rows == 7_043
    assert round(churned / rows, 4) == 0.2654


MINIMAL = """
[[facts]]
table = "orders"
[facts.columns]
order_id = "nr"
at = "when"
total = "sum"
"""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('table = "orders"', 'table = "order"'), "facts\\[1\\].table.*Did you mean 'orders'"),
        (("total =", "totl ="), "facts\\[1\\].columns.totl.*Did you mean 'total'"),
        (('order_id = "nr"', ""), "'order_id' is missing"),
        (('"sum"', '{ colum = "sum" }'), "columns.total.colum.*Did you mean 'column'"),
        (('"sum"', '{ column = "sum", unit = "cent" }'), "total.unit.*Did you mean 'cents'"),
        (('"sum"', '{ column = "sum", value = "1" }'), "exactly one of"),
        (("[[facts]]", "[[fact]]"), "Did you mean 'facts'"),
    ],
)
def test_a_mistake_names_the_key_and_what_was_meant(change, message):
    with pytest.raises(InputError) as caught:
        parse_mapping(MINIMAL.replace(*change), where="shop.toml")
    assert "shop.toml" in str(caught.value)
    assert caught.match("(?s)" + message)


def test_a_column_that_is_not_there_names_the_nearest(run, write):
    mapping = write("shop.toml", MINIMAL)
    with pytest.raises(InputError, match=r"no column 'when'.*Did you mean 'whem'"):
        run(write("orders.csv", "nr,whem,sum\n1,2026-01-01,5\n"), mapping=mapping)


def test_values_units_signs_and_texts(run, write):
    text = MINIMAL.replace('total = "sum"', """
total = { column = "sum", unit = "cents" }
discount = { column = "off", unit = "cents", negate = true }
order_id = { text = "{shop}-{nr}" }
channel = { column = "via", values = { W = "web" }, otherwise = "store" }
country = { first_of = ["ship", "bill"] }
currency = { value = "NOK" }
""").replace('order_id = "nr"\n', "")  # fmt: skip
    rows = "nr,shop,when,sum,off,via,ship,bill\n7,oslo,2026-01-01 10:00,1250,-250,w,,Norge\n8,oslo,2026-01-01 10:00,100,0,x,SE,NO\n"
    result = run(write("orders.csv", rows), mapping=write("shop.toml", text))
    assert result.rows("SELECT order_id, total, discount, channel, country FROM orders ORDER BY 1") == [
        ("oslo-7", Decimal("12.5"), Decimal("2.5"), "web", "NO"),
        ("oslo-8", Decimal("1"), Decimal("0"), "store", "SE"),
    ]


def test_times_without_a_zone_are_read_in_the_zone_given(run, write):
    text = 'zone = "America/Sao_Paulo"\n' + MINIMAL + 'country = { value = "BR" }\n'
    result = run(
        write("orders.csv", "nr,when,sum\n1,2026-01-01 22:30:00,5\n"), mapping=write("shop.toml", text)
    )
    assert result.one('SELECT "at"::VARCHAR, local_day::VARCHAR FROM orders') == (
        "2026-01-02 01:30:00",
        "2026-01-01",
    )


def test_every_fact_table_can_be_fed():
    required = {
        "products": 'product = "p"', "costs": 'first_day = "d"\nlast_day = "d"\namount = "a"',
        "feedback": 'feedback_id = "i"\nat = "t"\nkind = "k"', "messages": 'message_id = "i"\nat = "t"\nkind = "k"',
        "events": 'event_id = "i"\nat = "t"\nname = "n"', "points": 'movement_id = "i"\nat = "t"',
        "tickets": 'ticket_id = "i"\nat = "t"', "shipments": 'shipment_id = "i"', "customers": 'customer_id = "c"',
        "payments": 'payment_id = "i"\nat = "t"\nkind = "k"', "orders": 'order_id = "i"\nat = "t"',
        "order_lines": 'order_id = "i"\nline = "l"\nat = "t"', "subscriptions": 'subscription_id = "i"\nstarted_day = "d"',
    }  # fmt: skip
    assert set(required) == set(FED)
    for table, columns in required.items():
        mapping = parse_mapping(f'[[facts]]\ntable = "{table}"\n[facts.columns]\n{columns}\n', where=table)
        assert mapping.feeds[0].table == table


def test_of_two_facts_of_one_row_the_usable_one_comes_in(run, write):
    mapping = """
[[facts]]
table = "payments"
[facts.columns]
payment_id = "nr"
at = "when"
amount = "sum"
kind = { value = "payment" }
[[facts]]
table = "payments"
where = [{ column = "back", empty = false }]
[facts.columns]
payment_id = { text = "{nr}/r" }
at = "back_when"
amount = "back"
kind = { value = "refund" }
"""
    rows = "nr,when,sum,back_when,back\np1,2026-01-01,10,2026-01-02,3\np2,2026-01-01,30,nonsense,5\n"
    result = run(write("p.csv", rows), mapping=write("m.toml", mapping), currency="NOK")
    assert result.rows("SELECT payment_id FROM payments ORDER BY 1") == [("p1",), ("p1/r",), ("p2",)]
    assert result.rows('SELECT "row", "column", "value" FROM rejects') == [(2, "back_when", "nonsense")]
