"""What goals, alerts and scheduled reports register."""

from __future__ import annotations

from regulars.platform.core.api import register_job, subscribe
from regulars.platform.insights import goals_tasks
from regulars.platform.insights.goals_proposal import MEASURE
from regulars.platform.insights.operations import READY


def register() -> None:
    """Goals are looked at after each snapshot."""
    register_job(goals_tasks.KIND, goals_tasks.evaluate, lane="long")
    register_job(MEASURE, goals_tasks.measure, lane="long")
    subscribe(READY, goals_tasks.KIND)
