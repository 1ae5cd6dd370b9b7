"""Scheduled reports, as pages use them: `insights.api.reports`."""

from __future__ import annotations

from regulars.platform.insights.reports_operations import (
    Plan,
    change_schedule,
    make_now,
    make_schedule,
    stop_schedule,
)
from regulars.platform.insights.reports_queries import (
    MadeInfo,
    ScheduleInfo,
    report,
    reports,
    schedule,
    schedules,
)

__all__ = [
    "MadeInfo", "Plan", "ScheduleInfo", "change_schedule", "make_now", "make_schedule", "report", "reports", "schedule",
    "schedules", "stop_schedule",
]  # fmt: skip
