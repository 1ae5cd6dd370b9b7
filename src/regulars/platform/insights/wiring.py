"""What insights registers."""

from __future__ import annotations

from datetime import datetime, timedelta

from regulars.platform.core.api import every, recurring, register_job, subscribe
from regulars.platform.insights import (
    compute,
    goals_wiring,
    personas_wiring,
    predictions_wiring,
    queries,
    recommendations_wiring,
    segments_operations,
    segments_tasks,
    sql_texts,
    worklist_update,
)
from regulars.platform.insights.operations import READY
from regulars.platform.intake.api import still_reads


def register() -> None:
    """The computation of snapshots: after each change of the lake or the definitions, and every night. What follows from
    a new one: segments, the work list."""
    register_job(compute.KIND, compute.compute, lane="long")
    subscribe("lake.changed", compute.KIND)
    subscribe("definitions.changed", compute.KIND)
    recurring(compute.KIND, kind=compute.KIND, next_after=_after_midnight)
    register_job("insights.watch", compute.watch)
    recurring("insights.watch", kind="insights.watch", next_after=every(timedelta(minutes=5)))
    still_reads(queries.versions_read)
    register_job(segments_operations.EVALUATE, segments_tasks.evaluate_all, lane="long")
    register_job("insights.obey", segments_tasks.obey)
    subscribe("profiling.changed", "insights.obey")
    register_job("insights.rule_size", segments_tasks.count, lane="quick")
    register_job(sql_texts.KIND, sql_texts.write)
    register_job("insights.worklist", worklist_update.recompute, lane="long")
    for kind in (segments_operations.EVALUATE, "insights.worklist"):
        subscribe(READY, kind)
    goals_wiring.register()
    predictions_wiring.register()
    personas_wiring.register()
    recommendations_wiring.register()


def _after_midnight(instant: datetime) -> datetime:
    """The next 00:20 UTC: the day that has ended is complete then."""
    today = instant.replace(hour=0, minute=20, second=0, microsecond=0)
    return today if today > instant else today + timedelta(days=1)
