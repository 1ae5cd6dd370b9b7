"""Large text tables on disk, in columns and typed where that loses nothing: a tenth of the room, and quick to read again.

A column is stored as a type if every text is exactly what that type writes ('0042' is not: it stays a text). The texts
are given back by a cast, so that nobody needs to know; who can use the type finds it in `RawColumn.stored`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from regulars.lake.engines.duck import literal, quoted
from regulars.lake.engines.parquet import ENCODING
from regulars.sources.reading.query import ordered, row
from regulars.sources.reading.raw import ROW, RawColumn

LARGE = 64_000_000  # bytes of a text file from which on its rows are put on disk instead of in memory
_SAMPLE = 20_000
_TYPES = ("BIGINT", "TIMESTAMP", "DATE", "DECIMAL(18,2)", "DECIMAL(18,1)", "DECIMAL(18,3)", "DECIMAL(18,4)")
_LOSES = "regulars: a text of column "


def stored_name(n: int) -> str:
    """The column of a raw table's view that holds its `n`th column as its stored type."""
    return f"{ROW}_typed_{n}"


def read_typed(
    con: duckdb.DuckDBPyConnection, reader: str, name: str, columns: Sequence[RawColumn], folder: Path
) -> tuple[RawColumn, ...]:
    """Make the temporary view `name` of `reader` (a table function with the texts c0, c1, ...), kept in `folder`.

    Returns the columns with what they are stored as. Raises DuckDB's error where the file cannot be read.
    """
    path = folder / f"{name}.parquet"
    types = _likely(con, reader, len(columns))
    while True:
        try:
            with ordered(con):
                con.execute(
                    f"COPY ({_select(reader, len(columns), types)}) TO {literal(str(path))} "
                    f"(FORMAT parquet, COMPRESSION lz4_raw, {ENCODING})"
                )
            break
        except duckdb.InvalidInputException as error:
            found = re.search(re.escape(_LOSES) + r"(\d+)", str(error))
            if found is None:
                raise
            del types[int(found[1])]
    chosen = [f"c{n}{'::VARCHAR' if n in types else ''} AS {quoted(c.name)}" for n, c in enumerate(columns)]
    chosen += [f"c{n} AS {quoted(stored_name(n))}" for n in types]
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT {', '.join(chosen)}, file_row_number + 1 AS {ROW} "
        f"FROM read_parquet({literal(str(path))}, file_row_number = true)"
    )
    return tuple(replace(column, stored=types.get(n, "")) for n, column in enumerate(columns))


def _likely(con: duckdb.DuckDBPyConnection, reader: str, width: int) -> dict[int, str]:
    """By column the first type that keeps all texts of the first rows as they are."""
    tests = ", ".join(
        f"coalesce(bool_and(coalesce(TRY_CAST(c{n} AS {kind})::VARCHAR = c{n}, false)) FILTER (c{n} IS NOT NULL), false)"
        for n in range(width)
        for kind in _TYPES
    )
    kept = row(con, f"SELECT {tests} FROM (FROM {reader} LIMIT {_SAMPLE})")
    found: dict[int, str] = {}
    for n in range(width):
        kinds = [kind for kind, fits in zip(_TYPES, kept[n * len(_TYPES) :], strict=False) if fits]
        if kinds:
            found[n] = kinds[0]
    return found


def _select(reader: str, width: int, types: dict[int, str]) -> str:
    """The rows with their types; a text that its type would change stops the query."""
    tried = ", ".join(f"TRY_CAST(c{n} AS {kind}) AS t{n}" for n, kind in types.items())
    chosen = ", ".join(
        f"CASE WHEN t{n}::VARCHAR IS DISTINCT FROM c{n} THEN error({literal(_LOSES + str(n))}) ELSE t{n} END AS c{n}"
        if n in types
        else f"c{n}"
        for n in range(width)
    )
    return f"SELECT {chosen} FROM (SELECT *{', ' + tried if tried else ''} FROM {reader})"
