"""The rejects file: rows that could not be used. It holds personal data, so only its owner may read it."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from regulars.lake.engines.duck import literal
from regulars.sources.loading.ask import is_empty

_COLUMNS = ("file", "row", "column", "value", "reason")


def write_rejects(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Write the table `rejects` as CSV, private and free of spreadsheet formulas; no file where nothing was rejected."""
    if is_empty(con, "rejects"):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made private before anything stands in it.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    path.chmod(0o600)
    chosen = ", ".join(
        f'{neutral(column)} AS "{column}"' if column != "row" else '"row"' for column in _COLUMNS
    )
    con.execute(
        f'COPY (SELECT {chosen} FROM rejects ORDER BY "file", "row", "column") TO {literal(str(path))} '
        "(FORMAT csv, HEADER, USE_TMP_FILE false)"
    )
    return True


def neutral(column: str) -> str:
    """SQL for a text that no spreadsheet takes for a formula."""
    return f"CASE WHEN regexp_matches(\"{column}\", '^[=+\\-@\\t\\r]') THEN '''' || \"{column}\" ELSE \"{column}\" END"
