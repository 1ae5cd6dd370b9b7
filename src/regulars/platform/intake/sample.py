"""The first rows of an import's files, kept beside the uploads so that a page can show them and try a mapping on them.

A sample is personal data: it lies in the uploads folder and expires with the files.
"""

from __future__ import annotations

import gzip
import json
import os
import secrets
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from django.conf import settings

from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine
from regulars.lake.engines.duck import quoted
from regulars.sources import SourceFile
from regulars.sources.reading.kind import find_kind
from regulars.sources.reading.opening import open_file
from regulars.sources.reading.raw import Dialect, RawColumn, RawTable

ROWS = 200
_WHOLE = 20_000_000  # bytes up to which a file is opened as a whole
_HEAD = 4_000_000  # bytes of a larger text of which the first rows are taken
_LONGEST = 300  # characters of a value


@dataclass(frozen=True)
class SampleTable:
    """The first rows of one table of a file, as texts; None where nothing stands. `types`: as DuckDB names them."""

    file: str
    sheet: str
    source: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    @property
    def where(self) -> str:
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file

    def examples(self, column: str, most: int = 3) -> list[str]:
        """A few different values of a column."""
        place = self.columns.index(column)
        found = dict.fromkeys(row[place] for row in self.rows if row[place])
        return [value for value in found if value][:most]


def take(files: Sequence[SourceFile]) -> str:
    """Take the first rows of the files; returns the sample's key. Raises InputError for what is no usable table."""
    tables = [table for file in files for table in _tables(file)]
    key = secrets.token_hex(16)
    plain = [
        {
            "file": t.file,
            "sheet": t.sheet,
            "source": t.source,
            "columns": t.columns,
            "types": t.types,
            "rows": t.rows,
        }
        for t in tables
    ]
    handle = os.open(settings.SITE.uploads / key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(plain, out, ensure_ascii=False)
    return key


def taken(key: str, limit: int | None = None) -> list[SampleTable]:
    """The sample of a key, at most `limit` rows a table; empty where it has expired."""
    try:
        plain = json.loads((settings.SITE.uploads / key).read_text(encoding="utf-8")) if key else []
    except FileNotFoundError:
        return []
    return [
        SampleTable(
            one["file"], one["sheet"], one["source"], tuple(one["columns"]), tuple(one["types"]),
            tuple(tuple(row) for row in one["rows"][:limit]),
        )
        for one in plain
    ]  # fmt: skip


@contextmanager
def opened(tables: Sequence[SampleTable]) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[RawTable]]]:
    """The sample as raw tables of a small database of its own, with the types that the files have."""
    with closing(DuckEngine(memory="200MB", threads=1)) as engine:
        yield engine.con, [_raw(engine.con, number, table) for number, table in enumerate(tables)]


def _raw(con: duckdb.DuckDBPyConnection, number: int, table: SampleTable) -> RawTable:
    name = f"raw_{number}"
    pairs = list(zip(table.columns, table.types, strict=True))
    texts = ", ".join(f"{quoted(column)} VARCHAR" for column, _ in pairs)
    con.execute(f"CREATE TEMP TABLE {name}_texts (_row BIGINT, {texts})")
    if table.rows:
        marks = ", ".join("?" * (len(pairs) + 1))
        con.executemany(
            f"INSERT INTO {name}_texts VALUES ({marks})",
            [[n, *row] for n, row in enumerate(table.rows, start=1)],
        )
    typed = ", ".join(f"TRY_CAST({quoted(column)} AS {kind}) AS {quoted(column)}" for column, kind in pairs)
    con.execute(f"CREATE TEMP VIEW {name} AS SELECT _row, {typed} FROM {name}_texts")
    columns = tuple(RawColumn(column, column, kind) for column, kind in pairs)
    return RawTable(name, columns, len(table.rows), table.file, Dialect("csv"), table.sheet)


def _tables(file: SourceFile) -> list[SampleTable]:
    with (
        TemporaryDirectory(prefix=f"regulars-{os.getpid()}-") as folder,
        closing(DuckEngine(memory="500MB")) as engine,
    ):
        head = _head(file.path, Path(folder))
        return [
            SampleTable(
                raw.file, raw.sheet, file.source, raw.names, tuple(column.type for column in raw.columns),
                _rows(engine.con, raw),
            )
            for raw in open_file(engine.con, head, name="raw")
        ]  # fmt: skip


def _rows(con: duckdb.DuckDBPyConnection, raw: RawTable) -> tuple[tuple[str | None, ...], ...]:
    chosen = ", ".join(f"left({quoted(name)}::VARCHAR, {_LONGEST})" for name in raw.names)
    found = con.execute(f"SELECT {chosen} FROM {quoted(raw.relation)} ORDER BY _row LIMIT {ROWS}").fetchall()
    return tuple(tuple(row) for row in found)


def _head(path: Path, folder: Path) -> Path:
    """The file, or where it is large and a text of rows, a file of the same name with its beginning."""
    kind = find_kind(path)
    size = path.stat().st_size
    if kind in ("excel", "parquet", "json") or (size <= _WHOLE and kind not in ("gz", "zip")):
        return path
    try:
        begun = _begun(path, kind)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return path  # reading it as a whole says what is wrong with it
    if begun is None:
        return path
    short = folder / path.name
    short.write_bytes(begun)
    try:
        packed = find_kind(short) in ("excel", "parquet", "json", "gz", "zip")
    except InputError:
        packed = False
    return path if packed else short


def _begun(path: Path, kind: str) -> bytes | None:
    """The beginning of a text, unpacked, up to the end of a line; None where that is no way to read it."""
    if kind == "gz":
        with gzip.open(path, "rb") as stream:
            begun = stream.read(_HEAD)
    elif kind == "zip":
        with zipfile.ZipFile(path) as archive:
            members = [
                one
                for one in archive.infolist()
                if not one.is_dir() and not one.filename.startswith("__MACOSX/")
            ]
            if len(members) != 1:
                return None
            with archive.open(members[0]) as member:
                begun = member.read(_HEAD)
    else:
        with path.open("rb") as file:
            begun = file.read(_HEAD)
    if len(begun) < _HEAD:
        return begun
    end = begun.rfind(b"\n")
    return begun[: end + 1] if end > 0 else None
