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


def stage_name(table: str) -> str:
    """Where the staged rows of a fact table stand."""
    return f"stage_{table}"


def make_stage(con: duckdb.DuckDBPyConnection, table: str, parts: list[Part]) -> None:
    """Make `stage_<table>` of all parts, and move the rows that cannot be used to `rejects`.

    `taken` (_file, _row) tells which rows of those files came in of which a feed may skip some.
    """
    # An empty head gives every field its type: a constant NULL of one file would otherwise be an integer.
    heads = ", ".join(
        f"NULL::{Column(name, kind, '').duckdb} AS {quoted(name)}"
        for name, kind in _types(table, parts).items()
    )
    union = " UNION ALL BY NAME ".join(
        ([f"SELECT {heads} WHERE false"] if len(parts) > 1 else []) + [part.staged.select for part in parts]
    )
    con.execute(f"CREATE OR REPLACE TABLE {stage_name(table)} AS {union}")
    con.execute("CREATE TEMP TABLE IF NOT EXISTS taken (_file INTEGER, _row BIGINT)")
    for part in (part for part in parts if part.may_skip):
        con.execute(
            f"INSERT INTO taken SELECT DISTINCT _file, _row FROM {stage_name(table)} WHERE _file = {part.file}"
        )
    ensure_rejects(con)
    for part in parts:
        _reject(con, table, part)
    if any(part.feed.grain == "line" for part in parts):
        _reject_siblings(con, table, parts)
    con.execute(f"DELETE FROM {stage_name(table)} WHERE _bad > 0")


def fields_in(parts: list[Part]) -> frozenset[str]:
    """The fields that any part feeds."""
    return frozenset(name for part in parts for name in part.staged.fields)


def _types(table: str, parts: list[Part]) -> dict[str, Type]:
    kinds = {**fields_of(table), **{f"line_{name}": kind for name, kind in LINE_FIELDS.items()}}
    return {name: kind for name, kind in kinds.items() if name in fields_in(parts)}


def _reject(con: duckdb.DuckDBPyConnection, table: str, part: Part) -> None:
    bad = f"SELECT _row, _bad FROM {stage_name(table)} WHERE _file = {part.file} AND _bad > 0"
    if not part.staged.checks or is_empty(con, f"({bad})"):
        return
    column = " ".join(f"WHEN {c.code} THEN {literal(c.column)}" for c in part.staged.checks)
    value = " ".join(f"WHEN {c.code} THEN left(({c.raw})::VARCHAR, 500)" for c in part.staged.checks)
    reason = " ".join(f"WHEN {c.code} THEN {literal(c.reason)}" for c in part.staged.checks)
    con.execute(
        f"INSERT INTO rejects SELECT {literal(part.raw.where)}, r._row, CASE b._bad {column} END, "
        f"CASE b._bad {value} END, CASE b._bad {reason} END "
        f"FROM {part.staged.from_rows} JOIN ({bad}) b ON b._row = r._row"
    )


def _reject_siblings(con: duckdb.DuckDBPyConnection, table: str, parts: list[Part]) -> None:
    """A document with an unusable row would have a wrong total: all of it is rejected."""
    name = stage_name(table)
    names = " ".join(f"WHEN {part.file} THEN {literal(part.raw.where)}" for part in parts)
    siblings = (
        f"FROM {name} s SEMI JOIN (SELECT DISTINCT source, _file, order_id FROM {name} WHERE _bad > 0) b "
        "USING (source, _file, order_id) WHERE s._bad = 0 AND s._kind IS NOT NULL"
    )
    con.execute(
        f"INSERT INTO rejects SELECT CASE s._file {names} END, s._row, 'order_id', s.order_id, {literal(SIBLING)} {siblings}"
    )
    con.execute(f"UPDATE {name} SET _bad = 255 WHERE rowid IN (SELECT s.rowid {siblings})")
