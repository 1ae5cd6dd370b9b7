"""The worker's sign of life, for those who watch the site."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from regulars.platform.core.models import Job, Setting

LATE_AFTER = timedelta(minutes=1)
_SETTING = "worker_seen_at"


def beat(*, now: datetime) -> timedelta:
    """Called by the worker every few seconds. Returns by how much the clock was set back since the last time, if it was."""
    age = worker_age(now=now)
    Setting.objects.update_or_create(name=_SETTING, defaults={"value": now.isoformat()})
    return timedelta(0) if age is None else max(timedelta(0), -age)


def worker_age(*, now: datetime) -> timedelta | None:
    """How long ago a worker was alive; None: never."""
    row = Setting.objects.filter(pk=_SETTING).first()
    return None if row is None else now - datetime.fromisoformat(str(row.value))


def jobs_by_state() -> dict[str, int]:
    """How many jobs are in each state; all states are named."""
    counted = dict(Job.objects.values_list("state").annotate(Count("pk")).order_by())
    return {state: counted.get(state, 0) for state in Job.State.values}
