"""Which rows of millions may stand twice: by sorting one number a row, which is much quicker than grouping."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa


def hashes_twice(con: duckdb.DuckDBPyConnection, expressions: str, rows: str) -> pa.Array:
    """The hashes of `expressions` (SQL) that more than one of `rows` (a FROM clause) has, as `hash` gives them.

    Each takes eight bytes. A hash table of as many different values takes nine times the room and four times the time,
    since nearly every row is a group of its own.
    """
    # hash() is never null, so that this is no masked array.
    found = con.execute(f"SELECT hash({expressions}) AS h FROM {rows}").fetchnumpy()["h"]
    found.sort()
    twice = np.unique(found[1:][found[1:] == found[:-1]])
    # pa.array() of a NumPy array would load pandas, which takes longer than all else for a small file.
    return pa.Array.from_buffers(pa.uint64(), len(twice), [None, pa.py_buffer(twice)])
