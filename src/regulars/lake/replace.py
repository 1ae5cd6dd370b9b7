"""Replacing by key: which rows give way, which files hold them, and what is written instead. SQL for DuckDB."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from regulars.kernel.errors import ConflictError, LakeError
from regulars.lake.engines.parquet import quoted, rows_of
from regulars.lake.tables import Column, Table
from regulars.lake.twice import Hashes, any_in_both, sorted_hashes, twice

_FIRST_ROWS = 1000
_NEW, _OLD, _SAME, _CHANGED = "_lake_new_groups", "_lake_old_groups", "_lake_same", "_lake_changed"


def incoming(con: duckdb.DuckDBPyConnection, table: Table, relation: str) -> str:
    """A SELECT of a relation's rows with the table's columns; those that it lacks are null.

    Raises LakeError for columns that the table does not have.
    """
    have = {row[0]: row[1] for row in con.execute(f"DESCRIBE SELECT * FROM {quoted(relation)}").fetchall()}
    strange = sorted(set(have) - set(table.names))
    if strange:
        raise LakeError(
            f"{table.name} has no column {', '.join(strange)}.", where=relation,
            do=f"It has {', '.join(table.names)}.",
        )  # fmt: skip
    columns = ", ".join(f"{_given(c, have.get(c.name))} AS {quoted(c.name)}" for c in table.columns)
    return f"SELECT {columns} FROM {quoted(relation)}"


def _given(column: Column, kind: str | None) -> str:
    """A column as it is written. An enum of texts is written as texts, in two thirds of the time that a cast takes."""
    if kind is None:
        return f"NULL::{column.duckdb}"
    is_short = column.type == "text" and kind.startswith("ENUM")
    return quoted(column.name) if is_short else f"{quoted(column.name)}::{column.duckdb}"


@dataclass(frozen=True)
class Given:
    """What comes in: how many rows, the columns that have no value in any of them, and the keys' hashes, ascending."""

    rows: int
    empty: frozenset[str]
    keys: Hashes


