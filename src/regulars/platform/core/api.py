"""The door of core: what other contexts use."""

from __future__ import annotations

from regulars.platform.core.audit import record
from regulars.platform.core.events import publish, subscribe
from regulars.platform.core.jobs import (
    Cancelled,
    Running,
    Stopped,
    TryLater,
    cancel,
    register as register_job,
    start as start_job,
)
from regulars.platform.core.mail import send as send_mail
from regulars.platform.core.models import Job, User
from regulars.platform.core.rules.roles import Reach, Right
from regulars.platform.core.schedules import SOURCES as SCHEDULE_SOURCES
from regulars.platform.core.schedules import Recurring, every, recurring
from regulars.platform.core.settings_store import get as get_setting
from regulars.platform.core.settings_store import put as put_setting

__all__ = [
    "SCHEDULE_SOURCES", "Cancelled", "Job", "Reach", "Recurring", "Right", "Running", "Stopped", "TryLater", "User",
    "cancel", "every", "get_setting", "publish", "put_setting", "record", "recurring", "register_job", "send_mail",
    "start_job", "subscribe",
]  # fmt: skip
