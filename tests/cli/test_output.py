"""Answers as CSV, JSON, Parquet and tables."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from regulars.cli import output, tables
from regulars.cli.output import Format
from regulars.kernel.errors import InputError
from regulars.kernel.periods import Period
from regulars.metrics.figures import Row
from regulars.notebook.sheet import Column, Sheet, of_figures

ROW = Row(
    metric="retention_rate", period_start=date(2025, 1, 1), period_end=date(2025, 4, 1),
    dimensions=(("market", "NO"),), value=Decimal("71.25"), numerator=Decimal(57), denominator=Decimal(80),
    unit="percent", currency=None, low=Decimal("60.5"), high=Decimal("80.0"), complete=True, window_days=90,
    definitions="0123456789ab", lake_version=4,
)  # fmt: skip


def sheet_of(*texts: str) -> Sheet:
    return Sheet((Column("text"), Column("n", "number")), tuple({"text": t, "n": Decimal(-5)} for t in texts))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_csv_makes_formulas_harmless_and_leaves_numbers_alone(text: str) -> None:
    rows = list(csv.reader(io.StringIO(output.as_csv(sheet_of(text)), newline="")))
    assert rows[1] == ["'" + text, "-5"]


def test_csv_leaves_ordinary_texts_alone() -> None:
    assert "a-b,-5" in output.as_csv(sheet_of("a-b"))


def test_a_column_named_after_a_dimension_cannot_be_a_formula_either() -> None:
    assert output.as_csv(Sheet((Column("=x"),), ())).startswith("'=x")


def test_a_json_figure_has_exactly_the_documented_keys(capsys: pytest.CaptureFixture[str]) -> None:
    output.figures([ROW], Format.json, None, {})
    (found,) = json.loads(capsys.readouterr().out)
    assert list(found) == [
        "metric", "period_start", "period_end", "dimensions", "value", "numerator", "denominator", "unit",
        "currency", "low", "high", "complete", "window_days", "definitions", "lake_version",
    ]  # fmt: skip
    assert found["dimensions"] == {"market": "NO"}
    assert (found["value"], found["numerator"], found["period_end"]) == (71.25, 57, "2025-04-01")


def test_parquet_has_a_column_for_each_dimension_and_typed_values(tmp_path: Path) -> None:
    output.figures([ROW], Format.parquet, tmp_path / "f.parquet", {})
    table = pq.read_table(tmp_path / "f.parquet")
    assert table.column("market").to_pylist() == ["NO"]
    assert str(table.schema.field("period_start").type) == "date32[day]"
    assert table.column("value").to_pylist() == [71.25]


def test_parquet_on_the_screen_is_refused_with_the_way_out() -> None:
    with pytest.raises(InputError, match="--output"):
        output.figures([ROW], Format.parquet, None, {})


def test_the_format_follows_the_name_of_the_file() -> None:
    assert output.resolved(None, Path("x.CSV")) is Format.csv
    assert output.resolved(None, None) is Format.table
    assert output.resolved(Format.json, Path("x.csv")) is Format.json


def test_a_table_shows_unit_interval_parts_and_what_is_incomplete() -> None:
    text = tables.of_rows([ROW, replace(ROW, complete=False)], {"retention_rate": "Retention rate"})
    assert "Retention rate [retention_rate]" in text
    assert "2025 Q1  NO" in text
    assert "71.2 %  60.5 to 80.0  57 / 80" in text
    assert "incomplete: the data does not cover" in text


def test_a_total_row_beside_a_split_is_called_all() -> None:
    text = tables.of_rows([ROW, replace(ROW, dimensions=())], {})
    assert "2025 Q1  all" in text


def test_rows_that_do_not_add_up_say_so() -> None:
    assert "do not add up" in tables.of_rows([replace(ROW, additive=False)], {})


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        (date(2025, 3, 1), date(2025, 3, 2), "2025-03-01"),
        (date(2025, 3, 3), date(2025, 3, 10), "week of 2025-03-03"),
        (date(2025, 3, 1), date(2025, 4, 1), "2025-03"),
        (date(2025, 1, 1), date(2026, 1, 1), "2025"),
        (date(2025, 3, 5), date(2025, 4, 5), "2025-03-05 to 2025-04-04"),
    ],
)
def test_a_period_is_named_as_people_say_it(start: date, end: date, name: str) -> None:
    assert tables.named(Period(start, end)) == name


def test_money_has_the_decimals_of_its_currency() -> None:
    assert tables.shown(Decimal("1234.5"), "money", "JPY") == "1,234 JPY"
    assert tables.shown(Decimal("1234.5"), "money", "NOK") == "1,234.50 NOK"


def test_no_figures_is_said_in_words() -> None:
    assert "No figures" in tables.of_rows([], {})


def test_figures_without_dimensions_have_no_dimension_column() -> None:
    names = [column.name for column in of_figures([replace(ROW, dimensions=())]).columns]
    assert "dimensions" not in names
    assert "market" not in names
