"""Runs: begun, filled, shown by moving one flag, and cleared away. Reads are `current` and `history`.

A run that was begun and never shown makes way for the next of its sort, with its folder. Rows of old runs stay; of their files
the last two are kept, as somebody may still read those of the run before. Folders are replaced and cleared by one process at a
time: of two at once, one would lose what the other left out.
"""

from __future__ import annotations

import fcntl
import math
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Set
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from regulars.lake.durable import sync_file, sync_folder
from regulars.lake.engines.parquet import literal
from regulars.lake.tables import Table
from regulars.platform.core.api import publish
from regulars.platform.customers import api as customers
from regulars.platform.insights.models import Run, Snapshot
from regulars.platform.insights.runs_views import SORTS, file_of

FILES_KEPT = 2
_LOCK = ".runs.lock"
_ROWS = 20_480  # a group of rows: a look-up of one customer reads one
_OURS = re.compile(rf"({'|'.join(Run.Sort.values)})\d+(-\d+)?")
_MOST_MONEY = 1e14  # decimal(18, 4) holds no more


def ready_topic(sort: Run.Sort) -> str:
    """The event that a run of the sort is shown: `scores.ready`, with `run`, its number."""
    return f"{sort.value}.ready"


def begin(sort: Run.Sort, snapshot: Snapshot, *, program: str) -> Run:
    """A fresh run with an empty folder. Raises ValueError for a snapshot without a day (a lake without orders)."""
    if snapshot.as_of is None:
        raise ValueError("nothing can be predicted from a lake without orders")
    for old in Run.objects.filter(sort=sort, ready_at__isnull=True):
        _remove(old.folder)
        old.delete()
    run = Run.objects.create(
        sort=sort, snapshot=snapshot.pk, lake_version=snapshot.lake_version, definitions=snapshot.definitions,
        currency=snapshot.state.get("currency") or "", as_of=snapshot.as_of, program=program,
    )  # fmt: skip
    run.folder = f"{sort.value}{run.pk}"
    run.save(update_fields=["folder"])
    _remove(run.folder)  # of a state that was restored to before this number was given
    folder(run).mkdir(parents=True, mode=0o700)
    return run


def folder(run: Run) -> Path:
    """Where the run's files lie."""
    prepared: Path = settings.SITE.prepared
    return prepared / run.folder


def write(run: Run, table: Table, rows: pa.Table) -> None:
    """Write the rows of one of the sort's tables: declared columns and types, sorted by the table's first key.

    Columns that `rows` lacks are null; amounts too large for money are null as well.
    """
    columns = [
        _typed(rows[column.name], column.arrow) if column.name in rows.column_names else pa.nulls(len(rows), column.arrow)
        for column in table.columns
    ]  # fmt: skip
    found = pa.Table.from_arrays(columns, schema=table.arrow).sort_by(
        [(key, "ascending") for key in table.key]
    )
    path = folder(run) / f"{table.name}.parquet"
    pq.write_table(found, path, compression="zstd", row_group_size=_ROWS)
    sync_file(path)


