"""Compaction, vacuum, erasure, markets, migrations and the doctor's findings."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import LakeError
from regulars.kernel.markets import Market
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.migrations import Migration, migrate
from support.facts import given, line, order


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


def write(lake: Lake, duck: DuckEngine, **tables: list[dict[str, Any]]) -> None:
    with lake.writer() as writer:
        for table, rows in tables.items():
            writer.replace(duck.con, table, given(duck, table, rows, f"new_{table}"))
        writer.publish()


def column(lake: Lake, duck: DuckEngine, query: str, version: int | None = None) -> list[Any]:
    lake.bind(duck, version)
    return [row[0] if len(row) == 1 else row for row in duck.con.execute(query).fetchall()]


def test_compaction_joins_files_sorts_by_customer_and_changes_no_row(lake: Lake, duck: DuckEngine) -> None:
    for n in range(6):
        write(lake, duck, orders=[order(str(n), customer=10 - n), order(f"x{n}", customer=n)])
    assert len(lake.files("orders")) == 6
    before = column(lake, duck, "FROM orders ORDER BY ALL")
    lake.compact()
    (file,) = lake.files("orders")
    customers = pq.read_table(file).column("customer").to_pylist()
    assert customers == sorted(customers)
    assert column(lake, duck, "FROM orders ORDER BY ALL") == before


def test_a_compacted_lake_is_left_alone(lake: Lake, duck: DuckEngine) -> None:
    write(lake, duck, orders=[order("1")])
    assert lake.compact() == lake.version == 1


def test_vacuum_removes_only_what_no_kept_version_names(lake: Lake, duck: DuckEngine) -> None:
    for goods in ("1", "2", "3"):
        write(lake, duck, orders=[order("1", goods=goods)])
    removed = lake.vacuum(keep=2)
    assert (removed.versions, removed.files) == (2, 1)
    assert column(lake, duck, "SELECT goods::INT FROM orders", version=2) == [2]
    with pytest.raises(LakeError, match="no version 1"):
        lake.files("orders", 1)


def test_writing_goes_on_after_a_vacuum_and_a_roll_back(lake: Lake, duck: DuckEngine) -> None:
    write(lake, duck, orders=[order("1", goods="1")])
    write(lake, duck, orders=[order("1", goods="2")])
    lake.vacuum(keep=1)
    given(duck, "orders", [order("1", goods="3")])
    with lake.writer() as writer:
        writer.replace(duck.con, "orders")
    write(lake, duck, orders=[order("2", goods="4")])
    assert column(lake, duck, "SELECT goods::INT FROM orders ORDER BY 1") == [2, 4]


def test_erasing_a_customer_does_what_each_table_declares(lake: Lake, duck: DuckEngine) -> None:
    write(
        lake, duck,
        orders=[order("1", customer=1), order("2", customer=2), order("3", customer=None)],
        customers=[{"customer": 1}, {"customer": 2, "referred_by": 1}, {"customer": 3, "referred_by": 2}],
        aliases=[{"customer": 4, "into": 1}, {"customer": 5, "into": 2}],
    )  # fmt: skip
    lake.erase([1])
    assert column(lake, duck, "SELECT order_id, customer FROM orders ORDER BY 1") == [
        ("1", None),
        ("2", 2),
        ("3", None),
    ]
    assert column(lake, duck, "SELECT customer, referred_by FROM customers ORDER BY 1") == [(2, None), (3, 2)]
    assert column(lake, duck, "SELECT customer FROM aliases") == [5]


def test_nothing_of_an_erased_customer_stays_on_disk(lake: Lake, duck: DuckEngine) -> None:
    write(lake, duck, orders=[order("1", customer=1), order("2", customer=2)])
    write(lake, duck, orders=[order("3", customer=1)])
    lake.erase([1])
    files = list((lake.path / "tables").glob("*/*.parquet"))
    kept = [number for file in files for number in pq.read_table(file).column("customer").to_pylist()]
    assert sorted(kept, key=str) == [2, None, None]
    assert lake.manifests.versions() == [lake.version]


def test_markets_and_days_follow_a_new_grouping(lake: Lake, duck: DuckEngine) -> None:
    late = dt.datetime.fromisoformat("2024-01-01T23:30:00")
    write(
        lake, duck,
        orders=[order("1", at=late), order("2", at=late, country="BR", market="BR"), order("3", country=None)],
        order_lines=[line("2", 1, at=late, market="BR"), line("2", 2, at=late, market="BR")],
        customers=[{"customer": 1}, {"customer": 2, "market": "AT"}],
    )  # fmt: skip
    dach = Definitions(markets=(Market("DACH", ("DE", "AT", "CH"), "Europe/Berlin"),))
    assert lake.rewrite_markets(dach) == 2
    found = column(lake, duck, "SELECT order_id, market, local_day::TEXT FROM orders ORDER BY 1")
    assert found == [("1", "DACH", "2024-01-02"), ("2", "BR", "2024-01-01"), ("3", "DACH", "2024-01-01")]
    assert column(lake, duck, "SELECT DISTINCT market, local_day::TEXT FROM order_lines") == [
        ("BR", "2024-01-01")
    ]
    assert column(lake, duck, "SELECT market FROM customers ORDER BY customer") == [None, "DACH"]
    assert lake.definitions() == dach


def test_lines_take_their_orders_country_when_a_group_is_split(lake: Lake, duck: DuckEngine) -> None:
    dach = Definitions(markets=(Market("DACH", ("DE", "AT"), "Europe/Berlin"),))
    write(
        lake, duck,
        orders=[order("1", country="AT", market="DACH")], order_lines=[line("1", 1, market="DACH")],
    )  # fmt: skip
    lake.set_definitions(dach)
    lake.rewrite_markets(Definitions())
    assert column(lake, duck, "SELECT market FROM orders UNION ALL SELECT market FROM order_lines") == [
        "AT",
        "AT",
    ]


def test_a_rewrite_that_changes_nothing_makes_no_version(lake: Lake, duck: DuckEngine) -> None:
    write(lake, duck, orders=[order("1")], order_lines=[line("1", 1)])
    assert lake.rewrite_markets(lake.definitions()) == 1


def test_a_migration_runs_once_and_is_recorded(lake: Lake, duck: DuckEngine) -> None:
    def double(writer: Any, con: Any) -> None:
        con.execute("CREATE TABLE doubled AS SELECT * REPLACE (goods * 2 AS goods) FROM orders")
        writer.replace(con, "orders", "doubled")

    write(lake, duck, orders=[order("1")])
    migrations = (Migration("goods count double", double),)
    assert migrate(lake, migrations=migrations) == ["goods count double"]
    assert migrate(lake, migrations=migrations) == []
    assert (lake.manifest().schema, lake.manifest().note) == (1, "migration 1: goods count double")
    assert column(lake, duck, "SELECT goods::INT FROM orders") == [20]


def test_a_lake_of_a_later_release_is_not_opened(lake: Lake) -> None:
    migrate(lake, migrations=(Migration("of tomorrow", lambda writer, con: None),))
    with pytest.raises(LakeError, match="later release"):
        Lake.open(lake.path)


def levels(lake: Lake) -> set[str]:
    return {finding.level for finding in lake.check()}


def test_a_healthy_lake_is_fine(lake: Lake, duck: DuckEngine) -> None:
    write(lake, duck, orders=[order("1")])
    assert levels(lake) == {"fine"}


def test_the_doctor_finds_a_missing_file(lake: Lake, duck: DuckEngine) -> None:
    write(lake, duck, orders=[order("1")])
    Path(lake.files("orders")[0]).unlink()
    (error,) = [finding for finding in lake.check() if finding.level == "error"]
    assert "a file is missing" in error.what and "backup" in error.do


def test_the_doctor_finds_a_mistake_in_the_definitions(lake: Lake) -> None:
    (lake.path / "definitions.toml").write_text("window_day = 9\n")
    (error,) = [finding for finding in lake.check() if finding.level == "error"]
    assert error.do == "Did you mean window_days?"


def test_the_doctor_sees_a_writer_at_work(lake: Lake) -> None:
    with lake.writer():
        assert any("being written by process" in finding.what for finding in lake.check())


def test_the_doctor_names_a_folder_that_lost_its_manifests(lake: Lake) -> None:
    shutil.rmtree(lake.path / "manifests")
    assert levels(lake) == {"error"}


def test_tables_that_other_programs_changed_are_refused(lake: Lake, duck: DuckEngine) -> None:
    from deltalake import DeltaTable  # noqa: PLC0415

    folder = lake.path / "tables" / "orders"
    DeltaTable.create(
        str(folder), pa.schema([("source", pa.string()), ("day", pa.string())]), partition_by=["day"]
    )
    given(duck, "orders", [order("1")])
    with pytest.raises(LakeError, match="partition columns"), lake.writer() as writer:
        writer.replace(duck.con, "orders")
