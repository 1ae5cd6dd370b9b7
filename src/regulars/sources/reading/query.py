"""Small questions to DuckDB, each result read to its end: a connection with an unfinished result refuses further work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from regulars.lake.engines.duck import quoted


def row(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    """The one row of an answer."""
    found: tuple[Any, ...] = con.execute(sql).fetchall()[0]
    return found


def count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    """The number of rows of a relation."""
    return int(row(con, f"SELECT count(*) FROM {quoted(relation)}")[0])


@contextmanager
def ordered(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Within it DuckDB keeps the order of rows, so that a new table's `rowid` is the place in the file."""
    before = bool(row(con, "SELECT current_setting('preserve_insertion_order')")[0])
    con.execute("SET preserve_insertion_order = true")
    try:
        yield
    finally:
        con.execute(f"SET preserve_insertion_order = {str(before).lower()}")
