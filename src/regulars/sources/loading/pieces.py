"""Documents that several exports have: which differ, and which one the end of an export cut in two.

A document is taken for cut, and put together, where all of this holds: it is the only one that two exports share; in
one it ends with the last row, in the other it begins with the first; it does not fill either; and no line of the one
piece stands in the other. Exports that overlap share several documents, or equal lines, and there the later one counts.
"""

from __future__ import annotations

import duckdb

from regulars.lake.engines.duck import quoted
from regulars.sources.loading.ask import columns_in, one
from regulars.sources.messages import CHANGED, PUT_TOGETHER, Message

CUT = "cut_documents"  # table (source, order_id) of documents that were put together


def compare_pieces(con: duckdb.DuckDBPyConnection, fields: frozenset[str]) -> list[Message]:
    """Make the table CUT from the table `repeats` (staged rows of repeated documents) and `exports`; returns remarks."""
    known = columns_in(con, "repeats")
    values = ", ".join(quoted(name) for name in sorted((fields | {"_kind", "_amount"}) & known))
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE pieces AS
        SELECT source, order_id, rank, bool_and(by_line) AS by_line, min(_row) AS first, max(_row) AS last,
            sum(hash({values})) AS content
        FROM repeats GROUP BY source, order_id, rank, CASE WHEN by_line THEN 0 ELSE _row END"""
    )
    _find_cut(con, sorted(name for name in known if name.startswith("line_") or name in ("_kind", "_amount")))
    (changed,) = one(
        con,
        f"""SELECT count(*) FROM (SELECT source, order_id FROM pieces ANTI JOIN {CUT} USING (source, order_id)
        GROUP BY ALL HAVING min(content) <> max(content))""",
    )
    (cut,) = one(con, f"SELECT count(*) FROM {CUT}")
    counts = ((CHANGED, changed), (PUT_TOGETHER, cut))
    return [Message(text, documents=documents) for text, documents in counts if documents]


def _find_cut(con: duckdb.DuckDBPyConnection, line: list[str]) -> None:
    if not line:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {CUT} (source VARCHAR, order_id VARCHAR)")
        return
    lines = f"SELECT source, order_id, rank, hash({', '.join(map(quoted, line))}) AS line FROM repeats"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {CUT} AS
        WITH pairs AS (
            SELECT a.source, a.order_id, a.rank AS one, b.rank AS other,
                a.first AS a_first, a.last AS a_last, b.first AS b_first, b.last AS b_last
            FROM pieces a JOIN pieces b USING (source, order_id)
            WHERE a.rank < b.rank AND a.by_line AND b.by_line
            QUALIFY count(*) OVER (PARTITION BY a.rank, b.rank) = 1
                AND count(*) OVER (PARTITION BY a.source, a.order_id) = 1),
        alike AS (SELECT DISTINCT a.source, a.order_id FROM ({lines}) a JOIN ({lines}) b
            USING (source, order_id, line) WHERE a.rank < b.rank)
        SELECT p.source, p.order_id FROM pairs p JOIN exports e ON e.rank = p.one JOIN exports f ON f.rank = p.other
        ANTI JOIN alike ON alike.source = p.source AND alike.order_id = p.order_id
        WHERE (a_last = e.last_row AND b_first = f.first_row AND a_first > e.first_row AND b_last < f.last_row)
            OR (b_last = f.last_row AND a_first = e.first_row AND b_first > f.first_row AND a_last < e.last_row)"""
    )
