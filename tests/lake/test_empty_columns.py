"""A bulk write leaves out columns without any value; every reader has them all the same."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from regulars.lake import Lake, output
from regulars.lake.engines import DuckEngine, Engine
from regulars.lake.tables import TABLES
from support.facts import NOON, given

ORDER = {
    "source": "shop",
    "currency": "EUR",
    "goods": Decimal("10"),
    "at": NOON,
    "local_day": NOON.date(),
}


def written(lake: Lake, *rows: dict[str, object]) -> None:
    engine = DuckEngine()
    with lake.writer() as writer:
        writer.replace(engine.con, given(engine, "orders", [ORDER | row for row in rows]))
        writer.publish()
    engine.close()


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Two writes, each as large as a bulk write: the first without a discount, the second with one."""
    monkeypatch.setattr(output, "SORT_ROWS", 1)
    made = Lake.create(tmp_path / "lake")
    written(made, {"order_id": "1"}, {"order_id": "2"})
    written(made, {"order_id": "3"}, {"order_id": "4", "discount": Decimal("2")})
    return made


def test_columns_without_a_value_are_not_in_the_files(lake: Lake) -> None:
    first, second = sorted((set(pq.read_schema(file).names) for file in lake.files("orders")), key=len)
    assert second - first == {"discount"} and "cancelled" not in second


def test_every_engine_reads_them_as_null(lake: Lake, engine: Engine) -> None:
    lake.bind(engine)
    orders = engine.run(TABLES["orders"].ibis.order_by("order_id"))
    assert orders.schema.equals(TABLES["orders"].arrow)
    assert orders["discount"].to_pylist() == [None, None, None, Decimal("2")]
    assert orders["cancelled"].null_count == 4


def test_a_select_and_a_delta_reader_have_all_columns(lake: Lake) -> None:
    assert duckdb.sql(lake.select("orders")).columns == list(TABLES["orders"].names)
    read = pl.read_delta(str(lake.path / "tables" / "orders"))
    assert set(TABLES["orders"].names) <= set(read.columns)
    assert sorted(read["discount"].to_list(), key=str) == [Decimal("2"), None, None, None]


def test_rows_that_stay_beside_a_replaced_one_keep_their_values(lake: Lake) -> None:
    written(lake, {"order_id": "3", "goods": Decimal("11")}, {"order_id": "5"})
    orders = duckdb.sql(
        f"SELECT order_id, goods, discount FROM ({lake.select('orders')}) ORDER BY 1"
    ).fetchall()
    assert orders[2:] == [
        ("3", Decimal("11"), None),
        ("4", Decimal("10"), Decimal("2")),
        ("5", Decimal("10"), None),
    ]


def test_compaction_has_all_columns(lake: Lake) -> None:
    lake.compact()
    assert [pq.read_schema(file).names for file in lake.files("orders")] == [list(TABLES["orders"].names)]
