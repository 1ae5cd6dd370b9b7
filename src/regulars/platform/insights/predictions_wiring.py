"""What predictions register: the sort of run with its table, the job that makes one, and what follows from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from regulars.platform.core.api import Running, recurring, register_job, subscribe
from regulars.platform.insights import runs, runs_views, segments_operations
from regulars.platform.insights.models import Run
from regulars.platform.insights.operations import READY
from regulars.platform.insights.predictions_tables import PREDICTIONS

KIND = "insights.predict"


def register() -> None:
    """The run of scores: every night after the figures, and with a snapshot that has none."""
    runs_views.register_sort(Run.Sort.SCORES, job=KIND, tables=(PREDICTIONS,))
    register_job(KIND, _predict, lane="long", tries=3)
    subscribe(READY, KIND)
    recurring(KIND, kind=KIND, next_after=_after_the_figures, nightly=True)
    for kind in (segments_operations.EVALUATE, "insights.worklist"):
        subscribe(runs.ready_topic(Run.Sort.SCORES), kind)


def _predict(job: Running) -> dict[str, Any] | None:
    from regulars.platform.insights.predictions_make import predict  # noqa: PLC0415 - loads the learners

    return predict(job)


def _after_the_figures(instant: datetime) -> datetime:
    """The next 00:50 UTC: half an hour after the figures of the day before begin, in the same lane."""
    today = instant.replace(hour=0, minute=50, second=0, microsecond=0)
    return today if today > instant else today + timedelta(days=1)
