"""Parquet: read in place, with its own types; nothing is copied to text."""

from __future__ import annotations

from pathlib import Path

import duckdb

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import literal, quoted
from regulars.sources.reading.names import unique_columns
from regulars.sources.reading.patterns import plain
from regulars.sources.reading.query import row
from regulars.sources.reading.raw import ROW, Dialect, RawTable


def read_parquet(
    con: duckdb.DuckDBPyConnection, path: Path, *, name: str, file: str, lasting: bool = True
) -> RawTable:
    """A Parquet file as a temporary view over the file, or a copy of it where the file will not last."""
    source = f"read_parquet({literal(plain(path))}, file_row_number = true)"
    try:
        described = con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {source}").fetchall()
        rows = int(row(con, f"SELECT count(*) FROM {source}")[0])
    except duckdb.Error:
        raise InputError(
            "The Parquet file is cut off or damaged.", where=file, do="Export or copy it again."
        ) from None
    if not rows:
        raise InputError("The file has columns but no rows.", where=file, do="Export it again.")
    columns = unique_columns([d[0] for d in described], [str(d[1]) for d in described])
    chosen = ", ".join(
        f"{quoted(d[0])} AS {quoted(column.name)}" for d, column in zip(described, columns, strict=True)
    )
    select = f"SELECT {chosen}, file_row_number + 1 AS {ROW} FROM {source}"
    if not lasting:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name + '__raw')} AS {select}")
        select = f"SELECT * FROM temp.main.{quoted(name + '__raw')}"
    con.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {select}")
    return RawTable(name, columns, rows, file, Dialect("parquet", header=0))
