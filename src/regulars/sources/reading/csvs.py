"""Text tables: straight through DuckDB's own reader where the file is clean, record by record where it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import literal, quoted
from regulars.sources.messages import GUESSED, MENDED, RENAMED, Message
from regulars.sources.reading.clean import load_clean
from regulars.sources.reading.dialect import SPACES, Layout, find_layout
from regulars.sources.reading.names import repeated, unique_columns
from regulars.sources.reading.patterns import plain
from regulars.sources.reading.query import count, ordered
from regulars.sources.reading.raw import ROW, Dialect, RawColumn, RawTable, ReadOptions
from regulars.sources.reading.rejects import unread
from regulars.sources.reading.repair import repair
from regulars.sources.reading.text import SAMPLE, Encoding, detect_encoding, has_zero_bytes, to_utf8
from regulars.sources.reading.typed import LARGE, read_typed

_DECLARE = "Say which file it is, or declare its encoding and delimiter."


def read_csv(
    con: duckdb.DuckDBPyConnection, path: Path, *, name: str, file: str, options: ReadOptions, scratch: Path
) -> RawTable:
    """A text table as a temporary view `name`, all columns as text. Broken records go to `rejects`.

    Clean UTF-8 is read by DuckDB in parallel. Another encoding is first copied to UTF-8 in `scratch`; where DuckDB
    refuses a record, the file is read again record by record (about a fifth of the speed), which keeps what is sound.
    """
    encoding = Encoding(options.encoding) if options.encoding else detect_encoding(path)
    warnings: list[str] = []
    source = _as_utf8(path, encoding, scratch, file, warnings)
    layout = _layout(source, file, options)
    columns = unique_columns(layout.names or [""] * layout.width)
    if layout.has_header and (twice := repeated(columns)):
        warnings.append(Message(RENAMED, columns=", ".join(twice)))
    typed = _read_fast(con, source, name, layout, columns, options.folder)
    if typed is None:
        if not options.encoding and encoding.is_utf8:
            encoding = detect_encoding(path, whole=True)
            source = _as_utf8(path, encoding, scratch, file, warnings)
        rejected = _read_repaired(con, source, name, layout, columns, file, options, scratch, warnings)
    else:
        columns, rejected = typed, -1
    dialect = Dialect(
        "csv",
        encoding=encoding.name,
        delimiter=layout.delimiter,
        quote="" if layout.delimiter == SPACES else '"',
        header=layout.first if layout.has_header else 0,
        repaired=rejected >= 0,
    )
    made = RawTable(name, columns, count(con, name), file, dialect, "", max(rejected, 0), tuple(warnings))
    return _checked(made)


def _as_utf8(path: Path, encoding: Encoding, scratch: Path, file: str, warnings: list[str]) -> Path:
    if encoding.is_utf8:
        return path
    target = scratch / "utf8.csv"
    mended = to_utf8(path, target, encoding, where=file)
    if encoding.mixed:
        warnings.append(Message(MENDED, encoding=encoding.name, lines=mended))
    elif encoding.guessed:
        warnings.append(Message(GUESSED, encoding=encoding.name))
    return target


def _layout(source: Path, file: str, options: ReadOptions) -> Layout:
    with source.open("rb") as opened:
        head = opened.read(SAMPLE)
        cut = len(head) == SAMPLE
    if cut and b"\n" in head:
        head = head[: head.rfind(b"\n") + 1]
    text = head.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError("The file is empty.", where=file, do="Export it again.")
    layout = find_layout(text, delimiter=options.delimiter, header=options.header)
    if layout is None:
        raise InputError("No table was found: no line has two or more columns.", where=file, do=_DECLARE)
    if layout.width > options.limits.columns:
        raise InputError(f"The table has {layout.width:,} columns.", where=file, do=_DECLARE)
    return layout


def _read_fast(
    con: duckdb.DuckDBPyConnection,
    source: Path,
    name: str,
    layout: Layout,
    columns: tuple[RawColumn, ...],
    folder: Path | None,
) -> tuple[RawColumn, ...] | None:
    """The columns as they are kept, None where DuckDB could not read every record.

    Rows are kept in the file's order, so `_row` is the row's place.
    """
    if layout.delimiter == SPACES or layout.width < 2 or has_zero_bytes(source):
        return None
    raw = quoted(f"{name}__raw")
    declared = ", ".join(f"{literal(f'c{n}')}: 'VARCHAR'" for n in range(len(columns)))
    reader = (
        f"read_csv({literal(plain(source))}, auto_detect = false, delim = {literal(layout.delimiter)}, quote = '\"', "
        f"escape = '\"', header = false, skip = {layout.lines}, columns = {{{declared}}})"
    )
    con.execute(f"DROP TABLE IF EXISTS temp.main.{raw}")
    try:
        if folder is not None and source.stat().st_size >= LARGE:
            return read_typed(con, reader, name, columns, folder)
        with ordered(con):
            con.execute(f"CREATE TEMP TABLE {raw} AS SELECT * FROM {reader}")
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return None
    chosen = ", ".join(f"c{n} AS {quoted(c.name)}" for n, c in enumerate(columns))
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT {chosen}, rowid + 1 AS {ROW} FROM {raw}"
    )
    return columns


def _read_repaired(
    con: duckdb.DuckDBPyConnection,
    source: Path,
    name: str,
    layout: Layout,
    columns: tuple[RawColumn, ...],
    file: str,
    options: ReadOptions,
    scratch: Path,
    warnings: list[str],
) -> int:
    """Write the sound records with their numbers to a clean file and read that; the number of broken records."""
    clean = scratch / "clean.csv"
    found = repair(con, source, clean, layout=layout, columns=columns, file=file, limits=options.limits)
    warnings.extend(found.warnings)
    load_clean(con, clean, name, columns, options.limits.line)
    return found.rejected


def _checked(table: RawTable) -> RawTable:
    if table.rows == 0 and table.rejected == 0:
        raise InputError(
            "The file has a header but no rows.", where=table.file, do="Export it again with a longer period."
        )
    if table.rows < table.rejected:
        raise InputError(
            f"{table.rejected:,} of {table.rejected + table.rows:,} rows do not have the {len(table.columns)} fields "
            f"of the header, so this is no table that can be used.",
            where=table.file,
            do=_DECLARE,
        )
    if table.rejected:
        said = unread(table.rejected)
        return replace(table, warnings=(*table.warnings, said))
    return table
