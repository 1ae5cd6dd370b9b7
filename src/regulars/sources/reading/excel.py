"""Excel workbooks (.xlsx): each sheet with rows is a table. Cells become texts, days and times in ISO form."""

from __future__ import annotations

import csv
import itertools
import warnings as python_warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import duckdb
from openpyxl import load_workbook

from regulars.kernel.errors import InputError
from regulars.sources.messages import OTHER_CELLS, RENAMED, Message
from regulars.sources.reading.clean import load_clean
from regulars.sources.reading.dialect import find_header
from regulars.sources.reading.names import repeated, unique_columns
from regulars.sources.reading.packed import check_workbook
from regulars.sources.reading.raw import Dialect, RawTable, ReadOptions
from regulars.sources.reading.rejects import reject_rows, unread

_LOOK = 100
_DAMAGED = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    ParseError,
    EOFError,
    OSError,
    TypeError,
    AttributeError,
)
Row = tuple[str, ...]


def read_excel(
    con: duckdb.DuckDBPyConnection, path: Path, *, name: str, file: str, options: ReadOptions, scratch: Path
) -> list[RawTable]:
    """The sheets with rows as temporary views `name`, `name_2`, ... Read row by row in bounded memory."""
    check_workbook(path, file, options.limits)
    tables: list[RawTable] = []
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter(
                "ignore"
            )  # openpyxl remarks on styles and extensions that we do not read
            book = load_workbook(path, read_only=True, data_only=True)
            try:
                for sheet in _chosen(book.sheetnames, options.sheets, file):
                    relation = name if not tables else f"{name}_{len(tables) + 1}"
                    if table := _read_sheet(con, book[sheet], relation, file, options, scratch):
                        tables.append(table)
            finally:
                book.close()
    except InputError:
        raise
    except _DAMAGED:
        raise InputError(
            "The workbook is cut off or damaged.", where=file, do="Open it in Excel and save it again."
        ) from None
    if not tables:
        raise InputError(
            "No sheet of the workbook holds a table with rows.", where=file, do="Export it again."
        )
    return tables


def _chosen(sheets: Sequence[str], wanted: tuple[str, ...] | None, file: str) -> list[str]:
    if wanted is None:
        return list(sheets)
    if missing := [s for s in wanted if s not in sheets]:
        raise InputError(f"There is no sheet '{missing[0]}'.", where=file, do=f"It has: {', '.join(sheets)}.")
    return list(wanted)


def _read_sheet(
    con: duckdb.DuckDBPyConnection, sheet: Any, name: str, file: str, options: ReadOptions, scratch: Path
) -> RawTable | None:
    if not hasattr(sheet, "iter_rows"):
        return None  # a chart on a sheet of its own
    sheet.reset_dimensions()  # some writers declare a single cell
    rows = _rows(sheet, file, options)
    head = list(itertools.islice(rows, _LOOK))
    if len(head) < 2:
        return None
    before, names, width = find_header(_even(head), options.header)
    if names and sum(len(row) >= width for row in head[before:]) * 2 < len(head) - before:
        names = names[: len(head[before - 1])]  # a few rows that are too long do not widen the table
        width = len(names)
    columns = unique_columns(names or [""] * width)
    target = scratch / "sheet.csv"
    where = f"{file} [{sheet.title}]"
    rejected, number = [], 0
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for number, row in enumerate(itertools.chain(head[before:], rows), start=1):
            if len(row) > width:
                rejected.append(
                    (where, number, "", " | ".join(row), Message(OTHER_CELLS, fields=len(row), width=width))
                )
            else:
                writer.writerow([number, *row, *[""] * (width - len(row))])
    if not number:
        return None
    reject_rows(con, rejected)
    count = load_clean(con, target, name, columns, options.limits.line)
    twice = repeated(columns)
    remarks = [Message(RENAMED, columns=", ".join(twice))] if twice else []
    if rejected:
        remarks.append(unread(len(rejected)))
    dialect = Dialect("excel", header=before if names else 0)
    return RawTable(name, columns, count, file, dialect, sheet.title, len(rejected), tuple(remarks))


def _even(rows: Sequence[Row]) -> list[Row]:
    """Rows of equal length: a workbook leaves out empty cells at the end of a row."""
    width = max(len(row) for row in rows)
    titles = [row for row in rows if len(row) * 2 > width]
    usual = max(len(row) for row in titles) if titles else width
    return [row + ("",) * (usual - len(row)) if len(row) * 2 > usual else row for row in rows]


def _rows(sheet: Any, file: str, options: ReadOptions) -> Iterator[Row]:
    """Rows that are not blank, without the empty cells at their end. Raises InputError beyond the limits."""
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > options.limits.sheet_rows or len(cells) > max(options.limits.columns, 16_384):
            raise InputError("The sheet is larger than Excel allows.", where=file, do="Export it as CSV.")
        row = [_text(cell) for cell in cells]
        while row and not row[-1]:
            row.pop()
        if row:
            yield tuple(row)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d") if cell.time() == time() else cell.isoformat(" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).strip()
