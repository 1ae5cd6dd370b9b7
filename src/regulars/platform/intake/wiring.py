"""What intake registers."""

from __future__ import annotations

from datetime import datetime, timedelta

from regulars.platform.core.api import SCHEDULE_SOURCES, recurring, register_job, subscribe
from regulars.platform.intake import adopting, definitions, feeds, keeping, looking, tasks

_CLEARS_AT = 2  # o'clock, UTC: before the daily feeds


def register() -> None:
    """Looks, imports, feeds, and the care of the lake."""
    register_job("intake.look", looking.look, tries=tasks.TRIES)
    register_job("intake.look_long", looking.look, lane="long", tries=tasks.TRIES)
    register_job("intake.import", tasks.import_files, lane="long", tries=tasks.TRIES)
    register_job(adopting.KIND, adopting.adopt, lane="long")
    register_job(definitions.KIND, definitions.put_in_force, lane="long")
    register_job("intake.feed", feeds.look, lane="long", tries=1)
    register_job("intake.check", keeping.check, tries=2)
    register_job("intake.clear", keeping.clear, lane="long", tries=2)
    subscribe("lake.changed", "intake.check")
    recurring("intake.clear", kind="intake.clear", next_after=_tonight)
    if feeds.schedules not in SCHEDULE_SOURCES:
        SCHEDULE_SOURCES.append(feeds.schedules)


def _tonight(instant: datetime) -> datetime:
    tonight = instant.replace(hour=_CLEARS_AT, minute=0, second=0, microsecond=0)
    return tonight if tonight > instant else tonight + timedelta(days=1)
