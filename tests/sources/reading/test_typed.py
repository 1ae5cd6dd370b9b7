"""Large text tables are kept typed, and give back every text exactly as the file has it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from regulars.sources.reading import typed
from regulars.sources.reading.opening import open_file
from regulars.sources.reading.raw import ReadOptions

HEADER = "number,padded,when,day,price,mixed,word\n"
ROW = "{n},{n:04d},2024-01-0{d} 10:00:00,2024-01-0{d},{n}.50,{n}.5,w\n"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.sources.reading.csvs.LARGE", 1)


def opened(con: duckdb.DuckDBPyConnection, folder: Path, text: str) -> dict[str, str]:
    """The file's columns and what they are stored as; the table is called `raw`."""
    file, kept = folder / "orders.csv", folder / "kept"
    file.write_text(text, encoding="utf-8")
    kept.mkdir()
    (table,) = open_file(con, file, name="raw", options=ReadOptions(folder=kept))
    assert list(kept.iterdir()) == [kept / "raw.parquet"]
    return {column.name: column.stored for column in table.columns}


def rows(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute(
        'SELECT number, padded, "when", day, price, mixed, word, _row FROM raw ORDER BY _row'
    ).fetchall()


@pytest.mark.usefixtures("small")
def test_texts_that_a_type_writes_alike_are_stored_as_it(tmp_path: Path) -> None:
    con = duckdb.connect()
    lines = [ROW.format(n=n, d=n) for n in (1, 2, 3)]
    stored = opened(con, tmp_path, HEADER + "".join(lines))
    assert stored == {
        "number": "BIGINT", "padded": "", "when": "TIMESTAMP", "day": "DATE", "price": "DECIMAL(18,2)",
        "mixed": "DECIMAL(18,1)", "word": "",
    }  # fmt: skip
    assert rows(con)[1] == ("2", "0002", "2024-01-02 10:00:00", "2024-01-02", "2.50", "2.5", "w", 2)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("late", ["007", " 7", "7 ", "+7", "7.0", "seven", "99999999999999999999", "1e3"])
def test_one_late_text_keeps_its_column_as_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    monkeypatch.setattr(typed, "_SAMPLE", 2)
    con = duckdb.connect()
    lines = [ROW.format(n=n, d=n) for n in (1, 2)]
    last = ROW.format(n=3, d=3).removeprefix("3")
    stored = opened(con, tmp_path, HEADER + "".join(lines) + late + last)
    assert stored["number"] == ""
    assert stored["when"] == "TIMESTAMP"
    assert [row[0] for row in rows(con)] == ["1", "2", late]


@pytest.mark.usefixtures("small")
def test_empty_fields_and_broken_records_are_as_in_a_small_file(tmp_path: Path) -> None:
    con = duckdb.connect()
    text = HEADER + ",,,,,,\n" + ROW.format(n=2, d=2)
    assert opened(con, tmp_path, text)["number"] == "BIGINT"
    assert rows(con)[0] == (None, None, None, None, None, None, None, 1)
    (tmp_path / "broken.csv").write_text(text + "1,2\n" + ROW.format(n=4, d=4), encoding="utf-8")
    (table,) = open_file(
        con, tmp_path / "broken.csv", name="raw", options=ReadOptions(folder=tmp_path / "kept")
    )
    assert (table.rows, table.rejected) == (3, 1)
    assert [row[0] for row in rows(con)] == [None, "2", "4"]
