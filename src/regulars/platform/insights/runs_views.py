"""The tables that runs put beside a snapshot: declared once, known to every engine that a snapshot is asked with.

A sort of run registers its tables here. Each is one Parquet file of the run's folder, sorted by its first key; where there is no
run, or it was made in another currency, the table is there without rows, so that rules and joins are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet, Subquery, Value
from django.db.models.functions import Concat

from regulars.lake import Lake
from regulars.lake.engines import Engine
from regulars.lake.tables import SCORES, Table
from regulars.platform.insights.models import Run, Snapshot


@dataclass(frozen=True)
class Sort:
    """A sort of run: the job that makes one, and the tables that lie in its folder as `<name>.parquet`."""

    name: str
    job: str
    tables: tuple[Table, ...]


SORTS: dict[str, Sort] = {}
Shown = tuple[tuple[str, str], ...]  # of each sort with a run: the sort, the folder


def register_sort(name: Run.Sort, *, job: str, tables: tuple[Table, ...] = ()) -> None:
    """Make a sort of run known; called once from a context's wiring."""
    SORTS[name.value] = Sort(name.value, job, tables)


def with_runs() -> QuerySet[Snapshot]:
    """Snapshots, each with the runs that are shown: one query for both."""
    return Snapshot.objects.annotate(
        **{
            f"run_{sort}": Subquery(
                Run.objects.filter(sort=sort, current=True)
                .annotate(told=Concat("folder", Value(" "), "currency"))
                .values("told")[:1]
            )
            for sort in Run.Sort.values
        }
    )


def shown_with(snapshot: Snapshot) -> Shown:
    """The folders of the runs to be read with a snapshot; those in another currency than its own are left out."""
    if not hasattr(snapshot, "run_scores"):
        told = {run.sort: f"{run.folder} {run.currency}" for run in Run.objects.filter(current=True)}
    else:
        told = {sort: getattr(snapshot, f"run_{sort}") or "" for sort in Run.Sort.values}
    currency = snapshot.state.get("currency") or ""
    pairs = ((sort, *text.partition(" ")) for sort, text in sorted(told.items()) if text)
    return tuple((sort, folder) for sort, folder, _, own in pairs if own == currency)


def bind_runs(engine: Engine, shown: Shown) -> None:
    """Make the tables of all sorts known to an engine, each as its declaration says, and the lake's newest scores.

    These are written after the snapshot, so that its own version of the lake has older ones.
    """
    lake = settings.SITE.lake
    engine.bind(SCORES, Lake(lake).files(SCORES.name) if Lake.is_lake(lake) else [])
    folders: Mapping[str, str] = dict(shown)
    for sort in SORTS.values():
        for table in sort.tables:
            path = file_of(folders.get(sort.name, ""), table)
            engine.bind(table, [str(path)] if path is not None and path.exists() else [])


def file_of(folder: str, table: Table) -> Path | None:
    """Where a table of a run lies; None without a folder."""
    prepared: Path = settings.SITE.prepared
    return prepared / folder / f"{table.name}.parquet" if folder else None
