"""The shipped real shop is the original, value by value."""

import os
from pathlib import Path

import duckdb
import pytest

from regulars.demo import online_retail

ORIGINAL = (
    Path(os.environ.get("REGULARS_DATA", Path(__file__).parents[3] / "shared" / "data"))
    / "online_retail_ii.parquet"
)
VALUES = """
    Invoice, StockCode, Description, Quantity::BIGINT AS Quantity, InvoiceDate::TIMESTAMP AS InvoiceDate,
    Price::DOUBLE AS Price, "Customer ID"::DOUBLE AS "Customer ID", Country, sheet
"""


@pytest.fixture(scope="module")
def con():
    con = duckdb.connect()
    listed = ", ".join(f"'{file}'" for file in online_retail.files())
    con.execute(f"CREATE VIEW shipped AS SELECT {VALUES} FROM read_parquet([{listed}])")
    return con


def test_the_shipped_exports_hold_every_line_of_both_sheets(con):
    rows = con.execute("SELECT sheet, count(*) FROM shipped GROUP BY sheet ORDER BY sheet").fetchall()
    assert rows == [("Year 2009-2010", 525_461), ("Year 2010-2011 (from Online Retail I)", 541_909)]


def test_the_published_facts_hold(con):
    facts = con.execute(
        """SELECT count(DISTINCT Invoice), count(DISTINCT "Customer ID"), count(DISTINCT Country),
                  count(*) FILTER ("Customer ID" IS NULL), count(*) FILTER (starts_with(Invoice, 'C'))
           FROM shipped"""
    ).fetchone()
    assert facts == (53_628, 5_942, 43, 243_007, 19_494)


def test_the_sheets_overlap_by_nine_days(con):
    overlap = """SELECT Invoice FROM shipped GROUP BY Invoice HAVING count(DISTINCT sheet) = 2"""
    lines = f"""SELECT count(DISTINCT Invoice), count(*) FILTER (sheet = 'Year 2009-2010')
                FROM shipped WHERE Invoice IN ({overlap})"""
    assert con.execute(lines).fetchone() == (1_088, 22_523)


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the original is not here; set REGULARS_DATA")
def test_every_row_equals_the_original(con):
    con.execute(f"CREATE VIEW original AS SELECT {VALUES} FROM '{ORIGINAL}'")
    missing = "SELECT count(*) FROM (FROM {} EXCEPT ALL FROM {})"
    for here, there in (("shipped", "original"), ("original", "shipped")):
        assert con.execute(missing.format(here, there)).fetchone() == (0,)


def test_writing_puts_both_exports_into_the_folder(tmp_path):
    written = online_retail.write(tmp_path / "shop")
    assert [file.name for file in written] == list(online_retail.FILES)
    assert [file.stat().st_size for file in written] == [f.stat().st_size for f in online_retail.files()]
