"""Reads of scheduled reports. Who is limited to markets sees those about one of these, and none about all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone

from regulars.platform.core.api import Job, User
from regulars.platform.insights.models import MadeReport, ReportSchedule
from regulars.platform.insights.reports_operations import MAKE, rhythm_of
from regulars.platform.insights.rules.due import next_due

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True)
class MadeInfo:
    """A report that was made."""

    number: int
    schedule: int
    name: str
    title: str
    language: str
    due: datetime
    as_of: date
    size: int
    file: Path
    market: str


@dataclass(frozen=True)
class ScheduleInfo:
    """A report that comes again. `next_due` None: stopped."""

    number: int
    name: str
    every: str
    weekday: int
    day: int
    hour: int
    zone: str
    mail: str
    keep: int
    users: tuple[str, ...]
    user_numbers: tuple[int, ...]
    next_due: datetime | None
    making: bool
    market: str


def schedules(*, user: User) -> list[ScheduleInfo]:
    """All schedules, those in use first: three queries, however many there are."""
    rows = _seen(user, ReportSchedule.objects.prefetch_related("users"), "market")
    rows = rows.order_by("-archived_at", "name", "pk")
    open_jobs = Job.objects.filter(kind=MAKE, state__in=[Job.State.WAITING, Job.State.RUNNING])
    making = {arguments.get("schedule") for arguments in open_jobs.values_list("arguments", flat=True)}
    return sorted((_info(row, row.pk in making) for row in rows), key=lambda one: one.next_due is None)


def schedule(*, user: User, number: int) -> ScheduleInfo | None:
    return next((one for one in schedules(user=user) if one.number == number), None)


def reports(*, user: User, limit: int = 100) -> list[MadeInfo]:
    """The reports that are kept, the newest first."""
    rows = _seen(user, MadeReport.objects.select_related("schedule"), "market")
    return [_made(row) for row in rows.order_by("-due", "schedule__name", "language")[:limit]]


def report(*, user: User, number: int) -> MadeInfo | None:
    """One report; None where it is not there, or not for this user."""
    row = _seen(user, MadeReport.objects.select_related("schedule"), "market").filter(pk=number).first()
    return None if row is None else _made(row)


def _seen(user: User, rows: QuerySet[_Row], field: str) -> QuerySet[_Row]:
    """Those that the user may see, by the market that a field names."""
    markets = user.reach.markets
    return rows if markets is None else rows.filter(**{f"{field}__in": sorted(markets)})


def _made(row: MadeReport) -> MadeInfo:
    return MadeInfo(
        row.pk, row.schedule_id, row.schedule.name, row.title, row.language, row.due, row.as_of, row.size,
        settings.SITE.reports / row.file, row.market,
    )  # fmt: skip


def _info(row: ReportSchedule, making: bool) -> ScheduleInfo:
    users = list(row.users.all())
    return ScheduleInfo(
        row.pk, row.name, row.every, row.weekday, row.day, row.hour, row.zone, row.mail, row.keep,
        tuple(str(user) for user in users), tuple(user.pk for user in users),
        None if row.archived_at else next_due(rhythm_of(row), timezone.now()), making, row.market,
    )  # fmt: skip
