"""Staging: one pass over the raw tables of a fact table, then the rows that cannot be used go to the rejects."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from regulars.lake.engines.duck import literal, quoted
from regulars.lake.tables.declare import Column, Type
from regulars.sources.loading.ask import is_empty
from regulars.sources.mapping.compile import Staged
from regulars.sources.mapping.fields import LINE_FIELDS, fields_of
from regulars.sources.mapping.model import Feed
from regulars.sources.messages import SIBLING
from regulars.sources.reading.raw import RawTable
from regulars.sources.reading.rejects import ensure_rejects


@dataclass(frozen=True)
class Part:
    """One raw table feeding one fact table; `file` numbers the raw table within this load."""

    file: int
    source: str
    raw: RawTable
    feed: Feed
    staged: Staged

    @property
    def may_skip(self) -> bool:
        """Whether the feed may leave rows of the raw table alone."""
        return bool(self.feed.where or self.feed.each)

    @property
    def is_light(self) -> bool:
        """Whether the staged rows are the file's own, so that reading them again costs little."""
        return self.feed.grain == "order" and not self.feed.each and not self.feed.joins


def stage_name(table: str) -> str:
    """The view of a fact table's staged rows, without those that were put away."""
    return f"stage_{table}"


def make_stage(con: duckdb.DuckDBPyConnection, table: str, parts: list[Part]) -> None:
    """Make the view `stage_<table>` of all parts, and put the rows that cannot be used away to `rejects`.

    `taken` (_file, _row) tells which rows of those files came in of which a feed may skip some.
    """
    # An empty head gives every field its type: a constant NULL of one file would otherwise be an integer.
    heads = ", ".join(
        f"NULL::{Column(name, kind, '').duckdb} AS {quoted(name)}"
        for name, kind in _types(table, parts).items()
    )
    union = " UNION ALL BY NAME ".join(
        ([f"SELECT {heads} WHERE false"] if len(parts) > 1 else [])
        + [_still_there(table, part) for part in parts]
    )
    drop_stage(con, table)
    con.execute(f"CREATE TABLE {_away(table)} (_file INTEGER, _row BIGINT, _line BIGINT)")
    if _is_read_anew(parts):
        # Reading twice what is cheap to read takes less time and room than a copy of it.
        con.execute(f"CREATE TEMP VIEW {stage_name(table)} AS {union}")
    else:
        con.execute(f"CREATE TABLE {_rows(table)} AS {union}")
        con.execute(f"CREATE TEMP VIEW {stage_name(table)} AS FROM {_rows(table)}")
    con.execute("CREATE TEMP TABLE IF NOT EXISTS taken (_file INTEGER, _row BIGINT)")
    for part in (part for part in parts if part.may_skip):
        con.execute(
            f"INSERT INTO taken SELECT DISTINCT _file, _row FROM {stage_name(table)} WHERE _file = {part.file}"
        )
    ensure_rejects(con)
    if not any(part.staged.checks for part in parts):
        return
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE bad AS SELECT source, _file, _row, _line, _bad FROM {stage_name(table)} WHERE _bad > 0"
    )
    if is_empty(con, "bad"):
        return
    for part in parts:
        _reject(con, part)
    if any(part.feed.grain == "line" for part in parts):
        _reject_siblings(con, table, parts)
    put_away(con, table, "bad")


def _is_read_anew(parts: list[Part]) -> bool:
    """Whether a stage is no more than a view. Not where one row of a file makes several facts: each may go by itself."""
    return all(part.is_light for part in parts) and len({part.file for part in parts}) == len(parts)


