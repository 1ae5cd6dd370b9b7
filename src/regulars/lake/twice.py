"""Which rows of millions may stand twice: by sorting one number a row, which is much quicker than grouping."""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]


def sorted_hashes(con: duckdb.DuckDBPyConnection, expressions: str, rows: str) -> Hashes:
    """The hash of `expressions` (SQL) in each of `rows` (a FROM clause), as `hash` gives them, ascending.

    Each takes eight bytes. A hash table of as many different values takes nine times the room and four times the time,
    since nearly every row is a group of its own.
    """
    # hash() is never null, so that this is no masked array.
    found: Hashes = con.execute(f"SELECT hash({expressions}) AS h FROM {rows}").fetchnumpy()["h"]
    found.sort()
    return found


def twice(hashes: Hashes) -> pa.Array:
    """Those of the sorted hashes that more than one row has."""
    found = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    # pa.array() of a NumPy array would load pandas, which takes longer than all else for a small file.
    return pa.Array.from_buffers(pa.uint64(), len(found), [None, pa.py_buffer(found)])


def hashes_twice(con: duckdb.DuckDBPyConnection, expressions: str, rows: str) -> pa.Array:
    """The hashes of `expressions` that more than one of `rows` has; see `sorted_hashes`."""
    return twice(sorted_hashes(con, expressions, rows))


def any_in_both(one: Hashes, other: Hashes) -> bool:
    """Whether two sorted arrays have a hash in common; looks the fewer up among the more."""
    few, many = sorted((one, other), key=len)
    if not len(few):
        return False
    places = np.searchsorted(many, few)
    return bool((many[np.minimum(places, len(many) - 1)] == few).any())
