"""Orders that hold a list of their lines: products are found without a mapping."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

ORDERS = [
    {"id": 9001, "created_at": "2026-01-15T10:00:00Z", "currency": "EUR", "total": "52.00", "shipping": 7,
     "customer": {"id": 7, "email": "ann@example.com"},
     "line_items": [{"id": 1, "sku": "MUG", "name": "Mug", "quantity": 2, "price": "15.00"},
                    {"id": 2, "sku": "PIN", "name": "Pin", "quantity": 1, "price": "15.00"}]},
    {"id": 9002, "created_at": "2026-01-16T10:00:00Z", "currency": "EUR", "total": "20.00", "shipping": 0,
     "customer": {"id": 8, "email": "bob@example.com"},
     "line_items": [{"id": 3, "sku": "HAT", "name": "Hat", "quantity": 1, "price": "20.00"}]},
    {"id": 9003, "created_at": "2026-01-17T10:00:00Z", "currency": "EUR", "total": "5.00", "shipping": 0,
     "customer": {"id": 7, "email": "ann@example.com"}, "line_items": []},
]  # fmt: skip
LINES = [
    ("9001", "MUG", 2.0, Decimal(30)),
    ("9001", "PIN", 1.0, Decimal(15)),
    ("9002", "HAT", 1.0, Decimal(20)),
]


def as_lines(orders):
    return "\n".join(map(json.dumps, orders)) + "\n"


def lines_of(result):
    return result.rows("SELECT order_id, product, quantity, goods FROM order_lines ORDER BY order_id, line")


@pytest.mark.parametrize(("name", "written"), [("orders.jsonl", as_lines), ("orders.json", json.dumps)])
def test_the_products_of_orders_are_found_inside_them(run, write, name, written):
    result = run(write(name, written(ORDERS)))
    assert lines_of(result) == LINES
    assert result.rows("SELECT order_id, total, goods, units FROM orders ORDER BY 1") == [
        ("9001", Decimal(52), Decimal(45), 3.0),
        ("9002", Decimal(20), Decimal(20), 1.0),
        ("9003", Decimal(5), Decimal(5), None),
    ]
    file = result.summary.files[0]
    said = {one.column: (one.field, str(one.how)) for one in file.recognised}
    assert said["line_items.sku"] == ("the product", "by its name")
    assert (file.rows, file.used) == (3, 3)
    assert "line_items" not in file.unused_columns


@pytest.mark.parametrize(
    "item",
    [
        {"product_id": "MUG", "qty": 2, "unit_price": 15},
        {"title": "MUG", "quantity": "2", "line_total": "30.00"},
        {"product": {"sku": "MUG", "name": "Mug"}, "quantity": 2, "amount": 30.0},
        {"code": "MUG", "quantity": 2, "price": 15, "subtotal": 30, "tax": 0},
    ],
)
@pytest.mark.parametrize("column", ["items", "products", "positions"])
def test_lists_and_their_fields_have_many_names(run, write, column, item):
    orders = [
        {
            "order_id": n,
            "date": f"2026-01-0{n}",
            "email": f"{n}@example.com",
            "total": 30,
            "currency": "EUR",
            column: [item],
        }
        for n in range(1, 4)
    ]
    result = run(write("orders.jsonl", as_lines(orders)))
    assert lines_of(result) == [(str(n), "MUG", 2.0, Decimal(30)) for n in range(1, 4)]
    assert result.one("SELECT sum(goods) FROM orders") == (Decimal(90),)


def test_an_order_that_costs_what_its_lines_cost_needs_no_total(run, write):
    orders = [
        {key: value for key, value in order.items() if key not in ("total", "shipping")}
        for order in ORDERS[:2]
    ]
    result = run(write("orders.jsonl", as_lines(orders)))
    assert result.rows("SELECT goods FROM orders ORDER BY order_id") == [(Decimal(45),), (Decimal(20),)]


def test_discounts_and_taxes_of_lines_are_added_up(run, write):
    items = [
        {"sku": "A", "quantity": 2, "price": 10, "discount": 2, "tax": 1.8},
        {"sku": "B", "quantity": 1, "price": 5, "discount": 0, "tax": 0.5},
    ]
    orders = [{"order_id": n, "date": "2026-01-02", "email": "a@example.com", "total": 25.3, "currency": "EUR", "items": items} for n in (1, 2)]  # fmt: skip
    result = run(write("orders.jsonl", as_lines(orders)))
    assert result.one("SELECT goods, discount, tax, total FROM orders WHERE order_id = '1'") == (
        Decimal("23"), Decimal("2"), Decimal("2.3"), Decimal("25.3"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "lists",
    [
        {"shipping_lines": [{"title": "Post", "price": 7}]},
        {"tags": ["a", "b"]},
        {"items": [{"sku": "A"}, "and more"]},
        {"items": [{"sku": "A", "price": "12,50"}]},
        {"items": "sold out"},
        {"history": [{"name": "paid", "amount": 30}]},
    ],
)
def test_other_lists_leave_the_orders_as_they_are(run, write, lists):
    orders = [{"order_id": n, "date": "2026-01-02", "email": "a@example.com", "total": 30, "currency": "EUR", **lists} for n in (1, 2)]  # fmt: skip
    result = run(write("orders.jsonl", as_lines(orders)))
    assert result.one("SELECT count(*), sum(goods) FROM orders") == (2, Decimal(60))
    assert lines_of(result) == []


def test_a_repeated_order_has_its_last_lines(run, write):
    changed = {**ORDERS[0], "line_items": ORDERS[0]["line_items"][:1], "total": "37.00"}
    result = run(write("orders.jsonl", as_lines([*ORDERS, changed])))
    assert lines_of(result) == [LINES[0], LINES[2]]
    assert result.summary.files[0].duplicates == 1


MAPPING = """
[[facts]]
table = "orders"
grain = "line"
each = "line_items"
left_out = ["9003*"]
[facts.columns]
order_id = "id"
customer_id = "customer.id"
at = "created_at"
currency = "currency"
[facts.lines]
product = "each.sku"
quantity = "each.quantity"
price = "each.price"
"""


def test_what_makes_an_order_with_a_list_unusable_is_said_once(run, write):
    lines = [*ORDERS[0]["line_items"], {"id": 4, "sku": "CAP", "quantity": 1, "price": "cheap"}]
    orders = [{**ORDERS[0], "line_items": lines}, {**ORDERS[1], "id": 9004, "created_at": "soon"}, ORDERS[1]]
    orders[1]["line_items"] = lines[:2]
    orders += [{**ORDERS[2], "line_items": lines[:2]}]
    result = run(write("orders.jsonl", as_lines(orders)), mapping=write("mapping.toml", MAPPING))
    assert result.rows('SELECT "row", "column", "value" FROM rejects ORDER BY 1') == [
        (1, "each.price", "cheap"),
        (2, "created_at", "soon"),
    ]
    (file,) = result.summary.files
    assert (file.rows, file.used, [one.rows for one in file.left_out]) == (4, 1, [1])
