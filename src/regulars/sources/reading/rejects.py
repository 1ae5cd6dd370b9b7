"""Rejects: what could not be used, with file, row, column, value and reason. Personal data: never part of a lake."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from regulars.sources.messages import UNREAD, Message

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


def reject_rows(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[str, int, str, str, str]]) -> None:
    """Add (file, row, column, value, reason) to `rejects`, values cut to `VALUE_LENGTH`."""
    if not rows:
        return
    cut = [(file, row, column, value[:VALUE_LENGTH], reason) for file, row, column, value, reason in rows]
    add_rejects(con, pa.Table.from_arrays([pa.array(part) for part in zip(*cut, strict=True)], schema=SCHEMA))


def unread(number: int) -> Message:
    """The remark on records that could not be read at all."""
    return Message(UNREAD, rows=number)
