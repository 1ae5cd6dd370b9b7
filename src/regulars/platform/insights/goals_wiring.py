"""What goals, alerts and scheduled reports register."""

from __future__ import annotations

from datetime import timedelta

from regulars.platform.core.api import SCHEDULE_SOURCES, every, recurring, register_job, subscribe
from regulars.platform.insights import (
    alerts_evaluate,
    alerts_tell,
    goals_tasks,
    reports_operations,
    webhooks_operations,
)
from regulars.platform.insights.goals_proposal import MEASURE
from regulars.platform.insights.operations import READY


def register() -> None:
    """Goals and alerts are looked at after each snapshot, alerts on segments after each evaluation."""
    register_job(goals_tasks.KIND, goals_tasks.evaluate, lane="long")
    register_job(alerts_evaluate.KIND, alerts_evaluate.evaluate, lane="long")
    subscribe(READY, alerts_evaluate.KIND)
    register_job(alerts_evaluate.SEGMENT_KIND, alerts_evaluate.evaluate_segment)
    subscribe("segment.changed", alerts_evaluate.SEGMENT_KIND)
    register_job(alerts_tell.KIND, alerts_tell.tell, tries=20)
    register_job(webhooks_operations.DELIVER, webhooks_operations.deliver)
    register_job("webhooks.forget", webhooks_operations.forget)
    recurring("webhooks.forget", kind="webhooks.forget", next_after=every(timedelta(days=1)))
    register_job(MEASURE, goals_tasks.measure, lane="long")
    subscribe(READY, goals_tasks.KIND)
    register_job(reports_operations.MAKE, reports_operations.make, lane="long")
    if reports_operations.due_schedules not in SCHEDULE_SOURCES:
        SCHEDULE_SOURCES.append(reports_operations.due_schedules)
