"""Small questions to DuckDB, read to their end: an unfinished result blocks the connection."""

from __future__ import annotations

from typing import Any

import duckdb


def first(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...] | None:
    """The first row of an answer, None where there is none."""
    rows = con.execute(query).fetchall()
    return rows[0] if rows else None


def one(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The only row of an answer."""
    found: tuple[Any, ...] = con.execute(query).fetchall()[0]
    return found


def is_empty(con: duckdb.DuckDBPyConnection, relation: str) -> bool:
    """Whether a table or view has no row."""
    return not con.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchall()


def columns_in(con: duckdb.DuckDBPyConnection, relation: str) -> frozenset[str]:
    """The names of a relation's columns."""
    return frozenset(row[0] for row in con.execute(f"DESCRIBE {relation}").fetchall())
