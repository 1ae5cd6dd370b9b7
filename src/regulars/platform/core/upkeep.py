"""Clearing up: sessions, finished jobs, old mail and invitations that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from regulars.platform.core.jobs import Running
from regulars.platform.core.models import Invitation, Job, Mail, Session
from regulars.platform.core.sessions import began_after, seen_after

_CHUNK = 2_000  # rows a transaction: no write holds the database longer


def clear(job: Running) -> None:
    """Delete expired sessions and invitations, jobs that ended 30 days ago, mail of 90 days ago, in small steps.

    A mail that was not sent within a day loses its text where that holds a link.
    """
    now = timezone.now()
    old = now - timedelta(days=30)
    _in_chunks(Session.objects.filter(expire_date__lt=now))
    ended = Q(seen_at__lt=seen_after(now)) | Q(begun_at__lt=began_after(now))
    _in_chunks(Session.objects.filter(ended, user__isnull=False))
    _in_chunks(Job.objects.filter(finished_at__lt=old))
    _in_chunks(Invitation.objects.filter(expires_at__lt=old))
    _in_chunks(Mail.objects.filter(created_at__lt=now - timedelta(days=90)))
    Mail.objects.filter(confidential=True, created_at__lt=now - timedelta(days=1)).exclude(text="").update(
        text="", html="", state=Mail.State.FAILED, error="not sent within a day"
    )
    _in_chunks(DBTaskResult.objects.filter(finished_at__lt=now - timedelta(days=1)))


def _in_chunks(rows: QuerySet[Model]) -> None:
    while numbers := list(rows.values_list("pk", flat=True)[:_CHUNK]):
        rows.model._default_manager.filter(pk__in=numbers).delete()
