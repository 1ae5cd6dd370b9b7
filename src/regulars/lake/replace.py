"""Replacing by key: which rows give way, which files hold them, and what is written instead. SQL for DuckDB."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from regulars.kernel.errors import ConflictError, LakeError
from regulars.lake.engines.parquet import quoted, rows_of
from regulars.lake.tables import Table

_NEW, _OLD, _CHANGED = "_lake_new_groups", "_lake_old_groups", "_lake_changed"


def incoming(con: duckdb.DuckDBPyConnection, table: Table, relation: str) -> str:
    """A SELECT of a relation's rows with the table's columns; those that it lacks are null.

    Raises LakeError for columns that the table does not have.
    """
    have = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {quoted(relation)}").fetchall()]
    strange = sorted(set(have) - set(table.names))
    if strange:
        raise LakeError(
            f"{table.name} has no column {', '.join(strange)}.", where=relation,
            do=f"It has {', '.join(table.names)}.",
        )  # fmt: skip
    columns = ", ".join(
        f"{quoted(c.name)}::{c.duckdb} AS {quoted(c.name)}"
        if c.name in have
        else f"NULL::{c.duckdb} AS {quoted(c.name)}"
        for c in table.columns
    )
    return f"SELECT {columns} FROM {quoted(relation)}"


def check(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> int:
    """How many rows there are. Raises ConflictError for nulls where none may be, and for a key that stands twice."""
    never_null = [c.name for c in table.columns if c.required or c.name in table.key]
    counts = ", ".join(f"count(*) FILTER ({quoted(name)} IS NULL)" for name in never_null)
    found = con.execute(f"SELECT count(*), {counts} FROM ({rows})").fetchone()
    assert found is not None
    empty = [name for name, nulls in zip(never_null, found[1:], strict=True) if nulls]
    if empty:
        raise ConflictError(
            f"Rows of {table.name} have no {', '.join(empty)}; the lake is unchanged.",
            do="These columns must have a value in every row.",
        )
    _check_unique(con, table, rows)
    return int(found[0])


def _check_unique(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> None:
    keys = _list(table.key)
    # Numbers first, as texts take longer; only if two are equal are the keys themselves compared.
    hashes = f"SELECT count(*) - count(DISTINCT hash({keys})) FROM ({rows})"
    if con.execute(hashes).fetchall() == [(0,)]:
        return
    twice = con.execute(f"SELECT {keys} FROM ({rows}) GROUP BY {keys} HAVING count(*) > 1 LIMIT 3").fetchall()
    if twice:
        shown = "; ".join(", ".join(map(str, key)) for key in twice)
        raise ConflictError(
            f"Rows of {table.name} have the same {', '.join(table.key)}: {shown}. The lake is unchanged.",
            do="Each may stand once in what is written.",
        )


@dataclass(frozen=True)
class Plan:
    """What a replacement does. `files`: paths that lose rows; `kept`: SELECT of the rows of these that stay;
    `rows`: SELECT of the incoming rows that are new or differ; `changed`: how many groups these are;
    `everything`: the table is empty, so that nothing was compared."""

    changed: int
    files: list[str]
    kept: str
    rows: str
    everything: bool = False


def plan(con: duckdb.DuckDBPyConnection, table: Table, files: list[str], rows: str) -> Plan:
    """Compare groups of rows (a key, or what the table `replaces` together) and find the files to rewrite.

    A group is unchanged when count and sum of row hashes agree; 64 bits a row, compared within one group only.
    Leaves a temporary table behind, which `forget` drops.
    """
    group = table.replaces or table.key
    if not files:
        return Plan(1, [], rows_of(table, []), rows, everything=True)
    if _same_by_source(con, table, files, rows):
        return Plan(0, [], "", "")
    on = _equal(group, "n", "o")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_NEW} AS {_hashed(table, group, rows)}")
    old = f"SELECT o.* FROM ({rows_of(table, files)}) o SEMI JOIN {_NEW} n ON {on}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_OLD} AS {_hashed(table, group, old)}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {_CHANGED} AS SELECT {_list(group)} FROM {_NEW} n "
        f"ANTI JOIN {_OLD} o ON {on} AND n._rows = o._rows AND n._hash = o._hash"
    )
    changed = con.execute(f"SELECT count(*) FROM {_CHANGED}").fetchone()
    con.execute(f"DROP TABLE {_NEW}")
    con.execute(f"DROP TABLE {_OLD}")
    match = _equal(group, "r", "c")
    touched = con.execute(
        f"SELECT DISTINCT r._file FROM ({rows_of(table, files, file_column='_file')}) r SEMI JOIN {_CHANGED} c ON {match}"
    ).fetchall()
    affected = sorted(path for (path,) in touched)
    return Plan(
        changed[0] if changed else 0,
        affected,
        f"SELECT r.* FROM ({rows_of(table, affected)}) r ANTI JOIN {_CHANGED} c ON {match}",
        f"SELECT r.* FROM ({rows}) r SEMI JOIN {_CHANGED} c ON {match}",
    )


def removal(con: duckdb.DuckDBPyConnection, table: Table, files: list[str], keys: str) -> Plan:
    """What taking out the rows does whose key stands in the relation `keys`; nothing is written instead."""
    match = _equal(table.key, "r", "c")
    gone = f"FROM ({rows_of(table, files, file_column='_file')}) r SEMI JOIN {quoted(keys)} c ON {match}"
    touched = (
        con.execute(f"SELECT r._file, count(*) {gone} GROUP BY 1 ORDER BY 1").fetchall() if files else []
    )
    affected = [path for path, _ in touched]
    kept = f"SELECT r.* FROM ({rows_of(table, affected)}) r ANTI JOIN {quoted(keys)} c ON {match}"
    return Plan(sum(rows for _, rows in touched), affected, kept, rows_of(table, []))


def not_there(table: Table, files: list[str], rows: str) -> str:
    """A SELECT of the incoming rows whose key is not in the files."""
    if not files:
        return rows
    keys = f"SELECT {_list(table.key)} FROM ({rows_of(table, files)})"
    return f"SELECT r.* FROM ({rows}) r ANTI JOIN ({keys}) o ON {_equal(table.key, 'r', 'o')}"


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what `plan` left behind."""
    for name in (_NEW, _OLD, _CHANGED):
        con.execute(f"DROP TABLE IF EXISTS {name}")


def _same_by_source(con: duckdb.DuckDBPyConnection, table: Table, files: list[str], rows: str) -> bool:
    """Whether all incoming rows stand in the files already, source by source: the quick answer to a repeated import."""
    source = "source" if "source" in table.names else "NULL"
    totals = f"SELECT {source} AS s, count(*) AS n, sum({_row_hash(table)}) AS h FROM ({{}}) GROUP BY 1"
    different = con.execute(
        f"SELECT count(*) FROM ({totals.format(rows)}) n ANTI JOIN ({totals.format(rows_of(table, files))}) o "
        "ON n.s IS NOT DISTINCT FROM o.s AND n.n = o.n AND n.h = o.h"
    ).fetchone()
    return different is not None and different[0] == 0


def _hashed(table: Table, group: tuple[str, ...], rows: str) -> str:
    return (
        f"SELECT {_list(group)}, count(*) AS _rows, sum({_row_hash(table)}) AS _hash "
        f"FROM ({rows}) GROUP BY {_list(group)}"
    )


def _row_hash(table: Table) -> str:
    return f"hash({_list(table.names)})"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in names)


def _equal(names: tuple[str, ...], left: str, right: str) -> str:
    return " AND ".join(f"{left}.{quoted(name)} = {right}.{quoted(name)}" for name in names)
