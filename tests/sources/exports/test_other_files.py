"""Workbooks, interfaces and warehouses: the same orders in files that are not CSV."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.sources.formats.generic.columns import _ORDER
from regulars.sources.formats.generic.vocabulary import PATTERNS


def test_a_workbook_with_a_title_above_and_totals_below(came, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Sales report March 2025"])
    sheet.append([])
    sheet.append(["Order No.", "Order date", "Customer no.", "Country", "Net sales", "Tax", "Total (EUR)"])
    for n in range(1, 7):
        sheet.append([f"R-{n}", date(2025, 3, n), 100 + n % 2, "Germany", 100, 19, 119])
    sheet.append(["Total", None, None, None, 600, 114, 714])
    path = tmp_path / "report.xlsx"
    book.save(path)
    got = came(path)
    assert (got.orders, got.customers, got.revenue, got.currency) == (6, 2, Decimal("600"), "EUR")
    assert got.rejects == ("local_day is missing",)
    assert got.days == ("2025-03-01", "2025-03-06")


def test_a_second_sheet_that_holds_no_orders_is_passed_over_and_said(came, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Orders"
    for row in (["Order ID", "Date", "Customer ID", "Total", "Currency"], ["1", date(2025, 3, 1), "a", 5, "EUR"],
                ["2", date(2025, 3, 2), "b", 6, "EUR"]):  # fmt: skip
        book.active.append(row)
    people = book.create_sheet("People")
    for row in (["Person", "Region"], ["Ann", "West"], ["Bob", "East"]):
        people.append(row)
    path = tmp_path / "store.xlsx"
    book.save(path)
    got = came(path)
    assert (got.orders, got.revenue) == (2, Decimal("11"))
    assert "People" in got.said


def test_json_lines_of_an_interface_with_nested_customer_and_items(came):
    orders = [
        {"id": 9001, "created_at": "2025-03-15T23:30:00-05:00", "currency": "USD", "total_price": "45.00", "financial_status": "paid",
         "customer": {"id": 7, "email": "ann@example.com"}, "shipping_address": {"country_code": "US"},
         "line_items": [{"sku": "M1", "name": "Mug", "quantity": 2, "price": "15.00"}, {"sku": "P1", "name": "Pin", "quantity": 1, "price": "15.00"}]},
        {"id": 9002, "created_at": "2025-03-16T10:00:00-05:00", "currency": "USD", "total_price": "20.00", "financial_status": "pending",
         "customer": {"id": 8, "email": "bob@example.com"}, "shipping_address": {"country_code": "US"},
         "line_items": [{"sku": "H1", "name": "Hat", "quantity": 1, "price": "20.00"}]},
    ]  # fmt: skip
    got = came("\n".join(map(json.dumps, orders)) + "\n", name="orders.jsonl")
    assert (got.orders, got.customers, got.revenue, got.currency) == (1, 1, Decimal("45"), "USD")
    assert got.result.one("SELECT \"at\"::VARCHAR FROM orders WHERE order_id = '9001'") == (
        "2025-03-16 04:30:00",
    )


def test_parquet_with_zoned_times_and_decimals(came, tmp_path):
    table = pa.table(
        {
            "order_id": pa.array([1, 2, 3], pa.int64()),
            "customer_key": pa.array([10, 11, 10], pa.int64()),
            "ordered_at": pa.array([datetime(2025, 3, n, 23, 30, tzinfo=UTC) for n in (1, 2, 3)], pa.timestamp("us", "UTC")),
            "net_revenue": pa.array([Decimal("10.50"), Decimal("20.00"), Decimal("-5.00")], pa.decimal128(12, 2)),
            "currency_code": ["EUR", "EUR", "EUR"],
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "orders.parquet")
    got = came(tmp_path / "orders.parquet")
    assert (got.orders, got.customers, got.revenue) == (2, 2, Decimal("30.5"))
    assert (got.refunds, got.refunded, got.days) == (1, Decimal("5"), ("2025-03-01", "2025-03-02"))


def test_unix_times_are_read(came):
    text = "order_id,user_id,created_at,amount_cents,currency\n1,a,1740823200,1050,EUR\n2,b,1740909600,2000,EUR\n"
    got = came(text)
    assert (got.orders, got.revenue, got.days) == (2, Decimal("30.5"), ("2025-03-01", "2025-03-02"))


def test_amounts_in_mixed_currencies_without_a_column_are_refused(came):
    text = "order_id,user_id,date,total\n1,a,2025-03-01,€10.50\n2,b,2025-03-02,£20.00\n"
    with pytest.raises(Exception, match="several currencies"):
        came(text)


OLIST = """
name = "olist"
currency = "BRL"
[files]
items = "*order_items*"
orders = "*orders_dataset*"
customers = "*customers*"
[[facts]]
table = "orders"
file = "items"
grain = "line"
join.orders = { order_id = "order_id" }
join.customers = { customer_id = "orders.customer_id" }
[facts.columns]
order_id = "order_id"
customer_id = "customers.customer_unique_id"
at = "orders.order_purchase_timestamp"
cancelled = { column = "orders.order_status", values = { canceled = "true" }, otherwise = "false" }
[facts.lines]
product = "product_id"
amount = "price"
"""


def test_orders_spread_over_several_files_through_a_mapping(run, write):
    mapping = write("olist.toml", OLIST)
    items = write(
        "olist_order_items_dataset.csv",
        "order_id,order_item_id,product_id,price,freight_value\no1,1,p1,58.90,13.29\no1,2,p2,10.00,1.00\no2,1,p1,58.90,13.29\no3,1,p1,5.00,1.00\n",
    )
    orders = write(
        "olist_orders_dataset.csv",
        "order_id,customer_id,order_status,order_purchase_timestamp\no1,c1,delivered,2017-10-02 10:56:33\no2,c2,delivered,2018-07-24 20:41:37\no3,c3,canceled,2018-08-24 20:41:37\n",
    )
    people = write("olist_customers_dataset.csv", "customer_id,customer_unique_id\nc1,u1\nc2,u1\nc3,u2\n")
    result = run(items, orders, people, mapping=Path(mapping))
    counted = "FROM orders WHERE NOT cancelled"
    assert result.one(f"SELECT count(*), count(DISTINCT customer), sum(goods) {counted}") == (
        2,
        1,
        Decimal("127.8"),
    )


def test_every_field_of_the_vocabulary_chooses_its_column():
    assert set(_ORDER) == set(PATTERNS)