def check(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> Given:
    """What is given. Raises ConflictError for nulls where none may be, and for a key that stands twice."""
    never_null = [c.name for c in table.columns if c.required or c.name in table.key]
    seldom = _without_values(con, rows, [name for name in table.names if name not in never_null])
    counts = [f"count(*) FILTER ({quoted(name)} IS NULL)" for name in never_null]
    counts += [f"count({quoted(name)})" for name in seldom]
    found = con.execute(f"SELECT count(*), {', '.join(counts)} FROM ({rows})").fetchone()
    assert found is not None
    missing = [name for name, nulls in zip(never_null, found[1:], strict=False) if nulls]
    if missing:
        raise ConflictError(
            f"Rows of {table.name} have no {', '.join(missing)}; the lake is unchanged.",
            do="These columns must have a value in every row.",
        )
    values = found[1 + len(never_null) :]
    empty = frozenset(name for name, n in zip(seldom, values, strict=True) if not n)
    return Given(int(found[0]), empty, _unique(con, table, rows))


def _without_values(con: duckdb.DuckDBPyConnection, rows: str, names: list[str]) -> list[str]:
    """Those of the columns that have no value in the first rows: only of them it is worth asking whether they have any."""
    if not names:
        return []
    counts = ", ".join(f"count({quoted(name)})" for name in names)
    found = con.execute(f"SELECT {counts} FROM (FROM ({rows}) LIMIT {_FIRST_ROWS})").fetchone()
    assert found is not None
    return [name for name, n in zip(names, found, strict=True) if not n]


def _unique(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> Hashes:
    """The hashes of the keys. Raises ConflictError where one stands twice."""
    keys = _list(table.key)
    # Numbers first, as texts take longer; only if two are equal are the keys themselves compared.
    hashes = _key_hashes(con, table, rows)
    if not len(twice(hashes)):
        return hashes
    double = con.execute(
        f"SELECT {keys} FROM ({rows}) GROUP BY {keys} HAVING count(*) > 1 LIMIT 3"
    ).fetchall()
    if double:
        shown = "; ".join(", ".join(map(str, key)) for key in double)
        raise ConflictError(
            f"Rows of {table.name} have the same {', '.join(table.key)}: {shown}. The lake is unchanged.",
            do="Each may stand once in what is written.",
        )
    return hashes


def _key_hashes(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> Hashes:
    # As declared: a text and an enum that says the same have different hashes.
    return sorted_hashes(con, ", ".join(f"{quoted(k)}::{table[k].duckdb}" for k in table.key), f"({rows})")


@dataclass(frozen=True)
class Plan:
    """What a replacement does. `files`: paths that lose rows; `kept`: SELECT of the rows of these that stay, and
    `removed`: how many do not; `rows`: SELECT of the incoming rows that are new or differ, and `new`: how many these
    are; `changed`: in how many groups; `everything`: the table is empty, so that nothing was compared."""

    changed: int
    files: list[str]
    kept: str
    rows: str
    new: int = 0
    removed: int = 0
    everything: bool = False


def plan(
    con: duckdb.DuckDBPyConnection, table: Table, files: list[str], there: int, rows: str, given: Given
) -> Plan:
    """Compare groups of rows (a key, or what the table `replaces` together) and find the files to rewrite.

    `there`: how many rows the files have. A group is unchanged when count and sum of row hashes agree; 64 bits a row,
    compared within one group only. Leaves temporary tables behind, which `forget` drops.
    """
    group = table.replaces or table.key
    if not files:
        return Plan(given.rows, [], rows_of(table, []), rows, given.rows, everything=True)
    if _same_by_source(con, table, files, rows):
        return Plan(0, [], "", "")
    # Far quicker than a join where much comes in; where little does, the join is quick.
    much = group == table.key and there <= given.rows
    if much and not any_in_both(_key_hashes(con, table, rows_of(table, files)), given.keys):
        return Plan(given.rows, [], rows_of(table, []), rows, given.rows)
    _compare(con, table, group, files, rows)
    same_groups, same_rows = _count(con, f"SELECT count(*), coalesce(sum(_rows), 0)::BIGINT FROM {_SAME}")
    keys = f"SELECT count(*), 0 FROM (SELECT DISTINCT {_list(group)} FROM ({rows}))"
    groups = given.rows if group == table.key else _count(con, keys)[0]
    touched = f"({rows_of(table, files, file_column='_file')}) r SEMI JOIN {_CHANGED} c ON {_equal(group, 'r', 'c')}"
    differ, _ = _count(con, f"SELECT count(*), 0 FROM {_CHANGED}")
    found = (
        con.execute(f"SELECT r._file, count(*) FROM {touched} GROUP BY 1 ORDER BY 1").fetchall()
        if differ
        else []
    )
    affected = [path for path, _ in found]
    return Plan(
        groups - same_groups,
        affected,
        f"SELECT r.* FROM ({rows_of(table, affected)}) r ANTI JOIN {_CHANGED} c ON {_equal(group, 'r', 'c')}",
        f"SELECT r.* FROM ({rows}) r ANTI JOIN {_SAME} c ON {_equal(group, 'r', 'c')}"
        if same_groups
        else rows,
        given.rows - same_rows,
        sum(lost for _, lost in found),
    )


def _compare(
    con: duckdb.DuckDBPyConnection, table: Table, group: tuple[str, ...], files: list[str], rows: str
) -> None:
    """Make `_SAME` (group, _rows), the groups that stand in the files as they come in, and `_CHANGED` (group), those
    that stand there otherwise. Groups that are new to the files cost no more than a look whether they are."""
    on = _equal(group, "n", "o")
    known = f"SELECT DISTINCT {_list(group)} FROM ({rows_of(table, files)})"
    coming = f"SELECT n.* FROM ({rows}) n SEMI JOIN ({known}) o ON {on}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_NEW} AS {_hashed(table, group, coming)}")
    old = f"SELECT o.* FROM ({rows_of(table, files)}) o SEMI JOIN {_NEW} n ON {on}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_OLD} AS {_hashed(table, group, old)}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {_SAME} AS SELECT n.* FROM {_NEW} n "
        f"SEMI JOIN {_OLD} o ON {on} AND n._rows = o._rows AND n._hash = o._hash"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {_CHANGED} AS SELECT {_list(group)} FROM {_NEW} n ANTI JOIN {_SAME} o ON {on}"
    )
    con.execute(f"DROP TABLE {_NEW}")
    con.execute(f"DROP TABLE {_OLD}")


def _count(con: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
    found: tuple[int, int] = con.execute(query).fetchall()[0]
    return found


def removal(con: duckdb.DuckDBPyConnection, table: Table, files: list[str], keys: str) -> Plan:
    """What taking out the rows does whose key stands in the relation `keys`; nothing is written instead."""
    match = _equal(table.key, "r", "c")
    gone = f"FROM ({rows_of(table, files, file_column='_file')}) r SEMI JOIN {quoted(keys)} c ON {match}"
    touched = (
        con.execute(f"SELECT r._file, count(*) {gone} GROUP BY 1 ORDER BY 1").fetchall() if files else []
    )
    affected = [path for path, _ in touched]
    kept = f"SELECT r.* FROM ({rows_of(table, affected)}) r ANTI JOIN {quoted(keys)} c ON {match}"
    lost = sum(rows for _, rows in touched)
    return Plan(lost, affected, kept, rows_of(table, []), removed=lost)


def not_there(table: Table, files: list[str], rows: str) -> str:
    """A SELECT of the incoming rows whose key is not in the files."""
    if not files:
        return rows
    keys = f"SELECT {_list(table.key)} FROM ({rows_of(table, files)})"
    return f"SELECT r.* FROM ({rows}) r ANTI JOIN ({keys}) o ON {_equal(table.key, 'r', 'o')}"


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what `plan` left behind."""
    for name in (_NEW, _OLD, _SAME, _CHANGED):
        con.execute(f"DROP TABLE IF EXISTS {name}")


def _same_by_source(con: duckdb.DuckDBPyConnection, table: Table, files: list[str], rows: str) -> bool:
    """Whether all incoming rows stand in the files already, source by source: the quick answer to a repeated import."""
    source = "source" if "source" in table.names else "NULL"
    # Counting is quick; hashing every column of every row is worth it only where the counts agree.
    for sums in ("0", f"sum({_row_hash(table)})"):
        totals = f"SELECT {source} AS s, count(*) AS n, {sums} AS h FROM ({{}}) GROUP BY 1"
        different = con.execute(
            f"SELECT count(*) FROM ({totals.format(rows)}) n ANTI JOIN ({totals.format(rows_of(table, files))}) o "
            "ON n.s IS NOT DISTINCT FROM o.s AND n.n = o.n AND n.h = o.h"
        ).fetchall()
        if different != [(0,)]:
            return False
    return True


def _hashed(table: Table, group: tuple[str, ...], rows: str) -> str:
    return (
        f"SELECT {_list(group)}, count(*) AS _rows, sum({_row_hash(table)}) AS _hash "
        f"FROM ({rows}) GROUP BY {_list(group)}"
    )


def _row_hash(table: Table) -> str:
    # A text and an enum that says the same have different hashes.
    return "hash(" + ", ".join(f"{quoted(c.name)}::{c.duckdb}" for c in table.columns) + ")"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in names)


def _equal(names: tuple[str, ...], left: str, right: str) -> str:
    return " AND ".join(f"{left}.{quoted(name)} = {right}.{quoted(name)}" for name in names)
