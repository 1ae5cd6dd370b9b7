"""Loading the plain CSV that our own careful readers write: a number in front, then the fields."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from regulars.lake.engines.duck import literal, quoted
from regulars.sources.reading.patterns import plain
from regulars.sources.reading.query import count
from regulars.sources.reading.raw import ROW, RawColumn


def load_clean(
    con: duckdb.DuckDBPyConnection, path: Path, name: str, columns: Sequence[RawColumn], longest: int
) -> int:
    """Make the temporary view `name` of a file of `_row` and `columns`; the number of rows."""
    raw = quoted(f"{name}__raw")
    declared = ", ".join([f"'{ROW}': 'BIGINT'", *(f"'c{n}': 'VARCHAR'" for n in range(len(columns)))])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT * FROM read_csv({literal(plain(path))}, auto_detect = false, "
        f"delim = ',', quote = '\"', escape = '\"', header = false, columns = {{{declared}}}, "
        f"max_line_size = {longest * 2})"
    )
    chosen = ", ".join(f"c{n} AS {quoted(c.name)}" for n, c in enumerate(columns))
    con.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT {chosen}, {ROW} FROM temp.main.{raw}")
    return count(con, name)
