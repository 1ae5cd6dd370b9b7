"""Looking after the lake: how it is found, and the nightly clearing up."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import RegularsError
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.engines.parquet import rows_of
from regulars.lake.upkeep import needs_compaction
from regulars.platform.core.api import Running, User, get_setting, publish, start_job
from regulars.platform.intake import files, lakes
from regulars.platform.intake.models import Import, LakeCheck
from regulars.platform.intake.tasks import slowly

KEPT_VERSIONS = 10
EXPIRED = "The reason was deleted together with the files."
_KEPT_CHECKS = 20
# Who still reads an old version of the lake: each says which ones.
_READERS: list[Callable[[], Iterable[int]]] = []


@dataclass(frozen=True)
class TableInfo:
    """One fact table of the lake's newest version. `last_day`: as the last check found it."""

    name: str
    rows: int
    bytes: int
    files: int
    last_day: date | None


@dataclass(frozen=True)
class VersionInfo:
    """One version of the lake that is kept."""

    version: int
    published: datetime
    note: str
    rows: int


@dataclass(frozen=True)
class CheckInfo:
    """What was found. `findings`: {level: fine, warning or error; what; do}."""

    at: datetime
    lake_version: int
    findings: tuple[dict[str, str], ...]

    @property
    def troubles(self) -> tuple[dict[str, str], ...]:
        return tuple(one for one in self.findings if one["level"] != "fine")


def still_reads(reader: Callable[[], Iterable[int]]) -> None:
    """Have the versions kept that `reader` names, whenever old ones are about to be removed."""
    _READERS.append(reader)


def check(job: Running) -> dict[str, Any] | None:
    """Look the lake over and keep what was found."""
    found = lakes.lake()
    if found is None:
        return None
    job.progress("looking the lake over")
    findings = [{"level": one.level, "what": one.what, "do": one.do} for one in found.check()]
    days = _last_days(found)
    with transaction.atomic():
        LakeCheck.objects.create(lake_version=found.version, findings=findings, last_days=days)
        old = LakeCheck.objects.order_by("-pk").values_list("pk", flat=True)[_KEPT_CHECKS:]
        LakeCheck.objects.filter(pk__in=list(old)).delete()
    return {"lake_version": found.version}


def _last_days(lake: Lake) -> dict[str, str]:
    """The last local day of each table that has days."""
    days: dict[str, str] = {}
    with closing(DuckEngine(memory="300MB", threads=1)) as engine:
        for name, table in lake.tables.items():
            paths = lake.files(name)
            if not paths or "local_day" not in table.names:
                continue
            with contextlib.suppress(RegularsError, duckdb.Error):  # what is wrong stands among the findings
                found = engine.con.execute(f"SELECT max(local_day) FROM ({rows_of(table, paths)})").fetchall()
                if found[0][0] is not None:
                    days[name] = str(found[0][0])
    return days


def clear(job: Running) -> dict[str, Any] | None:
    """Nightly: sort and join what imports left, and remove old versions that nobody reads any more."""
    forget()
    found = lakes.lake()
    if found is None:
        return None
    tell = slowly(job)
    before = found.version
    if any(needs_compaction(state) for state in found.manifest().tables.values()):
        found.compact(progress=tell)
    versions = found.manifests.versions()
    read = [version for reader in _READERS for version in reader() if version in versions]
    keep = max(KEPT_VERSIONS, sum(1 for version in versions if version >= min(read, default=versions[-1])))
    removed = found.vacuum(keep=keep, progress=tell)
    with transaction.atomic():
        if found.version != before:
            publish("lake.changed", key="lake", lake_version=found.version)
        start_job(kind="intake.check", key="lake")
    return {
        "lake_version": found.version,
        "versions": removed.versions,
        "files": removed.files,
        "bytes": removed.bytes,
    }


def forget() -> None:
    """Remove what outlived its files: folders of imports that ended, and errors that name values of expired files."""
    busy = {
        f"import-{pk}" for pk in Import.objects.filter(state__in=Import.OPEN).values_list("pk", flat=True)
    }
    for name, folder in files.work_folders().items():
        if name not in busy:
            shutil.rmtree(folder, ignore_errors=True)
    kept = timezone.now() - timedelta(days=int(get_setting("keep_uploads_days")))
    told = Import.objects.filter(created_at__lt=kept, error__isnull=False).exclude(error__what=EXPIRED)
    told.update(error={"what": EXPIRED, "where": "", "do": ""})


def start_check(*, by: User) -> int:
    """Have the lake looked over now; returns the job's number."""
    return start_job(kind="intake.check", key="lake", by=by).pk


def last_check() -> CheckInfo | None:
    """What the last check found."""
    row = LakeCheck.objects.order_by("-pk").first()
    return CheckInfo(row.at, row.lake_version, tuple(row.findings)) if row else None


def tables() -> list[TableInfo]:
    """The tables that have rows."""
    found = lakes.lake()
    if found is None:
        return []
    row = LakeCheck.objects.order_by("-pk").first()
    days = row.last_days if row else {}
    return [
        TableInfo(
            name,
            state.rows,
            state.bytes,
            state.files,
            date.fromisoformat(days[name]) if name in days else None,
        )
        for name, state in found.manifest().tables.items()
        if state.rows
    ]


def versions() -> list[VersionInfo]:
    """The versions that are kept, newest first."""
    found = lakes.lake()
    return [
        VersionInfo(
            one.version, datetime.fromisoformat(one.published), one.note,
            sum(state.rows for state in one.tables.values()),
        )
        for one in (found.history() if found else [])
    ]  # fmt: skip
