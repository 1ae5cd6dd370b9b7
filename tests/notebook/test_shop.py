"""The Python door: the same files, the same figures, as Arrow, pandas and Polars; the same charts; a lake on any engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair
import duckdb
import pytest

import regulars as rg
from regulars.kernel.errors import InputError, RuleError
from regulars.lake import Lake
from regulars.lake.engines import Engine
from regulars.lake.tables import TABLES
from regulars.sources import SourceFile, import_into
from support.shop import write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop")
    write(path, customers=250)
    return path


@pytest.fixture(scope="module")
def shop(folder: Path) -> Iterator[rg.Shop]:
    with rg.read(folder / "orders.csv") as opened:
        yield opened


@pytest.fixture(scope="module")
def lake(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lakes") / "shop.lake"
    made = Lake.create(path)
    import_into(made, [SourceFile(folder / "orders.csv")], definitions=made.definitions())
    return path


def test_arrow_pandas_and_polars_hold_the_same_rows(shop: rg.Shop) -> None:
    found = shop.figures("retention_rate", by="market", period="quarter")
    arrow, pandas, polars = found.to_arrow(), found.to_pandas(), found.to_polars()
    assert len(found) == arrow.num_rows == len(pandas) == polars.height
    assert arrow.column("market").to_pylist() == polars["market"].to_list()
    assert set(pandas["market"].dropna()) == {"NO", "DE", "RO"}


def test_a_lake_gives_the_figures_of_its_files(shop: rg.Shop, lake: Path) -> None:
    with rg.open_lake(lake) as stored:
        wanted = {"period": "year", "by": ("market", "channel")}
        assert [r.value for r in shop.figures("revenue", **wanted)] == [
            r.value for r in stored.figures("revenue", **wanted)
        ]
        assert {row.lake_version for row in stored.figures("revenue", period="year")} == {1}


def test_an_engine_of_either_kind_gives_equal_answers_from_the_same_lake(
    lake: Path, shop: rg.Shop, engine: Engine
) -> None:
    stored = rg.open_lake(lake, engine=engine)
    asked = ("retention_rate", "aov", "repeat_purchase_rate")
    assert [
        (r.metric, r.dimensions, r.value) for r in stored.figures(*asked, period="year", by="market")
    ] == [(r.metric, r.dimensions, r.value) for r in shop.figures(*asked, period="year", by="market")]


def test_no_figure_named_means_all_that_the_facts_can_answer(shop: rg.Shop) -> None:
    asked = {figure.slug for figure in shop.figures(period="year").asked}
    assert {"retention_rate", "aov", "churn_rate"} <= asked
    assert not {"nps", "acquisition_cost"} & asked


def test_a_rule_and_its_segment_tell_the_same(shop: rg.Shop) -> None:
    segment = shop.segment("orders >= 3")
    members = segment.to_arrow()
    assert members.num_rows == segment.customers
    assert min(members.column("orders").to_pylist()) == 3
    assert sum(members.column("orders").to_pylist()) == segment.orders


def test_the_standard_segments_are_the_rfm_groups(shop: rg.Shop) -> None:
    found = shop.figures("orders", by="segment", period="year")
    groups = {group.slug for group in shop.rfm().groups}
    assert {dict(row.dimensions)["segment"] for row in found if row.dimensions} - {None} <= groups


@pytest.fixture(scope="module")
def bare(lake: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB that knows the fact tables of the lake and nothing of Regulars."""
    con = duckdb.connect()
    for name, table in TABLES.items():
        files = Lake.open(lake).files(name)
        if files:
            con.execute(f"CREATE VIEW {name} AS FROM read_parquet({files})")
        else:
            con.register(name, table.arrow.empty_table())
    return con


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


@pytest.mark.parametrize("question", ["cohorts", "rfm", "whatif", "bridge"])
def test_the_sql_of_an_answer_needs_the_fact_tables_alone(
    lake: Path, bare: duckdb.DuckDBPyConnection, question: str
) -> None:
    with rg.open_lake(lake) as stored:
        answer = getattr(stored, question)()
        asked = [stored.analysis.run(query).to_pylist() for query in answer._asked.queries]
        texts = answer.sql().split(";\n\n")
        assert answer.sql() == getattr(stored, question)().sql() != answer.sql(dialect="pyspark")
    assert [text.splitlines()[0] for text in texts] == [
        f"-- query {n} of {len(asked)}" for n in range(1, len(asked) + 1)
    ]
    for text, rows in zip(texts, asked, strict=True):
        found = bare.sql(text).to_arrow_table().to_pylist()
        assert in_order(found) == in_order(rows)
    assert any(asked)


def test_a_mistake_in_a_rule_points_at_the_word(shop: rg.Shop) -> None:
    with pytest.raises(RuleError) as error:
        shop.figures("orders", where="ordrs > 2")
    assert (error.value.at, error.value.length) == (0, 5)


def test_an_unknown_figure_is_answered_with_the_nearest(shop: rg.Shop) -> None:
    with pytest.raises(InputError, match="retention_rate"):
        shop.figures("retention_rte")


@pytest.mark.parametrize("name", ["retention", "markets", "cohorts", "curves", "rfm", "window", "bridge"])
def test_every_chart_can_be_drawn(shop: rg.Shop, name: str) -> None:
    assert name in shop.chart.names()
    assert isinstance(getattr(shop.chart, name)(), altair.LayerChart)


def test_too_short_a_history_is_said_instead_of_drawn(folder: Path, tmp_path: Path) -> None:
    lines = (folder / "orders.csv").read_text(encoding="utf-8").splitlines()[:40]
    (tmp_path / "few.csv").write_text("\n".join(lines), encoding="utf-8")
    with rg.read(tmp_path / "few.csv") as few, pytest.raises(InputError, match="too few"):
        few.chart.retention()


def test_records_are_ready_for_json(shop: rg.Shop) -> None:
    record = shop.figures("aov", period="year").to_records()[0]
    assert record["metric"] == "aov"
    assert record["period_start"] == "2023-01-01"
    assert isinstance(record["value"], float)


def test_several_files_are_named_by_their_source(folder: Path) -> None:
    with rg.read({"no": folder / "orders_no.csv", "de": folder / "orders_de.csv"}) as both:
        assert {source.source for source in both.analysis.coverage.sources} == {"no", "de"}


def test_a_shop_says_what_it_is(shop: rg.Shop) -> None:
    assert "EUR, window" in repr(shop)
    assert "proposed" in repr(shop)
