"""Documents that stand in several places: a later export replaces the orders it repeats, a contradiction stops the import.

What is replaced is the document, never the row: two equal lines inside one invoice are real.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from regulars.kernel.errors import ConflictError
from regulars.lake.engines.duck import quoted
from regulars.lake.twice import hashes_twice
from regulars.sources.identity.addresses import normalised
from regulars.sources.loading.ask import columns_in, first, is_empty, one
from regulars.sources.loading.pieces import CUT, compare_pieces
from regulars.sources.loading.stage import Part, numbers_in, put_away, rows_among
from regulars.sources.mapping.compile import numbered
from regulars.sources.messages import Message

STAGE = "stage_orders"
# Two rows of one order number must agree in these, where both say something.
_IDENTIFYING = (("external_id", "id"), ("currency", "currency"), ("customer", "customer"))


def drop_repeats(
    con: duckdb.DuckDBPyConnection, fields: frozenset[str], files: dict[int, str], parts: list[Part]
) -> list[Message]:
    """Leave each document once, from the latest export that has it; `dropped` (_file, rows) counts the others.

    Returns what is worth knowing: documents whose contents differ, and those that the end of a file cut in two.
    Raises ConflictError where the same number has another id, currency or customer.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE dropped (_file INTEGER, rows BIGINT)")
    times = [f"{quoted(name)}::TIMESTAMP" for name in ("at", "local_day") if name in fields]
    clock = f"coalesce({', '.join(times)}, NULL)"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE exports AS SELECT source, _file, _part, {_has_lines(con)} AS lines, "
        f"row_number() OVER (ORDER BY max({clock}), _file, _part) AS rank, "
        "min(_row) AS first_row, max(_row) AS last_row "
        f"FROM {STAGE} GROUP BY source, _file, _part"
    )
    suspected = _find_repeated(con, parts)
    if is_empty(con, "repeated"):
        return []
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE repeats AS SELECT s.*, e.rank, e.lines AS by_line "
        f"FROM {suspected} s SEMI JOIN repeated USING (source, order_id) JOIN exports e USING (source, _file, _part)"
    )
    _refuse_conflicts(con, fields, files)
    remarks = compare_pieces(con, fields)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE superseded AS
        SELECT _file, _row, _line, _bad FROM repeats ANTI JOIN {CUT} USING (source, order_id)
        QUALIFY rank < max(rank) OVER (PARTITION BY source, order_id)
            OR (NOT by_line AND _row < max(_row) OVER (PARTITION BY source, order_id, rank))"""
    )
    con.execute("INSERT INTO dropped SELECT _file, count(DISTINCT _row) FROM superseded GROUP BY _file")
    put_away(con, "orders", "superseded")
    return remarks


def _has_lines(con: duckdb.DuckDBPyConnection) -> str:
    """Whether the rows of an export are lines; a row with a list of lines in it is a document as a whole."""
    return "bool_or(_kind IS NOT NULL) AND max(_line) = 0" if "_kind" in columns_in(con, STAGE) else "false"


def _find_repeated(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> str:
    """Make `repeated` (source, order_id): documents in several exports, or in several rows where a row is an order.

    Returns the relation in which all their rows are found.
    """
    exports, by_line = one(con, "SELECT count(*), coalesce(bool_and(lines), false) FROM exports")
    if exports <= 1 and by_line:
        con.execute("CREATE OR REPLACE TEMP TABLE repeated (source VARCHAR, order_id VARCHAR)")
        return STAGE
    suspected = STAGE
    if not by_line:
        # Rows are orders, as a rule without repeats: those that have a number twice are looked for by its hash.
        several = one(con, "SELECT count(DISTINCT source) > 1 FROM exports")[0]
        order = numbered("order_id") if "order_id" in numbers_in(parts) else "order_id"
        key = f"source, {order}" if several else order
        con.register("_alike", pa.table({"h": hashes_twice(con, key, STAGE)}))
        con.execute("CREATE OR REPLACE TEMP TABLE alike AS FROM _alike")
        con.unregister("_alike")
        suspected = "suspected"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE alike_rows AS SELECT _file, _row FROM {STAGE} SEMI JOIN alike ON alike.h = hash({key})"
        )
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {suspected} AS {rows_among('orders', parts, 'alike_rows')}"
        )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT source, order_id FROM {suspected} "
        "JOIN exports USING (source, _file, _part) GROUP BY ALL "
        "HAVING min(rank) <> max(rank) OR (min(_row) <> max(_row) AND NOT bool_and(lines))"
    )
    return suspected


def _refuse_conflicts(con: duckdb.DuckDBPyConnection, fields: frozenset[str], files: dict[int, str]) -> None:
    for column, word in _IDENTIFYING:
        claim = _claim(column, fields)
        if claim is None:
            continue
        found = first(
            con,
            f"""WITH shown AS (SELECT source, order_id, _file, _row, {claim} AS said FROM repeats)
            SELECT a.source, a.order_id, a._file, a._row, a.said, b._file, b._row, b.said
            FROM shown a JOIN shown b ON a.source = b.source AND a.order_id = b.order_id AND a.said < b.said
            ORDER BY a.source, a.order_id, a._file, a._row, b._file, b._row LIMIT 1""",
        )
        if found is not None:
            raise _between_rows(found, word, files)


def _between_rows(found: tuple[Any, ...], word: str, files: dict[int, str]) -> ConflictError:
    source, order, file_a, row_a, said_a, file_b, row_b, said_b = found
    here, there = f"{files[file_a]}, row {row_a}", f"{files[file_b]}, row {row_b}"
    return conflict(source, order, word, here, said_a, there, said_b)


def conflict(
    source: str, order: str, word: str, here: str, said: str, there: str, other: str
) -> ConflictError:
    """The error for one order number that means two orders; both rows are shown."""
    return ConflictError(
        f"Order {order} of source '{source}' stands here twice with another {word}, so these are two orders, "
        f"not a replacement; nothing was imported:\n  {here}: {word} {said}\n  {there}: {word} {other}",
        do="If the files come from two shops, name them: --source shop_a=FILE --source shop_b=FILE. "
        "Otherwise correct one of the rows.",
    )


def _claim(column: str, fields: frozenset[str]) -> str | None:
    if column != "customer":
        return quoted(column) if column in fields else None
    if "customer_id" in fields:
        return "customer_id"
    return normalised("email") if "email" in fields else None


def refuse_torn_documents(
    con: duckdb.DuckDBPyConnection, fields: frozenset[str], files: dict[int, str]
) -> None:
    """Lines of one document must agree on customer, currency and id too. Raises ConflictError."""
    for column, word in _IDENTIFYING:
        claim = _claim(column, fields)
        if claim is None:
            continue
        found = first(
            con,
            f"""SELECT source, order_id, arg_min(_file, said), arg_min(_row, said), min(said),
                arg_max(_file, said), arg_max(_row, said), max(said)
            FROM (SELECT source, order_id, _file, _row, {claim} AS said FROM {STAGE} WHERE _kind IS NOT NULL)
            GROUP BY source, order_id HAVING min(said) < max(said) ORDER BY source, order_id LIMIT 1""",
        )
        if found is not None:
            raise _between_rows(found, word, files)
