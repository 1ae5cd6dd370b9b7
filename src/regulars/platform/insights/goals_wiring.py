"""What goals, alerts and scheduled reports register."""

from __future__ import annotations

from datetime import timedelta

from regulars.platform.core.api import every, recurring, register_job, subscribe
from regulars.platform.insights import goals_tasks, webhooks_operations
from regulars.platform.insights.goals_proposal import MEASURE
from regulars.platform.insights.operations import READY


def register() -> None:
    """Goals are looked at after each snapshot."""
    register_job(goals_tasks.KIND, goals_tasks.evaluate, lane="long")
    register_job(webhooks_operations.DELIVER, webhooks_operations.deliver)
    register_job("webhooks.forget", webhooks_operations.forget)
    recurring("webhooks.forget", kind="webhooks.forget", next_after=every(timedelta(days=1)))
    register_job(MEASURE, goals_tasks.measure, lane="long")
    subscribe(READY, goals_tasks.KIND)
