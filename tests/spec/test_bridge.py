"""The bridge by hand: from the files' total to the revenue used."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import MissingRateError
from regulars.lake.engines import Engine
from regulars.metrics import Bridge, Given, bridge
from support.tiny import analysed, bought, refunded

SPAN: dict[str, Any] = {"first": "2024-01-01", "last": "2024-01-30"}
PARTS = {"tax": Decimal(20), "shipping": Decimal(5), "adjustments": Decimal(1)}
ORDERS = [
    bought(1, "2024-01-02", "100", total=Decimal("126.50"), **PARTS),
    bought(2, "2024-01-03", "40", total=None, tax=Decimal(8)),
    bought(None, "2024-01-04", "7", total=Decimal(7)),
    bought(3, "2024-01-05", "9", total=Decimal(9), test=True),
    bought(3, "2024-01-05", "11", total=Decimal(11), cancelled=True),
    bought(3, "2024-01-05", "13", total=Decimal(13), payment_state="failed"),
    bought(3, "2024-01-05", "14", total=Decimal(14), payment_state="voided"),
    bought(3, "2024-01-05", "0", total=Decimal(3), shipping=Decimal(3)),
    bought(3, "2024-02-05", "15", total=Decimal(15)),
]
REFUNDS = [
    refunded(1, "2024-01-10", "30", amount=Decimal(36), tax=Decimal(6)),
    refunded(88, "2024-01-10", "4"),  # no counted order before: on a line of its own
    refunded(None, "2024-01-10", "6"),
    refunded(3, "2024-01-11", "11", order_id=ORDERS[4]["order_id"]),  # of the cancelled order
    refunded(1, "2024-02-01", "2"),
]


def shown(found: Bridge) -> list[tuple[str, str, int | None]]:
    return [(line.code, f"{line.amount:f}", line.orders) for line in found.lines if line.kind != "note"]


def adds_up(found: Bridge) -> None:
    """Every total is the total before it plus the steps between, to the cent."""
    running: Decimal | None = None
    for line in found.lines:
        if line.kind == "total":
            assert running is None or running == line.amount, line.code
            running = line.amount
        elif line.kind == "step":
            assert running is not None and line.amount is not None
            running += line.amount


def test_every_line(engine: Engine) -> None:
    found = bridge(analysed(engine, ORDERS, payments=REFUNDS, **SPAN))
    assert shown(found) == [
        ("files_total", "187.50", 9),
        ("refund_documents", "40.00", None),
        ("refund_documents_later", "2.00", None),
        ("refund_documents_no_customer", "6.00", None),
        ("refund_documents_order_left_out", "11.00", None),
        ("orders_total", "246.50", 9),
        ("later", "-15.00", -1),
        ("test", "-9.00", -1),
        ("cancelled", "-11.00", -1),
        ("no_customer", "-7.00", -1),
        ("unpaid", "-13.00", -1),
        ("unpaid", "-14.00", -1),
        ("no_value", "-3.00", -1),
        ("counted_total", "174.50", 2),
        ("tax", "-28.00", None),
        ("shipping", "-5.00", None),
        ("adjustments", "-1.00", None),
        ("other", "-0.50", None),
        ("revenue_before_refunds", "140.00", 2),
        ("refunds", "-30.00", None),
        ("refunds_without_order", "-4.00", None),
        ("revenue", "106.00", 2),
    ]
    assert [line.detail for line in found.lines if line.code == "unpaid"] == ["failed", "voided"]
    adds_up(found)


def test_what_the_import_left_out_stands_above(engine: Engine) -> None:
    given = [
        Given("duplicate_rows", "Rows that stand twice", rows=3, documents=1, amount=Decimal("12.345")),
        Given("rejected_rows", "Rows that cannot be read", rows=2),
    ]
    found = bridge(analysed(engine, ORDERS, **SPAN), given)
    assert found.line("rows_total").amount == Decimal("258.84")
    assert found.line("rows_total").orders == 10
    assert (found.line("rejected_rows").kind, found.line("rejected_rows").rows) == ("note", 2)
    adds_up(found)


def test_included_tax_is_no_step(engine: Engine) -> None:
    found = bridge(analysed(engine, ORDERS, definitions=Definitions(include_tax=True), **SPAN))
    assert "tax" not in [line.code for line in found.lines]
    assert found.line("revenue").amount == Decimal(168)
    adds_up(found)


def test_rounding_has_its_own_line(engine: Engine) -> None:
    third = Decimal("0.3333")
    orders = [
        bought(n, "2024-01-02", "1", total=1 + 3 * third, tax=third, shipping=third, adjustments=third)
        for n in (1, 2)
    ]
    found = bridge(analysed(engine, orders, **SPAN))
    # Thrice -0.6666 is shown as -0.67 each, and 3.9998 as 4.00: the cents must meet all the same.
    assert found.line("rounding").amount == Decimal("0.01")
    adds_up(found)


def converted(engine: Engine, currencies: tuple[str, ...]) -> Bridge:
    """Three orders in kroner at 0.0871234567 euro and one in euro; rates for these currencies alone."""
    orders = [
        bought(n, "2024-01-02", "99.95", currency="NOK", total=Decimal("124.94"), tax=Decimal("24.99"))
        for n in (1, 2, 3)
    ]
    analysis = analysed(
        engine,
        [*orders, bought(4, "2024-01-02", "10")],
        payments=[refunded(1, "2024-01-09", "99.95", currency="NOK")],
        **SPAN,
    )
    rates = {"NOK": Decimal("0.0871234567"), "EUR": Decimal(1)}
    rows = [
        {"currency": code, "day": dt.date(2024, 1, day), "factor": rates[code]}
        for code in currencies
        for day in (2, 9)
    ]
    schema = pa.schema([("currency", pa.string()), ("day", pa.date32()), ("factor", pa.decimal128(38, 10))])
    engine.put("fx_factors", pa.Table.from_pylist(rows, schema=schema))
    return bridge(replace(analysis, converted=True))


def test_currencies_are_converted_and_still_add_up(engine: Engine) -> None:
    found = converted(engine, ("NOK", "EUR"))
    assert [(c.currency, c.orders, c.total) for c in found.currencies] == [
        ("NOK", 3, Decimal("374.82")), ("EUR", 1, Decimal(10)),
    ]  # fmt: skip
    assert found.line("orders_total").amount == Decimal("42.66")
    adds_up(found)


def test_a_missing_rate_is_an_error(duck: Engine) -> None:
    with pytest.raises(MissingRateError, match="without an exchange rate"):
        converted(duck, ("EUR",))
