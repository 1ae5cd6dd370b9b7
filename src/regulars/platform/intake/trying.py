"""Trying a mapping on the first rows: what each field comes to, and what cannot be read. Nothing is stored."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from regulars.kernel.errors import InputError, RegularsError
from regulars.lake.engines.duck import quoted
from regulars.platform.intake.rules.drawn import Reading, Table, choices, drawn
from regulars.platform.intake.sample import SampleTable, opened
from regulars.sources import LoadOptions
from regulars.sources.formats.generic.columns import find_columns
from regulars.sources.formats.generic.profile import profiles
from regulars.sources.formats.registry import choose
from regulars.sources.loading.written import dates_of, points_of
from regulars.sources.mapping.compile import Staged, compile_feed, tolerated, with_constants
from regulars.sources.mapping.fields import fields_of
from regulars.sources.mapping.model import Mapping
from regulars.sources.mapping.parsers import Style
from regulars.sources.mapping.read import parse_mapping
from regulars.sources.reading.raw import RawTable

SHOWN = 5  # rows
_SHORT = 40  # characters of a value
_AMOUNT = re.compile(r"-?\d+\.\d{4}")


@dataclass(frozen=True)
class Tried:
    """What a mapping makes of a table's first rows. `fault`: row's reason why it cannot be used, empty where it can.

    `fields` as in the mapping, those of lines with `line_` before them. `error`: {what, where, do} of the whole.
    """

    where: str
    fact: str
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[str, ...]
    read: int
    usable: int
    error: dict[str, str] | None = None


def try_out(tables: Sequence[SampleTable], toml: str, options: LoadOptions) -> list[Tried]:
    """Each table with a mapping (empty: as it is recognised), table by table: a mistake in one does not hide the others."""
    try:
        mapping = parse_mapping(toml, where="mapping") if toml else None
    except RegularsError as error:
        return [_failed(table.where, error) for table in tables[:1]]
    tried: list[Tried] = []
    with opened(tables) as (con, raws):
        for raw in raws:
            try:
                tried += _tables(con, raw, raws, mapping, options)
            except RegularsError as error:
                tried.append(_failed(raw.where, error))
            except duckdb.Error as error:
                tried.append(_failed(raw.where, InputError(str(error).splitlines()[0])))
    # Of a workbook, sheets that the mapping has no place for are passed over if it reads another one.
    sheets = {raw.where for raw in raws if raw.sheet}
    readable = any(not one.error for one in tried)
    return [one for one in tried if not (one.error and readable and one.where in sheets)]


def _by_file(
    con: duckdb.DuckDBPyConnection, raws: Sequence[RawTable], mapping: Mapping, options: LoadOptions
) -> dict[str, RawTable]:
    """The tables by the mapping's names of files, for joins."""
    found = {}
    for raw in raws:
        with contextlib.suppress(RegularsError):  # a sheet that the mapping has no place for
            found[choose(con, raw, mapping, options).file] = raw
    return found


def recognised(tables: Sequence[SampleTable], toml: str, options: LoadOptions) -> tuple[list[Table], Reading]:
    """What of the mapping (empty: of what is recognised) can be shown on screen: each table, and what holds for all."""
    mapping = parse_mapping(toml, where="mapping") if toml else None
    shown = []
    said = [mapping] if mapping is not None else []
    with opened(tables) as (con, raws):
        for raw in raws:
            try:
                choice = choose(con, raw, mapping, options)
                shown.append(drawn(choice.mapping, choice.file, raw.names, raw.sheet))
                said.append(choice.mapping)
            except RegularsError:
                shown.append(_by_name(con, raw))
    reading = Reading(
        currency=next((one.currency for one in said if one.currency), ""),
        zone=next((one.zone for one in said if one.zone), ""),
        day_first=next((one.day_first for one in said if one.day_first is not None), None),
        decimal=next((one.decimal for one in said if one.decimal), ""),
    )
    return shown, reading


def _by_name(con: duckdb.DuckDBPyConnection, raw: RawTable) -> Table:
    """What the columns tell one by one, where the table is not recognised as a whole."""
    try:
        found = find_columns(raw, profiles(con, raw)).columns
    except (RegularsError, duckdb.Error):
        found = {}
    known = {name: name for name in choices("orders")}
    fields = {column: known[name] for name, column in found.items() if name in known}
    passed_over = raw.sheet and len(fields) < 2
    return Table(raw.names, "" if passed_over else "orders", {} if passed_over else fields, raw.sheet)


def _failed(where: str, error: RegularsError) -> Tried:
    return Tried(where, "", (), (), (), 0, 0, {"what": error.what, "where": error.where, "do": error.do})


def _tables(
    con: duckdb.DuckDBPyConnection,
    raw: RawTable,
    raws: Sequence[RawTable],
    mapping: Mapping | None,
    options: LoadOptions,
) -> list[Tried]:
    choice = choose(con, raw, mapping, options)
    made = choice.mapping
    others = _by_file(con, raws, mapping, options) if mapping is not None else {}
    style = Style(
        decimal=made.decimal,
        day_first=options.day_first if options.day_first is not None else made.day_first,
        zone=made.zone or options.zone or "UTC",
    )
    tried = []
    for feed in made.feeds:
        if feed.file != choice.file:
            continue
        one = tolerated(feed, raw, others) if made.tolerant else feed
        currency = made.currency or options.currency
        if currency and "currency" in fields_of(one.table):
            one = with_constants(one, {"currency": currency})
        dates, _ = dates_of(con, one, raw, style.day_first)
        points = points_of(con, one, raw) if style.decimal is None else {}
        staged = compile_feed(
            one, raw, others, source="sample", file=0, style=style, points=points, dates=dates
        )
        tried.append(_tried(con, raw, one.table, staged))
    return tried


def _tried(con: duckdb.DuckDBPyConnection, raw: RawTable, fact: str, staged: Staged) -> Tried:
    chosen = ", ".join(f"left({quoted(name)}::VARCHAR, {_SHORT})" for name in staged.fields)
    reasons = {check.code: (check.column, check.reason) for check in staged.checks}
    found = con.execute(
        f"SELECT _bad, {chosen} FROM ({staged.read()}) ORDER BY _row, _line LIMIT {SHOWN}"
    ).fetchall()
    counted = con.execute(f"SELECT count(*), count(*) FILTER (_bad = 0) FROM ({staged.read()})").fetchall()
    faults = tuple(" - ".join(reasons[row[0]]) if row[0] in reasons else "" for row in found)
    return Tried(
        raw.where, fact, staged.fields, tuple(tuple(_readable(value) for value in row[1:]) for row in found), faults,
        counted[0][0], counted[0][1],
    )  # fmt: skip


def _readable(value: str | None) -> str:
    """A value as people write it: amounts without the zeros that they are stored with."""
    if value is not None and _AMOUNT.fullmatch(value):
        return value.rstrip("0").rstrip(".")
    return value or ""
