"""WooCommerce: orders of the REST interface as JSON lines, and the CSV of export plug-ins."""

from __future__ import annotations

import json
from decimal import Decimal


def order(number: str, **changes: object) -> str:
    plain = {
        "id": 5000 + int(number), "number": number, "status": "completed", "currency": "RON",
        "date_created_gmt": "2026-01-02T22:30:00", "prices_include_tax": True, "customer_id": 7,
        "discount_total": "10.00", "shipping_total": "15.00", "total_tax": "21.85", "total": "136.85",
        "payment_method": "cod", "payment_method_title": "Ramburs", "created_via": "checkout",
        "billing": {"first_name": "Ana", "last_name": "Pop", "email": "ana@exemplu.ro", "phone": "0722 000 001", "country": "RO"},
        "shipping": {"country": "RO"},
        "line_items": [
            {"id": 1, "name": "Cana", "sku": "CANA", "product_id": 11, "quantity": 2, "price": 30, "total": "60.00", "total_tax": "11.40"},
            {"id": 2, "name": "Farfurie", "sku": "", "product_id": 12, "quantity": 1, "price": 40, "total": "40.00", "total_tax": "7.60"},
        ],
        "shipping_lines": [{"id": 3, "total": "15.00"}], "fee_lines": [], "coupon_lines": [], "refunds": [],
    }  # fmt: skip
    return json.dumps({**plain, **changes}) + "\n"


def test_an_order_has_its_goods_without_tax(run, write):
    result = run(write("orders.jsonl", order("1")))
    assert result.summary.files[0].format == "woocommerce"
    row = result.one("SELECT goods, shipping, tax, total, units, fulfilment_state, payment_kind FROM orders")
    assert row == (
        Decimal("100"), Decimal("15"), Decimal("21.85"), Decimal("136.85"), 3.0, "delivered", "cash_on_delivery",
    )  # fmt: skip


def test_lines_keep_their_product_and_amount(run, write):
    result = run(write("orders.jsonl", order("1")))
    assert result.rows("SELECT product, quantity, goods FROM order_lines ORDER BY line") == [
        ("CANA", 2.0, Decimal("60")),
        ("12", 1.0, Decimal("40")),
    ]


def test_the_local_day_is_romanian(run, write):
    result = run(write("orders.jsonl", order("1")))
    assert result.one("SELECT local_day::VARCHAR, market FROM orders") == ("2026-01-03", "RO")


def test_states_become_canonical_ones(run, write):
    text = "".join(
        order(str(n), status=s) for n, s in enumerate(("pending", "on-hold", "cancelled", "failed"), 1)
    )
    result = run(write("orders.jsonl", text + order("9", status="checkout-draft")))
    assert result.rows("SELECT payment_state, cancelled FROM orders ORDER BY order_id") == [
        ("pending", False),
        ("pending", False),
        ("voided", True),
        ("failed", False),
    ]


def test_refunds_have_no_date_and_are_shared_out_like_the_order(run, write):
    result = run(write("orders.jsonl", order("1", refunds=[{"id": 90, "reason": "", "total": "-68.425"}])))
    assert result.rows("SELECT day_known, amount, goods FROM payments") == [
        (False, Decimal("68.425"), Decimal("50"))
    ]


def test_fees_are_adjustments(run, write):
    text = order("1", fee_lines=[{"id": 4, "total": "5.00"}], total="141.85")
    result = run(write("orders.jsonl", text))
    assert result.one("SELECT adjustments, goods FROM orders") == (Decimal("5"), Decimal("100"))


def test_a_guest_is_known_by_the_e_mail(run, write):
    text = order("1", customer_id=0) + order("2", customer_id=0)
    assert run(write("orders.jsonl", text)).one(
        "SELECT count(DISTINCT customer), count(customer) FROM orders"
    ) == (1, 2)


def test_the_csv_of_an_export_plug_in(run, write):
    header = (
        "order_id,order_number,date,status,shipping_total,tax_total,discount_total,order_total,order_currency,"
        "payment_method,customer_id,billing_email,billing_country,shipping_country\n"
    )
    row = "71,1071,2026-01-02 10:00:00,wc-completed,10.00,22.00,0.00,142.00,EUR,bacs,0,a@b.de,DE,DE\n"
    result = run(write("export.csv", header + row))
    assert result.summary.files[0].format == "woocommerce"
    assert result.one("SELECT order_id, external_id, goods, payment_state, payment_kind FROM orders") == (
        "1071", "71", Decimal("110"), "paid", "bank_transfer",
    )  # fmt: skip


def test_several_refunds_add_up_and_one_of_all_gives_all_back(run, write):
    parts = [{"id": 90, "total": "-13.685"}, {"id": 91, "total": "-54.74"}]
    whole = order("2", status="refunded", refunds=[{"id": 92, "total": "-136.85"}])
    result = run(write("orders.jsonl", order("1", refunds=parts) + whole + order("3")))
    assert result.rows("SELECT order_id, amount, goods FROM payments ORDER BY 1") == [
        ("1", Decimal("68.425"), Decimal("50")),
        ("2", Decimal("136.85"), Decimal("100")),
    ]


def test_an_order_that_comes_twice_in_a_file_counts_once_as_it_came_last(run, write):
    text = order("1") + order("2") + order("1", status="cancelled")
    result = run(write("orders.jsonl", text))
    assert result.rows("SELECT order_id, total, cancelled FROM orders ORDER BY 1") == [
        ("1", Decimal("136.85"), True),
        ("2", Decimal("136.85"), False),
    ]
    assert result.one("SELECT count(*) FROM order_lines") == (4,)
    file = result.summary.files[0]
    assert (file.rows, file.used, file.duplicates) == (3, 2, 1)


def test_an_order_without_lines_is_an_order(run, write):
    result = run(write("orders.jsonl", order("1") + order("2", line_items=[])))
    assert result.rows("SELECT order_id, total FROM orders ORDER BY 1") == [
        ("1", Decimal("136.85")),
        ("2", Decimal("136.85")),
    ]
    assert result.one("SELECT count(*) FROM order_lines WHERE order_id = '2'") == (0,)
