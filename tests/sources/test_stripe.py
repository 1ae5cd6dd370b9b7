"""Stripe's unified payments export: each captured payment is an order."""

from __future__ import annotations

from decimal import Decimal

HEADER = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Currency,Fee,Status,"
    "Description,Customer ID,Customer Email,Payment Source Type,channel (metadata)\n"
)
ROWS = (
    'ch_1,2026-01-02 23:30:00,"399,00","0,00",nok,true,"39,90",eur,"9,18",Paid,,cus_1,kari@fjell.no,card,web\n'
    'ch_2,2026-01-03 10:00:00,"100,50","50,25",nok,true,"10,05",eur,"3,20",Refunded,,cus_1,kari@fjell.no,card,web\n'
    'ch_3,2026-01-03 11:00:00,"80,00","0,00",nok,false,"8,00",eur,"0,00",Failed,,cus_2,ola@fjell.no,card,web\n'
)


def test_captured_payments_are_orders_in_their_own_currency(run, write):
    result = run(write("unified_payments.csv", HEADER + ROWS))
    assert result.summary.files[0].format == "stripe"
    assert result.rows("SELECT order_id, goods, currency, channel FROM orders ORDER BY 1") == [
        ("ch_1", Decimal("399"), "NOK", "web"),
        ("ch_2", Decimal("100.5"), "NOK", "web"),
    ]


def test_refunds_and_fees_stand_in_payments(run, write):
    result = run(write("unified_payments.csv", HEADER + ROWS))
    assert result.rows("SELECT kind, amount, fee, day_known FROM payments ORDER BY kind, amount") == [
        ("payment", Decimal("100.5"), Decimal("32"), True),
        ("payment", Decimal("399"), Decimal("91.8"), True),
        ("refund", Decimal("50.25"), None, False),
    ]


def test_a_customer_is_the_customer_id(run, write):
    result = run(write("unified_payments.csv", HEADER + ROWS))
    assert result.one("SELECT count(DISTINCT customer), count(customer) FROM orders") == (1, 2)


def test_amounts_with_a_decimal_point_are_read_too(run, write):
    row = "ch_9,2026-01-02 10:00:00,1399.00,0.00,usd,true,,,1.00,Paid,,cus_1,a@b.com,card,\n"
    assert run(write("payments.csv", HEADER + row)).one("SELECT goods FROM orders") == (Decimal("1399"),)


def test_a_refund_falls_on_its_own_local_day_on_both_sides_of_a_change_of_clocks(run, write):
    header = HEADER.replace("Description,", "Refunded date (UTC),Card Address Country,Description,")
    row = "{},2026-03-{} 12:00:00,10.00,5.00,nok,true,,,0,Refunded,2026-{},NO,,cus_1,a@b.no,card,\n"
    cases = {"ch_1": ("20", "03-27 23:30:00"), "ch_2": ("20", "04-01 21:30:00"), "ch_3": ("30", "04-01 22:30:00"), "ch_4": ("20", "03-28 22:30:00")}  # fmt: skip
    text = header + "".join(row.format(name, *days) for name, days in cases.items())
    found = run(write("payments.csv", text)).rows(
        "SELECT order_id, local_day::VARCHAR FROM payments WHERE kind = 'refund' ORDER BY 1"
    )
    # Oslo is an hour ahead of UTC until 29 March at 01:00 UTC, two hours from then on.
    assert found == [
        ("ch_1", "2026-03-28"), ("ch_2", "2026-04-01"), ("ch_3", "2026-04-02"), ("ch_4", "2026-03-28"),
    ]  # fmt: skip


STATES = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Currency,Fee,Status,"
    "Customer ID,Payment Source Type\n"
)


def states(*rows: tuple[str, str, str]) -> str:
    """An export of payments of 100: (captured, status, refunded)."""
    line = "ch_{},2026-01-0{} 10:00:00,100.00,{},nok,{},10.00,eur,0.40,{},cus_{},card\n"
    return STATES + "".join(line.format(n, n, r[2], r[0], r[1], n) for n, r in enumerate(rows, start=1))


def test_captured_may_be_blank(run, write):
    result = run(
        write("p.csv", states(("", "Paid", "0"), ("true", "Paid", "0"), ("FALSE", "Uncaptured", "0")))
    )
    assert result.rows("SELECT order_id, payment_state FROM orders ORDER BY 1") == [
        ("ch_1", "paid"),
        ("ch_2", "paid"),
    ]


def test_a_failed_attempt_is_no_money_and_a_lost_dispute_is_none_either(run, write):
    rows = (
        ("", "Failed", "0"),
        ("true", "Disputed", "0"),
        ("true", "Dispute lost", "0"),
        ("", "Canceled", "0"),
    )
    result = run(write("p.csv", states(*rows)))
    assert result.rows("SELECT payment_state FROM orders ORDER BY order_id") == [
        ("failed",), ("paid",), ("voided",), ("voided",),
    ]  # fmt: skip
    assert result.rows("SELECT order_id FROM payments ORDER BY 1") == [("ch_2",), ("ch_3",)]


def test_a_part_that_was_refunded_is_known_by_its_amount(run, write):
    result = run(
        write("p.csv", states(("true", "Partially refunded", "30.00"), ("true", "Refunded", "100.00")))
    )
    assert result.rows("SELECT payment_state FROM orders ORDER BY order_id") == [
        ("partially_refunded",),
        ("refunded",),
    ]
    assert result.rows("SELECT amount, goods FROM payments WHERE kind = 'refund' ORDER BY order_id") == [
        (Decimal("30"), Decimal("30")),
        (Decimal("100"), Decimal("100")),
    ]


def test_a_fee_of_the_account_s_currency_is_brought_to_that_of_the_payment(run, write):
    result = run(write("p.csv", states(("true", "Paid", "0"))))
    assert result.one("SELECT currency, amount, fee FROM payments") == ("NOK", Decimal("100"), Decimal("4"))


def test_an_export_without_converted_amounts_keeps_its_fee(run, write):
    text = "id,Created date (UTC),Amount,Currency,Fee,Status\nch_1,2026-01-02 10:00:00,100.00,eur,2.50,Paid\n"
    assert run(write("p.csv", text)).one("SELECT fee FROM payments") == (Decimal("2.5"),)


def test_rows_that_a_condition_leaves_out_are_counted(run, write):
    result = run(write("unified_payments.csv", HEADER + ROWS))
    (file,) = result.summary.files
    assert [(one.reason, one.rows) for one in file.left_out] == [
        ("left out by a condition of the format or mapping", 1)
    ]
    assert (file.rows, file.used) == (3, 2)
