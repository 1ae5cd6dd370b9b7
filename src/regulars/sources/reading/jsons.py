"""JSON lines and JSON arrays: nested objects become columns with dotted names, lists stay JSON texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import literal, quoted
from regulars.sources.messages import NO_JSON
from regulars.sources.reading.names import unique_columns
from regulars.sources.reading.patterns import plain
from regulars.sources.reading.query import count, ordered
from regulars.sources.reading.raw import ROW, TEXT, Dialect, RawTable, ReadOptions
from regulars.sources.reading.rejects import reject_rows, unread
from regulars.sources.reading.text import Encoding, detect_encoding, to_utf8

_TYPED = ("bigint", "ubigint", "double", "boolean", "hugeint")
_PLACE = "_regulars_row"


def read_json(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    name: str,
    file: str,
    lines: bool,
    options: ReadOptions,
    scratch: Path,
) -> RawTable:
    """JSON objects as a temporary view `name`. Numbers and flags keep their types; all other values are texts.

    Lines that are no JSON object go to `rejects`. An array is taken or refused as a whole.
    """
    encoding = Encoding(options.encoding) if options.encoding else detect_encoding(path)
    source = path
    if encoding.name != "utf-8":
        source = scratch / "utf8.json"
        to_utf8(path, source, encoding, where=file)
    if not lines and path.stat().st_size > options.limits.json_array:
        raise InputError(
            "The JSON array is too large to read at once.", where=file, do="Export it as JSON lines."
        )
    numbered = scratch / "numbered.json"
    rejected = 0
    try:
        _load(con, source, name, lines, options)
    except duckdb.Error:
        if not lines:
            raise InputError(
                "The file begins as JSON and is cut off or damaged.", where=file, do="Export it again."
            ) from None
        rejected = _keep_sound(con, source, numbered, file, options)
        _load(con, numbered, name, lines, options)
    return _described(con, name, file, encoding, rejected)


def _load(con: duckdb.DuckDBPyConnection, source: Path, name: str, lines: bool, options: ReadOptions) -> None:
    """Read the file once for its structure, once for its values."""
    shape = "newline_delimited" if lines else "array"
    # Of one object, in an array too: DuckDB sets twice as much memory aside at once.
    read = (
        f"read_json({literal(plain(source))}, format = '{shape}', maximum_object_size = {options.limits.line}"
    )
    found = con.sql(
        f"SELECT * FROM {read}, sample_size = -1, maximum_depth = 6, map_inference_threshold = -1)"
    )
    declared = ", ".join(
        f"{literal(n)}: {literal(_lenient(t))}" for n, t in zip(found.columns, found.types, strict=True)
    )
    raw = quoted(f"{name}__raw")
    with ordered(con):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {raw} AS SELECT * FROM {read}, columns = {{{declared}}})")


def _lenient(kind: duckdb.DuckDBPyType) -> str:
    """The type with everything but numbers, flags and objects as JSON, so that no value is changed by a guess."""
    if kind.id == "struct":
        return "STRUCT(" + ", ".join(f"{quoted(n)} {_lenient(t)}" for n, t in kind.children) + ")"
    if kind.id in _TYPED:
        return str(kind)
    return (
        "VARCHAR"
        if kind.id in ("varchar", "date", "timestamp", "time", "uuid", "timestamp with time zone")
        else "JSON"
    )


def _leaves(kind: duckdb.DuckDBPyType, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if kind.id == "struct":
        for name, child in kind.children:
            yield from _leaves(child, (*path, name))
    else:
        yield path, str(kind)


def _described(
    con: duckdb.DuckDBPyConnection, name: str, file: str, encoding: Encoding, rejected: int
) -> RawTable:
    raw = f"temp.main.{quoted(name + '__raw')}"
    found = con.sql(f"SELECT * FROM {raw}")
    leaves = [
        leaf
        for column, kind in zip(found.columns, found.types, strict=True)
        if column != _PLACE
        for leaf in _leaves(kind, (column,))
    ]
    types = [TEXT if kind in ("JSON", TEXT) else kind for _, kind in leaves]
    columns = unique_columns([".".join(path) for path, _ in leaves], types)
    chosen = ", ".join(
        f"{_expression(path, kind)} AS {quoted(column.name)}"
        for (path, kind), column in zip(leaves, columns, strict=True)
    )
    place = _PLACE if _PLACE in found.columns else "rowid + 1"
    con.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT {chosen}, {place} AS {ROW} FROM {raw}")
    rows = count(con, name)
    if not rows or not columns:
        raise InputError("The file holds no JSON objects with values.", where=file, do="Export it again.")
    warnings = (unread(rejected),) if rejected else ()
    return RawTable(
        name,
        columns,
        rows,
        file,
        Dialect("json", encoding.name, header=0, repaired=rejected > 0),
        "",
        rejected,
        warnings,
    )


def _expression(path: tuple[str, ...], kind: str) -> str:
    inner = quoted(path[0])
    for part in path[1:]:
        inner = f"struct_extract({inner}, {literal(part)})"
    return f"({inner} ->> '$')" if kind == "JSON" else inner


def _keep_sound(
    con: duckdb.DuckDBPyConnection, source: Path, target: Path, file: str, options: ReadOptions
) -> int:
    """Copy the lines that are JSON objects, with their numbers; the rest goes to `rejects`."""
    rejects: list[tuple[str, int, str, str, str]] = []
    kept = rejected = 0
    with source.open("rb") as lines, target.open("w", encoding="utf-8") as out:
        for number, line in enumerate((one for one in lines if one.strip()), start=1):
            if found := _parsed(line, options.limits.line):
                out.write(json.dumps({_PLACE: number, **found}, ensure_ascii=False) + "\n")
                kept += 1
                continue
            rejected += 1
            rejects.append((file, number, "", line[:2000].decode("utf-8", "replace"), NO_JSON))
            if len(rejects) >= 20_000:
                reject_rows(con, rejects)
                rejects.clear()
    reject_rows(con, rejects)
    if kept < rejected:
        raise InputError(
            f"{rejected:,} of {rejected + kept:,} lines are no JSON objects.",
            where=file,
            do="Export it as JSON lines or CSV.",
        )
    return rejected


def _parsed(line: bytes, longest: int) -> dict[str, object] | None:
    if len(line) > longest:
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found else None
