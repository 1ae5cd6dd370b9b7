"""What privacy registers."""

from __future__ import annotations

from datetime import timedelta

from regulars.platform.core.api import every, recurring, register_job
from regulars.platform.privacy import expiry, looking, operations, places
from regulars.platform.privacy.models import Look


def register() -> None:
    """Places that hold data of people, looking and erasing in the background, and the expiry of files."""
    places.register_all()
    register_job(operations.JOB, operations.erase_job, lane="long", tries=20)
    # They read every file, for minutes where there are many: mail must not wait for that.
    register_job(looking.JOBS[Look.Wants.WHERE], looking.look, lane="long")
    register_job(looking.JOBS[Look.Wants.EXPORT], looking.write, lane="long")
    register_job(expiry.JOB, expiry.expire_files)
    recurring(expiry.JOB, kind=expiry.JOB, next_after=every(timedelta(hours=6)))
