"""The real demo shop: two yearly exports that overlap by nine days."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.demo import online_retail
from regulars.kernel.definitions import Definitions
from regulars.lake.engines import DuckEngine
from regulars.sources import SourceFile, load


@pytest.fixture(scope="module")
def shop():
    engine = DuckEngine(threads=2)
    loaded = load(engine, [SourceFile(file) for file in online_retail.files()], definitions=Definitions())
    yield engine.con, loaded
    engine.close()


def test_the_overlap_counts_once_by_document(shop):
    _, loaded = shop
    assert [file.format for file in loaded.summary.files] == ["online_retail"] * 2
    assert [file.duplicates for file in loaded.summary.files] == [22_523, 0]
    assert sum(reason.rows for file in loaded.summary.files for reason in file.left_out) == 6


def test_invoices_above_zero_with_a_customer(shop):
    con, _ = shop
    query = "SELECT count(*), count(DISTINCT customer) FROM orders WHERE total > 0 AND customer IS NOT NULL"
    assert con.execute(query).fetchall() == [(36_969, 5_878)]


def test_orders_with_goods_and_a_customer(shop):
    con, _ = shop
    query = "SELECT count(*), count(DISTINCT customer), sum(goods) FROM orders WHERE goods > 0 AND customer IS NOT NULL"
    assert con.execute(query).fetchall() == [(36_604, 5_852, Decimal("17125166.9970"))]


def test_postage_and_adjustments_are_no_goods(shop):
    con, _ = shop
    rows = con.execute("SELECT kind, count(*) FROM order_lines GROUP BY kind ORDER BY kind").fetchall()
    assert rows == [("adjustment", 1_798), ("goods", 1_021_178), ("refund", 18_078), ("shipping", 3_787)]


def test_cancellations_are_refunds_on_their_own_day(shop):
    con, _ = shop
    count, unknown, negative = con.execute(
        "SELECT count(*), count(*) FILTER (NOT day_known), count(*) FILTER (goods < 0) FROM payments WHERE kind = 'refund'"
    ).fetchall()[0]
    assert (count, unknown, negative) == (8_292, 0, 0)


def test_the_file_s_total_is_the_sum_of_its_documents(shop):
    con, loaded = shop
    in_files = sum(amount.amount for file in loaded.summary.files for amount in file.totals)
    orders, refunds = con.execute(
        "SELECT (SELECT sum(total) FROM orders), (SELECT sum(amount) FROM payments)"
    ).fetchall()[0]
    assert in_files == orders - refunds
