"""Writes replace by key, repeat without effect, and are seen whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.errors import ConflictError, LakeError
from regulars.lake import Change, Lake
from regulars.lake.engines import DuckEngine
from support.facts import given, line, order

Write = Callable[..., Change]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


@pytest.fixture
def write(lake: Lake, duck: DuckEngine) -> Write:
    """Replace rows of a table and publish."""

    def replace_and_publish(table: str, rows: list[dict[str, Any]]) -> Change:
        given(duck, table, rows)
        with lake.writer() as writer:
            change = writer.replace(duck.con, table)
            writer.publish()
        return change

    return replace_and_publish


def rows(lake: Lake, query: str, version: int | None = None) -> list[tuple[Any, ...]]:
    engine = DuckEngine()
    lake.bind(engine, version)
    found = engine.con.execute(query).fetchall()
    engine.close()
    return found


def goods(lake: Lake, version: int | None = None) -> dict[str, Decimal]:
    return dict(rows(lake, "SELECT order_id, goods::INT FROM orders", version))  # type: ignore[arg-type]


def test_a_new_lake_has_every_table_and_no_rows(lake: Lake) -> None:
    assert lake.version == 0
    assert rows(lake, "SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM points)") == [(0,)]


def test_an_order_that_comes_again_gives_way_to_the_new_one(lake: Lake, write: Write) -> None:
    write("orders", [order("1"), order("2")])
    change = write("orders", [order("2", goods="30"), order("3")])
    assert change == Change(added=2, removed=1, groups=2)
    assert goods(lake) == {"1": 10, "2": 30, "3": 10}


def test_writing_the_same_again_makes_no_new_version(lake: Lake, write: Write) -> None:
    write("orders", [order("1"), order("2", customer=None)])
    before = (lake.version, lake.files("orders"))
    assert write("orders", [order("2", customer=None), order("1")]) == Change()
    assert write("orders", [order("2", customer=None)]) == Change()
    assert (lake.version, lake.files("orders")) == before


def test_an_order_with_fewer_lines_loses_the_others(lake: Lake, write: Write) -> None:
    write("order_lines", [line("1", 1), line("1", 2), line("2", 1)])
    write("order_lines", [line("1", 1, goods="7")])
    found = rows(lake, "SELECT order_id, line, goods::INT FROM order_lines ORDER BY ALL")
    assert found == [("1", 1, 7), ("2", 1, 10)]


def test_files_without_a_replaced_row_are_left_alone(lake: Lake, write: Write) -> None:
    write("orders", [order("1")])
    first = lake.files("orders")
    write("orders", [order("2")])
    write("orders", [order("2", goods="5")])
    assert set(first) < set(lake.files("orders"))


def test_an_old_version_stays_readable(lake: Lake, write: Write) -> None:
    write("orders", [order("1")])
    write("orders", [order("1", goods="99")])
    assert goods(lake, 1) == {"1": 10}
    assert goods(lake, 2) == {"1": 99}


def test_a_key_that_stands_twice_stops_the_write(lake: Lake, write: Write) -> None:
    write("orders", [order("1")])
    with pytest.raises(ConflictError, match="same source, order_id: shop, 2"):
        write("orders", [order("2"), order("2", goods="11")])
    assert (lake.version, goods(lake)) == (1, {"1": 10})


def test_a_null_where_none_may_be_stops_the_write(lake: Lake, write: Write) -> None:
    with pytest.raises(ConflictError, match="have no local_day"):
        write("orders", [order("2", local_day=None)])
    assert lake.version == 0


def test_a_column_that_no_table_has_is_named(lake: Lake, duck: DuckEngine) -> None:
    duck.con.execute("CREATE TABLE strange AS SELECT 1 AS colour")
    with lake.writer() as writer, pytest.raises(LakeError, match="orders has no column colour"):
        writer.replace(duck.con, "orders", "strange")


def test_what_is_not_published_is_taken_back(lake: Lake, duck: DuckEngine, write: Write) -> None:
    write("orders", [order("1")])
    given(duck, "orders", [order("1", goods="2")])
    with lake.writer() as writer:
        writer.replace(duck.con, "orders")
    assert (lake.version, goods(lake)) == (1, {"1": 10})
    assert set(map(str, lake.store("orders").folder.glob("*.parquet"))) == set(lake.files("orders"))


def test_an_error_in_the_middle_takes_all_tables_back(lake: Lake, duck: DuckEngine, write: Write) -> None:
    write("orders", [order("1")])
    given(duck, "orders", [order("2")])
    given(duck, "order_lines", [line("2", 1)])
    with pytest.raises(ZeroDivisionError), lake.writer() as writer:
        writer.replace(duck.con, "orders")
        writer.replace(duck.con, "order_lines")
        raise ZeroDivisionError
    assert rows(lake, "SELECT count(*) FROM order_lines") == [(0,)]
    assert write("orders", [order("2")]).added == 1
    assert goods(lake) == {"1": 10, "2": 10}


def test_several_tables_appear_in_one_version(lake: Lake, duck: DuckEngine) -> None:
    given(duck, "orders", [order("1")])
    given(duck, "order_lines", [line("1", 1)])
    with lake.writer() as writer:
        writer.replace(duck.con, "orders")
        writer.replace(duck.con, "order_lines")
        assert lake.version == 0
        assert writer.publish(note="import") == 1
    assert {name: state.rows for name, state in lake.manifest().tables.items()} == {
        "orders": 1,
        "order_lines": 1,
    }


def test_new_rows_are_appended_and_known_ones_left(lake: Lake, duck: DuckEngine, write: Write) -> None:
    write("orders", [order("1")])
    given(duck, "orders", [order("1", goods="99"), order("2")])
    with lake.writer() as writer:
        assert writer.append_new(duck.con, "orders").added == 1
        writer.publish()
    assert goods(lake) == {"1": 10, "2": 10}


def test_a_batch_is_applied_once_even_after_a_roll_back(lake: Lake, duck: DuckEngine) -> None:
    given(duck, "orders", [order("1")])
    with lake.writer() as writer:  # not published
        writer.append_new(duck.con, "orders", batch=("inbox", 7))
    with lake.writer() as writer:
        assert writer.append_new(duck.con, "orders", batch=("inbox", 7)).added == 1
        assert writer.append_new(duck.con, "orders", batch=("inbox", 7)).added == 0
        writer.publish()
    given(duck, "orders", [order("2")])
    with lake.writer() as writer:
        assert writer.append_new(duck.con, "orders", batch=("inbox", 7)).added == 0
        assert writer.append_new(duck.con, "orders", batch=("inbox", 8)).added == 1


def test_coverage_grows_with_each_import(lake: Lake) -> None:
    with lake.writer() as writer:
        writer.publish(
            coverage=(
                SourceCoverage("shop", date.fromisoformat("2009-12-01"), date.fromisoformat("2010-12-09")),
            )
        )
        writer.publish(
            coverage=(
                SourceCoverage("shop", date.fromisoformat("2010-12-01"), date.fromisoformat("2011-12-09")),
            )
        )
    assert lake.coverage() == (
        SourceCoverage("shop", date.fromisoformat("2009-12-01"), date.fromisoformat("2011-12-09")),
    )
    assert lake.coverage(1)[0].last == date.fromisoformat("2010-12-09")


def test_definitions_come_into_force_with_a_version_and_are_found_again(lake: Lake) -> None:
    old, new = Definitions(), Definitions(window_days=90)
    assert lake.set_definitions(new) == 1
    assert lake.definitions() == new
    assert lake.definitions(lake.manifest(0).definitions) == old
    assert lake.set_definitions(new) == 1


def test_an_unknown_version_is_named_with_what_is_kept(lake: Lake) -> None:
    with pytest.raises(LakeError, match=r"no version 7.\nKept are 0"):
        lake.manifest(7)


def test_a_folder_without_a_lake_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="this is no lake"):
        Lake.open(tmp_path)


def test_a_folder_with_other_things_is_not_made_a_lake(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(LakeError, match="not empty"):
        Lake.create(tmp_path)
