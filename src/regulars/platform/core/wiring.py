"""What core registers."""

from __future__ import annotations

from datetime import timedelta

from regulars.platform.core import jobs, mail, schedules, sign_ins, upkeep


def register() -> None:
    """Sign-ins for the audit log, mail, and the clearing up."""
    sign_ins.listen()
    jobs.register("core.mail", mail.deliver, tries=100)  # it gives up by itself, by the mail's age
    jobs.register("core.clear", upkeep.clear)
    schedules.recurring("core.clear", kind="core.clear", next_after=schedules.every(timedelta(hours=6)))
