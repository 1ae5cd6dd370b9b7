"""Clearing up: sessions and finished jobs that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Model, QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from regulars.platform.core.jobs import Running
from regulars.platform.core.models import Job, Session

_CHUNK = 2_000  # rows a transaction: no write holds the database longer


def clear(job: Running) -> None:
    """Delete expired sessions, and jobs that ended more than 30 days ago, in small steps."""
    now = timezone.now()
    old = now - timedelta(days=30)
    _in_chunks(Session.objects.filter(expire_date__lt=now))
    _in_chunks(Job.objects.filter(finished_at__lt=old))
    _in_chunks(DBTaskResult.objects.filter(finished_at__lt=now - timedelta(days=1)))


def _in_chunks(rows: QuerySet[Model]) -> None:
    while numbers := list(rows.values_list("pk", flat=True)[:_CHUNK]):
        rows.model._default_manager.filter(pk__in=numbers).delete()
