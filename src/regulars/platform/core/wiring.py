"""What core registers."""

from __future__ import annotations

from datetime import timedelta

from regulars.platform.core import jobs, mail, schedules, upkeep


def register() -> None:
    """Mail, and the daily clearing up."""
    jobs.register("core.mail", mail.deliver, tries=20)
    jobs.register("core.clear", upkeep.clear)
    schedules.recurring("core.clear", kind="core.clear", next_after=schedules.every(timedelta(hours=6)))
