"""Excel, Parquet, JSON and packed files."""

import gzip
import io
import zipfile
from datetime import date, datetime

from openpyxl import Workbook

from regulars.sources.reading import open_file


def saved(book: Workbook, path):
    book.save(path)
    return path


def test_each_sheet_with_rows_is_a_table_and_cells_are_iso_texts(con, rows, tmp_path):
    book = Workbook()
    sheet = book.active
    for line in (["Report of May"], [], ["Order", "Date", "Total", "Paid"]):
        sheet.append(line)
    sheet.append([1, datetime.fromisoformat("2020-01-01 03:04"), 3.5, True])
    sheet.append(["007", date(2020, 1, 2), 4.0])
    book.create_sheet("second").append(["a", "b"])
    book["second"].append(["x", "y"])
    book.create_sheet("empty")
    first, second = open_file(con, saved(book, tmp_path / "book.xlsx"), name="raw")
    assert first.names == ("Order", "Date", "Total", "Paid")
    assert rows() == [("1", "2020-01-01 03:04:00", "3.5", "true", 1), ("007", "2020-01-02", "4", None, 2)]
    assert (second.relation, second.where, second.rows) == ("raw_2", "book.xlsx [second]", 1)


def test_cells_beyond_the_header_are_rejected(con, tmp_path):
    book = Workbook()
    for line in (["a", "b"], [1, 2], [3, 4, 5], [6, 7]):
        book.active.append(line)
    table = open_file(con, saved(book, tmp_path / "book.xlsx"), name="raw")[0]
    assert (table.rows, table.rejected) == (2, 1)
    assert con.execute('SELECT "row" FROM rejects').fetchall() == [(2,)]


def test_parquet_keeps_its_types_and_numbers_its_rows(con, rows, tmp_path):
    path = tmp_path / "orders.parquet"
    con.execute(f"COPY (SELECT 7 AS id, DATE '2020-01-02' AS day, 2.5::DECIMAL(18,2) AS total) TO '{path}'")
    table = open_file(con, path, name="raw")[0]
    assert [column.type for column in table.columns] == ["INTEGER", "DATE", "DECIMAL(18,2)"]
    assert rows()[0][-1] == 1


def test_nested_json_becomes_dotted_columns_and_lists_stay_texts(read, rows):
    table = read(
        '{"id":1,"customer":{"email":"a@x.no","at":"2020-01-01"},"items":[{"sku":"x"}]}\n{"id":2,"note":"07"}\n',
        "orders.jsonl",
    )
    assert table.names == ("id", "customer.email", "customer.at", "items", "note")
    assert rows() == [(1, "a@x.no", "2020-01-01", '[{"sku":"x"}]', None, 1), (2, None, None, None, "07", 2)]


def test_lines_that_are_no_json_are_rejected(read, rows, con):
    table = read('{"id":1}\nnot json\n{"id":3}\n{"id":4}\n', "orders.jsonl")
    assert rows() == [(1, 1), (3, 3), (4, 4)]
    assert table.rejected == 1
    assert con.execute('SELECT "row", reason FROM rejects').fetchall() == [(2, "the line is no JSON object")]


def test_a_json_array_is_a_table(read, rows):
    read('[{"id": 1, "a": {"b": true}}, {"id": 2}]', "orders.json")
    assert rows() == [(1, True, 1), (2, None, 2)]


def test_packed_files_are_read_by_what_is_in_them(read, rows):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("export/orders.csv", "a;b\n1;2\n")
        archive.writestr("__MACOSX/._orders.csv", "junk")
    assert read(stream.getvalue(), "orders.zip").dialect.packed == "zip"
    assert rows() == [("1", "2", 1)]
    assert read(gzip.compress(b'{"a":1}\n'), "orders.gz").dialect.packed == "gz"
    assert rows() == [(1, 1)]
