"""Keeping a lake small and quick, and forgetting: compaction, vacuum, erasure."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from regulars.kernel.progress import Progress, silent
from regulars.lake.durable import sync_folder
from regulars.lake.engines.duck import DuckEngine
from regulars.lake.engines.parquet import quoted, rows_of
from regulars.lake.manifest import TableState
from regulars.lake.store import disk_errors
from regulars.lake.tables import Table

if TYPE_CHECKING:
    from regulars.lake.lake import Lake
    from regulars.lake.writer import Writer

_FULL_FILE = 256_000_000  # bytes; see lake/output.py
# Columns that name a customer beside `customer`: emptied in `customers`, whose rows stay.
_REFERRED = "referred_by"


@dataclass(frozen=True)
class Removed:
    """What a vacuum freed."""

    versions: int
    files: int
    bytes: int


def needs_compaction(state: TableState) -> bool:
    """Whether a table is unsorted or lies in more files than its size asks for."""
    return not state.sorted or state.files > 4 + 2 * (state.bytes // _FULL_FILE)


def compact(lake: Lake, *, progress: Progress = silent) -> int:
    """Sort tables by customer and join small files, where needed; returns the lake's version. No row changes."""
    with lake.writer(progress=progress) as writer, closing(DuckEngine(progress=progress)) as engine:
        for name, state in lake.manifest().tables.items():
            if needs_compaction(state):
                store = lake.store(name)
                paths = store.paths()
                writer.rewrite(engine.con, name, rows_of(store.table, paths), paths)
        return writer.publish(note="compacted")


def vacuum(lake: Lake, *, keep: int = 10, progress: Progress = silent) -> Removed:
    """Forget all but the newest `keep` versions and remove the files that none of these names.

    Whoever still reads an older version will miss its files.
    """
    if keep < 1:
        raise ValueError("at least the newest version is kept")
    with lake.writer(progress=progress), disk_errors(lake.path):
        old = lake.manifests.versions()[:-keep]
        for version in old:
            lake.manifests.drop(version)
        sync_folder(lake.manifests.folder)
        named = lake.named_files()
        files = size = 0
        for path in sorted((lake.path / "tables").glob("*/*.parquet")):
            if path not in named:
                files, size = files + 1, size + path.stat().st_size
                path.unlink()
        return Removed(len(old), files, size)


def erase(lake: Lake, customers: Iterable[int], *, progress: Progress = silent) -> int:
    """Erase customers from every table as it declares (`Table.erase`), and with them all older versions.

    Give all numbers of a person, merged ones included. Returns the lake's version.
    """
    numbers = pa.table({"customer": pa.array(sorted(set(customers)), pa.int64())})
    with lake.writer(progress=progress) as writer, closing(DuckEngine(progress=progress)) as engine:
        engine.put("_erased", numbers)
        for name in lake.manifest().tables:
            _erase_from(writer, engine, lake.tables[name])
        version = writer.publish(note=f"erased {numbers.num_rows} customers")
    vacuum(lake, keep=1, progress=progress)
    return version


def _erase_from(writer: Writer, engine: DuckEngine, table: Table) -> None:
    links = [name for name in ("customer", "into", _REFERRED) if name in table.names]
    if table.erase == "nothing" or not links:
        return
    paths = writer.lake.store(table.name).paths()
    named = " OR ".join(f"{quoted(name)} IN (FROM _erased)" for name in links)
    touched = engine.con.execute(
        f"SELECT DISTINCT _file FROM ({rows_of(table, paths, file_column='_file')}) WHERE {named}"
    ).fetchall()
    affected = sorted(path for (path,) in touched)
    if affected:
        writer.rewrite(engine.con, table.name, _without(table, rows_of(table, affected)), affected)


def _without(table: Table, rows: str) -> str:
    """A SELECT of the rows as they stay."""
    emptied = {"customer"} if table.erase == "unlink" else {_REFERRED}
    columns = ", ".join(
        f"CASE WHEN {quoted(name)} IN (FROM _erased) THEN NULL ELSE {quoted(name)} END AS {quoted(name)}"
        if name in emptied
        else quoted(name)
        for name in table.names
    )
    gone = [name for name in ("customer", "into") if name in table.names and name not in emptied]
    # Null is no customer: without coalesce, `NOT (NULL IN ...)` would drop the row.
    stays = " AND ".join(f"NOT coalesce({quoted(name)} IN (FROM _erased), false)" for name in gone)
    return f"SELECT {columns} FROM ({rows})" + (f" WHERE {stays}" if stays else "")