def put_away(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    """Take the rows named by `rows` (_file, _row, _line, _bad) out of a stage."""
    con.execute(f"INSERT INTO {_away(table)} SELECT _file, _row, _line FROM {rows}")
    if not is_empty(con, f"(SELECT 1 FROM duckdb_tables() WHERE table_name = {literal(_rows(table))})"):
        con.execute(
            f"DELETE FROM {_rows(table)} s USING {rows} a "
            "WHERE s._file = a._file AND s._row = a._row AND s._line = a._line AND s._bad = a._bad"
        )


def drop_stage(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Give back the room of a stage."""
    con.execute(f"DROP VIEW IF EXISTS {stage_name(table)}")
    for name in (_rows(table), _away(table)):
        con.execute(f"DROP TABLE IF EXISTS {name}")


def _still_there(table: str, part: Part) -> str:
    """A part's rows; where they are read anew each time, without those put away."""
    if not part.is_light:
        return part.staged.read()
    away = f"SELECT _row FROM {_away(table)} WHERE _file = {part.file}"
    return part.staged.read(f"ANTI JOIN ({away}) gone ON gone._row = r._row")


def rows_among(table: str, parts: list[Part], keys: str) -> str:
    """A SELECT of those staged rows that stand in `keys` (_file, _row)."""
    if not _is_read_anew(parts):
        return f"SELECT s.* FROM {stage_name(table)} s SEMI JOIN {keys} USING (_file, _row)"
    # Chosen before they are read: reading ten million rows to keep a few costs far more.
    return " UNION ALL BY NAME ".join(
        part.staged.read(
            f"SEMI JOIN (SELECT _row FROM {keys} WHERE _file = {part.file}) k ON k._row = r._row"
        )
        for part in parts
    )


def _rows(table: str) -> str:
    return f"stage_{table}_rows"


def _away(table: str) -> str:
    return f"stage_{table}_away"


def fields_in(parts: list[Part]) -> frozenset[str]:
    """The fields that any part feeds."""
    return frozenset(name for part in parts for name in part.staged.fields)


def numbers_in(parts: list[Part]) -> frozenset[str]:
    """The identifiers that are numbers in all parts."""
    return frozenset.intersection(*(part.staged.numbers for part in parts)) if parts else frozenset()


def _types(table: str, parts: list[Part]) -> dict[str, Type]:
    kinds = {**fields_of(table), **{f"line_{name}": kind for name, kind in LINE_FIELDS.items()}}
    return {name: kind for name, kind in kinds.items() if name in fields_in(parts)}


def _reject(con: duckdb.DuckDBPyConnection, part: Part) -> None:
    if not part.staged.checks:
        return
    column = " ".join(f"WHEN {c.code} THEN {literal(c.column)}" for c in part.staged.checks)
    value = " ".join(f"WHEN {c.code} THEN left(({c.raw})::VARCHAR, 500)" for c in part.staged.checks)
    reason = " ".join(f"WHEN {c.code} THEN {literal(c.reason)}" for c in part.staged.checks)
    codes = ", ".join(str(c.code) for c in part.staged.checks)
    # What all lines in a list share, such as their order's day, is said once.
    once, same_line = ("DISTINCT ", " AND b._line = coalesce(e.place, 0)") if part.feed.each else ("", "")
    con.execute(
        f"INSERT INTO rejects SELECT {once}{literal(part.raw.where)}, r._row, CASE b._bad {column} END, "
        f"CASE b._bad {value} END, CASE b._bad {reason} END "
        f"FROM {part.staged.from_rows} JOIN (SELECT _row, _line, _bad FROM bad WHERE _file = {part.file} AND _bad IN ({codes})) b "
        f"ON b._row = r._row{same_line}"
    )


def _reject_siblings(con: duckdb.DuckDBPyConnection, table: str, parts: list[Part]) -> None:
    """A document with an unusable row would have a wrong total: all of it is rejected."""
    names = " ".join(f"WHEN {part.file} THEN {literal(part.raw.where)}" for part in parts)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE siblings AS SELECT s.source, s._file, s._row, s._line, s._bad, s.order_id
        FROM {stage_name(table)} s SEMI JOIN (
            SELECT DISTINCT s.source, s._file, s.order_id FROM {stage_name(table)} s SEMI JOIN bad USING (_file, _row, _line)) b
        USING (source, _file, order_id) WHERE s._bad = 0 AND s._kind IS NOT NULL"""
    )
    con.execute(
        f"INSERT INTO rejects SELECT CASE _file {names} END, _row, 'order_id', order_id, {literal(SIBLING)} "
        "FROM siblings ANTI JOIN bad USING (_file, _row)"  # of a list's other lines their row has been said
    )
    con.execute("INSERT INTO bad SELECT source, _file, _row, _line, _bad FROM siblings")
