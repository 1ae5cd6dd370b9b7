"""What engagement registers."""

from __future__ import annotations

from datetime import datetime, timedelta

from regulars.platform.core.api import SCHEDULE_SOURCES, Recurring, register_job, subscribe
from regulars.platform.engagement import drawing, looking, measuring, sending
from regulars.platform.engagement.models import HandOver
from regulars.platform.insights.api import READY

_HOUR = 5  # UTC: the night's figures and predictions are there


def register() -> None:
    """Looking, drawing, sending; measuring when there are new figures."""
    register_job(looking.LOOK, looking.look, lane="long")
    register_job(drawing.DRAW, drawing.draw, lane="long", tries=20)
    register_job(sending.SEND, sending.send, tries=20)
    register_job(measuring.MEASURE, measuring.measure, lane="long")
    subscribe(READY, measuring.MEASURE)
    if schedules not in SCHEDULE_SOURCES:
        SCHEDULE_SOURCES.append(schedules)


def schedules() -> list[Recurring]:
    """For core's schedules: every hand-over that comes again."""
    rows = HandOver.objects.filter(state=HandOver.State.OPEN).exclude(every=HandOver.Every.ONCE)
    return [
        Recurring(f"handover:{number}", drawing.DRAW, _daily if every == HandOver.Every.DAY else _weekly, {"hand_over": number})
        for number, every in rows.values_list("pk", "every")
    ]  # fmt: skip


def _daily(instant: datetime) -> datetime:
    due = instant.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    return due if due > instant else due + timedelta(days=1)


def _weekly(instant: datetime) -> datetime:
    """The same hour a week later: the first list is drawn when it begins."""
    return _daily(instant + timedelta(days=6))
