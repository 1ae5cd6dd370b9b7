"""A few customers' rows of a table that is sorted by customer: for pages about one person.

Wording such a question anew with Ibis takes longer than answering it, and it says the same on the one engine that pages ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb

from regulars.lake.engines.duck import quoted
from regulars.metrics.analysis import Analysis


def rows_of(
    analysis: Analysis, table: str, columns: Sequence[str], customers: Iterable[int]
) -> list[dict[str, Any]]:
    """These columns of the customers' rows, as they are stored, in no order."""
    among = ", ".join(str(int(number)) for number in customers)
    if not among:
        return []
    chosen = ", ".join(quoted(column) for column in columns)
    query = f"SELECT {chosen} FROM {quoted(table)} WHERE customer IN ({among})"
    found: list[dict[str, Any]] = con_of(analysis).sql(query).to_arrow_table().to_pylist()
    return found


def con_of(analysis: Analysis) -> duckdb.DuckDBPyConnection:
    """The reader's connection: the engine of a site is DuckDB."""
    con: duckdb.DuckDBPyConnection = analysis.engine.con  # type: ignore[attr-defined]
    return con
