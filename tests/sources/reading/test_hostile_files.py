"""Files that are not what they seem get a message that says what, where and what to do."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from regulars.kernel.errors import InputError
from regulars.sources.reading import Limits, ReadOptions, open_file


def workbook() -> bytes:
    book = Workbook()
    book.active.append(["order", "total"])
    book.active.append([1, 2.5])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"a,b,c\n", "no rows"),
        (b"just one column\nof words\n", "No table"),
        (bytes(range(256)) * 50, "binary"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "web page"),
        (b"\n  <HTML><table><tr><td>1</td></tr></table>", "web page"),
        (b'<?xml version="1.0"?><Workbook></Workbook>', "XML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PAR1" + b"\0" * 100, "Parquet file is cut off"),
        (workbook()[:-300], "cut off or damaged"),
        (gzip.compress(b"a,b\n1,2\n" * 1000, mtime=0)[:-30], "cut off or damaged"),
        (gzip.compress(b"0" * 100_000_000, mtime=0), "out of all proportion"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n", mtime=0), mtime=0), "within a compressed file"),
        (zipped(**{"a.csv": "a,b\n1,2\n", "b.csv": "a,b\n1,2\n"}), "2 files"),
        (zipped(**{"mimetype": "x", "content.xml": "<x/>"}), "OpenDocument"),
        (b'[{"id": 1}, {"id": ', "cut off or damaged"),
        (b'{"id": 1\n{"id": 2\n{"id": 3\n', "no JSON objects"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_with_what_to_do(read, content, says):
    with pytest.raises(InputError, match=says) as caught:
        read(content)
    assert "orders.csv" in caught.value.where
    assert caught.value.do


def test_a_zip_bomb_of_a_workbook_is_refused_before_it_is_read(con, tmp_path):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(zipped(**{"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": "0" * 80_000_000}))
    with pytest.raises(InputError, match="out of all proportion"):
        open_file(con, path, name="raw")


def test_limits_can_be_set(con, tmp_path):
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n" * 1000))
    with pytest.raises(InputError, match="out of all proportion"):
        open_file(con, path, name="raw", options=ReadOptions(limits=Limits(unpacked=1000)))


def test_what_is_no_file_is_said(con, tmp_path):
    (tmp_path / "round").symlink_to(tmp_path / "round")
    for path, says in (
        (tmp_path / "missing.csv", "no such file"),
        (tmp_path, "folder"),
        (tmp_path / "round", "circle"),
        (tmp_path / "*.csv", "name patterns"),
        (Path(os.devnull), "no ordinary file"),
    ):
        with pytest.raises(InputError, match=says):
            open_file(con, path, name="raw")


def test_a_link_and_signs_of_patterns_in_a_name_are_read(con, tmp_path):
    target = tmp_path / "orders [1]?.csv"
    target.write_text("a,b\n1,2\n")
    (tmp_path / "link.csv").symlink_to(target)
    assert open_file(con, tmp_path / "link.csv", name="raw")[0].rows == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_is_said(con, tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text("a,b\n1,2\n")
    path.chmod(0)
    with pytest.raises(InputError, match="may not be read"):
        open_file(con, path, name="raw")


def test_nothing_is_left_in_the_temporary_folder(con, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress("a;b\n1;Åse\n".encode("utf-16")))
    open_file(con, path, name="raw")
    assert list(scratch.iterdir()) == []
