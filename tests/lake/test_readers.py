"""Any engine reads the lake: ours as views, others by their one line in docs/lake.md."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import ibis
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.lake import Lake
from regulars.lake.engines import DuckEngine, Engine
from regulars.lake.tables import FX_RATES, ORDER_LINES, ORDERS, TABLES
from support.facts import NOON, given, line, order

LATE = dt.datetime.fromisoformat("2024-03-31T01:30:00.123456")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return filled(tmp_path / "lake")


def filled(path: Path) -> Lake:
    """A lake with two orders, a line and a rate."""
    made = Lake.create(path)
    engine = DuckEngine()
    orders = [
        order("1", at=LATE, total=Decimal("-1.5")),
        order("2", customer=None, goods="0.0001", units=1.5, test=False),
    ]
    with made.writer() as writer:
        writer.replace(engine.con, given(engine, "orders", orders))
        writer.replace(engine.con, given(engine, "order_lines", [line("1", 1)]))
        rate = {"day": NOON.date(), "currency": "XTS", "per_euro": Decimal("1.2345678901")}
        writer.replace(engine.con, given(engine, "fx_rates", [rate]))
        writer.publish()
    engine.close()
    return made


def test_bound_tables_have_the_declared_schema_on_every_engine(lake: Lake, engine: Engine) -> None:
    lake.bind(engine)
    for name in ("orders", "order_lines", "fx_rates", "events"):
        assert engine.run(TABLES[name].ibis).schema.equals(TABLES[name].arrow), name


def test_every_engine_reads_the_same_rows(lake: Lake, engine: Engine) -> None:
    lake.bind(engine)
    first, second = engine.run(ORDERS.ibis.order_by("order_id")).to_pylist()
    assert (first["at"], first["total"], first["local_day"]) == (LATE, Decimal("-1.5"), dt.date(2024, 1, 1))
    assert (second["customer"], second["goods"], second["units"]) == (None, Decimal("0.0001"), 1.5)
    assert second["test"] is False and second["cancelled"] is None
    assert engine.run(FX_RATES.ibis).column("per_euro").to_pylist() == [Decimal("1.2345678901")]
    assert engine.run(ORDER_LINES.ibis.select("line", "kind")).to_pylist() == [{"line": 1, "kind": "goods"}]


def test_a_path_may_hold_spaces_and_any_letters(duck: DuckEngine, tmp_path: Path) -> None:
    filled(tmp_path / "läke of 100% öre").bind(duck)
    assert duck.run(ORDERS.ibis).num_rows == 2


def test_a_file_that_lacks_a_column_reads_it_as_null(engine: Engine, tmp_path: Path) -> None:
    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    rows = pa.table({"order_id": ["1"], "source": ["shop"], "customer": pa.array([5], pa.int64())})
    pq.write_table(rows, old)
    pq.write_table(rows.append_column("channel", pa.array(["web"])), new)
    engine.bind(ORDERS, [str(old), str(new)])
    found = engine.run(
        ORDERS.ibis.select("customer", "channel").order_by(ibis.asc("channel", nulls_first=True))
    )
    assert found.to_pylist() == [{"customer": 5, "channel": None}, {"customer": 5, "channel": "web"}]


def test_a_table_that_gains_a_column_is_written_on(tmp_path: Path, duck: DuckEngine) -> None:
    lake = Lake.create(tmp_path / "lake")
    before = {**TABLES, "orders": type(ORDERS)("orders", "", ORDERS.key, ORDERS.columns[:-1])}
    for release, number in ((before, "1"), (TABLES, "2")):
        given(duck, "orders", [order(number)], "rows")
        duck.con.execute("ALTER TABLE rows DROP fulfilment_state")
        lake = Lake(lake.path, tables=release)
        with lake.writer() as writer:
            writer.replace(duck.con, "orders", "rows")
            writer.publish()
    lake.bind(duck)
    assert duck.con.execute("SELECT order_id, fulfilment_state FROM orders ORDER BY 1").fetchall() == [
        ("1", None),
        ("2", None),
    ]
    assert "fulfilment_state" in pl.read_delta(str(lake.path / "tables" / "orders")).columns


def test_duckdb_reads_it_with_one_line(lake: Lake) -> None:
    orders = duckdb.read_parquet(lake.files("orders"))
    assert orders.aggregate("sum(goods)").fetchall() == [(Decimal("10.0001"),)]


def test_polars_reads_it_with_one_line(lake: Lake) -> None:
    orders = pl.scan_parquet(lake.files("orders")).collect()
    assert orders.schema["at"] == pl.Datetime("us", "UTC")
    assert orders["goods"].sum() == Decimal("10.0001")
    version = lake.manifest().tables["orders"].version
    assert pl.read_delta(str(lake.path / "tables" / "orders"), version=version).height == 2


@pytest.mark.spark
def test_spark_reads_it_with_one_line(lake: Lake, spark_session: object) -> None:
    orders = spark_session.read.parquet(*lake.files("orders"))  # type: ignore[attr-defined]
    assert orders.filter("at = TIMESTAMP_LTZ '2024-03-31 01:30:00.123456+00:00'").count() == 1


def test_the_session_zone_does_not_shift_instants(lake: Lake, duck: DuckEngine) -> None:
    lake.bind(duck)
    duck.con.execute("SET TimeZone = 'America/Sao_Paulo'")
    assert duck.con.execute('SELECT max("at") FROM orders').fetchall() == [(LATE,)]
