"""A figure's SQL as a text. Writing it takes seconds, so a worker does it once a snapshot, figure and span, when asked for."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import Any, get_args

from django.conf import settings

from regulars.metrics import FIGURES
from regulars.platform.core.api import Job, Running, User, start_job
from regulars.platform.insights.models import Snapshot
from regulars.platform.insights.pieces import Span, span_calendar
from regulars.platform.insights.queries import shown
from regulars.platform.insights.segments_working import at_work, current_snapshot

KIND = "insights.sql"
_KEPT = 86_400.0  # seconds after which texts of other snapshots are deleted


def sql_text(slug: str, span: Span) -> str | None:
    """The text for the snapshot that is shown; None where it was not written yet."""
    snapshot = shown()
    if snapshot is None:
        return None
    try:
        return _path(snapshot, slug, span).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def start_sql(slug: str, span: Span, *, by: User) -> Job:
    """Have the text written; asking again while that waits gives the same job."""
    return start_job(kind=KIND, key=f"{by.pk}:{slug}:{span}", by=by, slug=slug, span=span)


def write(job: Running) -> dict[str, Any] | None:
    """Write the text for the current snapshot, whole or not at all."""
    slug, span = job.arguments["slug"], job.arguments["span"]
    snapshot = current_snapshot()
    if snapshot is None or slug not in FIGURES or span not in get_args(Span):
        return None
    path = _path(snapshot, slug, span)
    if path.exists():
        return None
    with at_work(snapshot) as analysis:
        text = analysis.sql(FIGURES[slug], span_calendar(analysis, span))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
    _clear(path.parent)
    return None


def _path(snapshot: Snapshot, slug: str, span: str) -> Path:
    """Where the text lies. The cache may outlive the database, so its number alone does not name a snapshot."""
    about = (
        f"{snapshot.pk} {snapshot.lake_version} {snapshot.definitions} {snapshot.program} {snapshot.as_of}"
    )
    folder: Path = settings.SITE.cache / "sql" / hashlib.sha256(about.encode()).hexdigest()[:24]
    return folder / f"{slug}-{span}.sql"


def _clear(kept: Path) -> None:
    """Delete the texts of other snapshots, but of those that a page may still show."""
    oldest = time.time() - _KEPT
    for folder in kept.parent.iterdir():
        if folder != kept and folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