def _typed(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_decimal(kind) and pa.types.is_floating(column.type):
        fits = pc.less(pc.abs(column), _MOST_MONEY)
        column = pc.round(pc.if_else(fits, column, pa.scalar(None, column.type)), ndigits=4)
    return column.cast(kind)


def show(run: Run, state: dict[str, Any]) -> None:
    """Show the run from now on, and tell who subscribed to `<sort>.ready`. Files of older runs are removed afterwards.

    Whoever objected or was erased since the run was begun is left out before it is shown, and once more after that. Numbers in
    `state` that are none (JSON has no name for them) become null. Raises DatabaseError where another worker began anew meanwhile.
    """
    sort = Run.Sort(run.sort)
    sync_folder(folder(run))
    _replace_without(customers.to_leave_out(), [run])
    with transaction.atomic():
        Run.objects.select_for_update().filter(sort=sort, current=True).update(current=False)
        run.state, run.ready_at, run.current = _finite(state), timezone.now(), True
        run.save(update_fields=["state", "ready_at", "current"])
        publish(ready_topic(sort), key=f"{sort.value} {run.pk}", run=run.pk)
    # Whoever objected in the moment before: what obeys an objection passes by a run that is not shown yet.
    leave_out(customers.to_leave_out())
    clear(sort)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else replaces or clears folders meanwhile, in whichever process or thread."""
    handle = os.open(settings.SITE.prepared / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with suppress(OSError):  # a share that knows no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def leave_out(numbers: Set[int]) -> int:
    """Take these customers out of the files of every run that was shown; returns how many files were written anew.

    A folder with some of them is replaced by one without, under a new name: readers of the old one are renewed.
    """
    return _replace_without(numbers, Run.objects.exclude(folder="").filter(ready_at__isnull=False))


def _replace_without(numbers: Set[int], found: Iterable[Run]) -> int:
    """`found` is read once nobody else is at work."""
    if not numbers:
        return 0
    written = 0
    with _alone(), closing(duckdb.connect()) as con:
        con.execute("SET threads = 1")
        con.register("gone", pa.table({"customer": pa.array(sorted(numbers), pa.int64())}))
        for run in found:
            if folder(run).is_dir():
                written += _leave_out(con, run)
    return written


def _leave_out(con: duckdb.DuckDBPyConnection, run: Run) -> int:
    paths = sorted(folder(run).iterdir())
    touched = [path for path in paths if path.suffix == ".parquet" and _holds(con, path)]
    if not touched:
        return 0
    stem, _, number = run.folder.partition("-")
    fresh = f"{stem}-{int(number or 0) + 1}"
    _remove(fresh)
    place = settings.SITE.prepared / fresh
    place.mkdir(mode=0o700)
    for path in paths:
        if path in touched:
            _without(con, path, place / path.name)
        else:
            os.link(path, place / path.name)
    sync_folder(place)
    if not Run.objects.filter(pk=run.pk, folder=run.folder).update(folder=fresh):
        _remove(fresh)  # the run is gone: another of its sort was begun
        return 0
    _remove(run.folder)
    run.folder = fresh
    return len(touched)


def _holds(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    rows = f"read_parquet({literal(str(path))})"
    if "customer" not in con.sql(f"FROM {rows} LIMIT 0").columns:
        return False
    return bool(con.execute(f"SELECT 1 FROM {rows} SEMI JOIN gone USING (customer) LIMIT 1").fetchall())


def _without(con: duckdb.DuckDBPyConnection, path: Path, fresh: Path) -> None:
    """The file without them: its rows stay in their order, its groups small."""
    con.execute(
        f"COPY (FROM read_parquet({literal(str(path))}) ANTI JOIN gone USING (customer)) TO {literal(str(fresh))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS})"
    )
    sync_file(fresh)


def clear(sort: Run.Sort) -> None:
    """Remove the files of all but the last runs, and folders that no run names."""
    with _alone():
        _clear(sort)


def _clear(sort: Run.Sort) -> None:
    kept = Run.objects.filter(sort=sort, ready_at__isnull=False).order_by("-current", "-ready_at")[
        :FILES_KEPT
    ]
    named = {run.folder for run in kept} | set(
        Run.objects.filter(sort=sort, ready_at__isnull=True).values_list("folder", flat=True)
    )
    for path in settings.SITE.prepared.iterdir():
        found = _OURS.fullmatch(path.name)
        if found and found[1] == sort.value and path.name not in named:
            _remove(path.name)


def current(sort: Run.Sort) -> Run | None:
    """The run that is shown."""
    return Run.objects.filter(sort=sort, current=True).first()


def history(sort: Run.Sort, most: int = 60) -> list[Run]:
    """Runs that are or were shown, newest first."""
    return list(Run.objects.filter(sort=sort, ready_at__isnull=False).order_by("-ready_at")[:most])


def is_whole(run: Run) -> bool:
    """Whether the run's files are there: prepared tables are a cache, and may be lost or restored without."""
    paths = (file_of(run.folder, table) for table in SORTS[run.sort].tables)
    return all(path is not None and path.exists() for path in paths)


def lost() -> Iterable[str]:
    """Kinds of jobs whose run is shown but not whole."""
    return [
        SORTS[run.sort].job
        for run in Run.objects.filter(current=True)
        if run.sort in SORTS and not is_whole(run)
    ]


def _remove(name: str) -> None:
    if name:
        shutil.rmtree(settings.SITE.prepared / name, ignore_errors=True)
