"""What intake knows, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from regulars.platform.intake import lakes
from regulars.platform.intake.models import Import, Upload
from regulars.platform.intake.rules.kept import summary_of
from regulars.sources import ImportSummary

_RECENT = 500  # imports that are looked through for when a source came last


@dataclass(frozen=True)
class FileInfo:
    """One file of an import. `expires_at`: when it is deleted."""

    name: str
    size: int
    source: str
    expires_at: datetime


@dataclass(frozen=True)
class ImportInfo:
    """An import. `state`: see Import.State. `error`: {what, where, do}. `orders`, `customers`, `rejected` come with the summary."""

    number: int
    state: str
    files: tuple[FileInfo, ...]
    sources: tuple[str, ...]
    created_at: datetime
    finished_at: datetime | None
    by: str
    feed: str | None
    job: int | None
    lake_version: int | None
    mapping: str
    options: dict[str, Any]
    sample: str
    rejects: str
    error: dict[str, str] | None
    summary: ImportSummary | None
    step: str = ""
    share: float | None = None

    @property
    def rejected(self) -> int:
        return self.summary.rejected if self.summary else 0

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(file.rows for file in self.summary.files) if self.summary else 0

    @property
    def orders(self) -> int:
        return sum(source.orders for source in self.summary.sources) if self.summary else 0

    @property
    def customers(self) -> int:
        return sum(source.customers for source in self.summary.sources) if self.summary else 0

    @property
    def is_open(self) -> bool:
        return self.state in Import.OPEN


@dataclass(frozen=True)
class SourceFreshness:
    """Up to which local day the lake knows a source, and when its last import ended (None: before the platform)."""

    source: str
    first: date | None
    last: date | None
    imported_at: datetime | None


def info(row: Import) -> ImportInfo:
    """A row as a value."""
    return ImportInfo(
        number=row.pk, state=row.state,
        files=tuple(FileInfo(one.name, one.size, one.source, one.expires_at) for one in row.uploads.all()),
        sources=tuple(row.sources), created_at=row.created_at, finished_at=row.finished_at,
        by=str(row.by) if row.by else "", feed=row.feed.name if row.feed else None, job=row.job_id,
        lake_version=row.lake_version, mapping=row.mapping, options=dict(row.options), sample=row.sample,
        rejects=row.rejects, error=row.error, summary=summary_of(row.summary) if row.summary else None,
        step=row.job.step if row.job else "", share=row.job.share if row.job else None,
    )  # fmt: skip


def rows() -> QuerySet[Import]:
    """Imports with all that `info` reads, newest first."""
    uploads = Prefetch("uploads", Upload.objects.order_by("pk"))
    return Import.objects.select_related("by", "feed", "job").prefetch_related(uploads).order_by("-pk")


def imported(number: int) -> ImportInfo | None:
    """One import."""
    row = rows().filter(pk=number).first()
    return info(row) if row else None


def latest() -> ImportInfo | None:
    """The import that ended last and changed the lake."""
    row = rows().filter(state=Import.State.DONE).order_by("-finished_at").first()
    return info(row) if row else None


def running() -> list[ImportInfo]:
    """Imports that are not at their end, newest first."""
    found = [info(row) for row in rows().filter(state__in=Import.OPEN)]
    return [one for one in found if one.is_open]


def page_of(before: int | None, limit: int) -> list[ImportInfo]:
    """Imports older than a number, newest first."""
    found = rows() if before is None else rows().filter(pk__lt=before)
    return [info(row) for row in found[:limit]]


def freshness() -> list[SourceFreshness]:
    """Every source in the lake, by name."""
    found = lakes.lake()
    if found is None:
        return []
    came: dict[str, datetime] = {}
    done = Import.objects.filter(state=Import.State.DONE).order_by("-finished_at")
    for sources, finished_at in done.values_list("sources", "finished_at")[:_RECENT]:
        for source in sources:
            if finished_at is not None:
                came.setdefault(source, finished_at)
    return [
        SourceFreshness(one.source, one.first, one.last, came.get(one.source))
        for one in sorted(found.coverage(), key=lambda one: one.source)
    ]
