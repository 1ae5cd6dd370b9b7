"""The import job: files into the lake. It may run twice; the lake is the same afterwards, and there is one summary."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import RegularsError
from regulars.kernel.progress import Progress
from regulars.platform.core.api import (
    Cancelled,
    Running,
    Stopped,
    TryLater,
    gives_up,
    machine_fault,
    publish,
    record,
)
from regulars.platform.intake import lakes
from regulars.platform.intake.files import by_their_names
from regulars.platform.intake.models import Import
from regulars.platform.intake.rules.kept import kept
from regulars.sources import ImportSummary, LoadOptions, SourceFile, import_into

TRIES = 3  # of an import that fails unexpectedly
_BREATH = 0.5  # seconds between two notes on the progress: each is a write to the database


@dataclass(frozen=True)
class Ready:
    """An import's files and options as the library wants them, while they are at hand."""

    files: list[SourceFile]
    options: LoadOptions


def import_files(job: Running) -> dict[str, Any] | None:
    """Bring an import's files into the lake, and tell whoever waits for a new version."""
    row = Import.objects.get(pk=job.arguments["number"])
    if row.state != Import.State.IMPORTING:
        return {"number": row.pk}
    if not row.rejects:
        # One name for all attempts, so that a second one replaces what the first had written.
        row.rejects = f"{secrets.token_hex(16)}.csv"
        row.save(update_fields=["rejects"])
    with failing(row, job), at_hand(row) as ready:
        lakes.adopt(slowly(job))
        summary = import_into(
            lakes.made_lake(),
            ready.files,
            resolver=lakes.resolver(),
            options=ready.options,
            progress=slowly(job),
        )
        _finish(row, summary)
    return {"number": row.pk}


def _finish(row: Import, summary: ImportSummary) -> None:
    """Keep the summary and tell of the new version: both or neither."""
    with transaction.atomic():
        # Also where somebody cancelled it at the very end: the lake has the rows, so it says so.
        Import.objects.filter(pk=row.pk).update(
            state=Import.State.DONE,
            summary=kept(summary),
            sources=sorted({file.source for file in summary.files}),
            lake_version=summary.lake_version,
            rejects=row.rejects if summary.rejects_file else "",
            error=None,
            finished_at=timezone.now(),
        )
        record(
            user=row.by, action="import.done", object=f"import {row.pk}", lake_version=summary.lake_version
        )
        publish("lake.changed", key="lake", lake_version=summary.lake_version)


@contextmanager
def failing(row: Import, job: Running) -> Iterator[None]:
    """Write down why an import cannot be done; what is unexpected is tried again first."""
    try:
        yield
    except RegularsError as error:
        if not machine_fault(error) or gives_up(error, attempt=job.attempt, tries=TRIES):
            mark_failed(row, {"what": error.what, "where": error.where, "do": error.do})
        raise
    except (Stopped, Cancelled, TryLater):  # it goes on later, or somebody ended it
        raise
    except Exception as error:
        if gives_up(error, attempt=job.attempt, tries=TRIES):
            mark_failed(row, {"what": machine_fault(error), "where": "", "do": ""})
        raise


def mark_failed(row: Import, error: dict[str, str]) -> None:
    """The import failed, unless it was ended in another way meanwhile."""
    Import.objects.filter(pk=row.pk, state__in=Import.OPEN).update(
        state=Import.State.FAILED, error=error, finished_at=timezone.now()
    )


@contextmanager
def at_hand(row: Import) -> Iterator[Ready]:
    """The files by their own names and the mapping as a file, for as long as they are read."""
    uploads = list(row.uploads.order_by("pk"))
    with by_their_names(f"import-{row.pk}", [(one.key, one.name) for one in uploads]) as paths:
        mapping: Path | None = None
        if row.mapping:
            # Beside the files' folder there is nothing else to write to; it goes with them.
            mapping = paths[0].parent / ".mapping.toml"
            mapping.write_text(row.mapping, encoding="utf-8")
        files = [SourceFile(path, one.source) for path, one in zip(paths, uploads, strict=True)]
        yield Ready(files, options_of(row, mapping))


def options_of(row: Import, mapping: Path | None) -> LoadOptions:
    """What the import's row says about reading its files."""
    given = row.options
    return LoadOptions(
        mapping=mapping,
        currency=given.get("currency") or None,
        zone=given.get("zone") or None,
        day_first=given.get("day_first"),
        rejects=settings.SITE.rejects / row.rejects if row.rejects else None,
    )


def slowly(job: Running) -> Progress:
    """The job's progress, told at most twice a second."""
    told = [0.0]

    def tell(step: str, share: float | None = None) -> None:
        now = time.monotonic()
        if now - told[0] >= _BREATH:
            told[0] = now
            job.progress(step, share)

    return tell
