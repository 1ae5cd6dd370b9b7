"""The door: any file to raw tables in DuckDB."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import duckdb

from regulars.kernel.errors import InputError
from regulars.sources.reading.csvs import read_csv
from regulars.sources.reading.jsons import read_json
from regulars.sources.reading.kind import check_path, find_kind
from regulars.sources.reading.packed import unpack
from regulars.sources.reading.parquet import read_parquet
from regulars.sources.reading.raw import RawTable, ReadOptions


def open_file(
    con: duckdb.DuckDBPyConnection, path: str | Path, *, name: str, options: ReadOptions | None = None
) -> list[RawTable]:
    """The tables of a file: one, or one for each sheet of a workbook that has rows.

    Each becomes a temporary view called `name` (further sheets `name_2`, `name_3`, ...) with the file's columns and
    `_row`. Temporary relations belong to `con` alone; cursors made from it do not see them. Records that cannot be
    read go to the table `rejects`. Nothing of the file stays on disk beyond DuckDB's own temporary storage, except
    that Parquet is read in place. Raises InputError for whatever is no usable table, with what to do.
    """
    options = options or ReadOptions()
    source = check_path(Path(path))
    with tempfile.TemporaryDirectory(prefix=f"regulars-{os.getpid()}-") as folder:
        scratch = Path(folder)
        kind, packed = find_kind(source), ""
        file = source.name
        unpacked = source
        if kind in ("gz", "zip"):
            packed = kind
            unpacked = unpack(source, scratch, kind, options.limits)
            kind = find_kind(unpacked, shown=file)
        tables = _read(con, unpacked, kind, name, file, options, scratch, lasting=not packed)
    return [replace(t, dialect=replace(t.dialect, packed=packed)) for t in tables] if packed else tables


def _read(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    kind: str,
    name: str,
    file: str,
    options: ReadOptions,
    scratch: Path,
    *,
    lasting: bool,
) -> list[RawTable]:
    if kind == "excel":
        from regulars.sources.reading.excel import read_excel  # noqa: PLC0415 - openpyxl is slow to load

        return read_excel(con, path, name=name, file=file, options=options, scratch=scratch)
    if kind == "parquet":
        return [read_parquet(con, path, name=name, file=file, lasting=lasting)]
    if kind in ("json", "ndjson"):
        return [
            read_json(
                con, path, name=name, file=file, lines=kind == "ndjson", options=options, scratch=scratch
            )
        ]
    if kind in ("gz", "zip"):
        raise InputError(
            "A compressed file within a compressed file is not read.", where=file, do="Unpack it once."
        )
    return [read_csv(con, path, name=name, file=file, options=options, scratch=scratch)]
