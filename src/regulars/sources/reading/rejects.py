"""Rejects: what could not be used, with file, row, column, value and reason. Personal data: never part of a lake."""

from __future__ import annotations

import duckdb
import pyarrow as pa

REJECTS = "rejects"
SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
    ]
)
VALUE_LENGTH = 500  # characters of a refused value that are kept


def ensure_rejects(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `rejects` (file, row, column, value, reason) where it is missing."""
    con.execute(
        f'CREATE TABLE IF NOT EXISTS {REJECTS} ("file" VARCHAR, "row" BIGINT, "column" VARCHAR, '
        '"value" VARCHAR, "reason" VARCHAR)'
    )


def add_rejects(con: duckdb.DuckDBPyConnection, rows: pa.Table) -> None:
    """Add rows of `SCHEMA` to `rejects`."""
    ensure_rejects(con)
    con.register("_rejected", rows)
    con.execute(f"INSERT INTO {REJECTS} SELECT * FROM _rejected")
    con.unregister("_rejected")
