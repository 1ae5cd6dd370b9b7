"""Reports on a schedule, and those that were made."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ReportSchedule(models.Model):
    """When the report is made and who gets it. `revision` counts changes of its rhythm: a new one is due anew.
    `market`: the one whose customers it is about; empty: all."""

    name = models.CharField(max_length=160)
    market = models.CharField(max_length=40, blank=True, default="")
    every = models.CharField(max_length=5, choices=[("week", "week"), ("month", "month")])
    weekday = models.PositiveSmallIntegerField(default=0)  # 0 is Monday
    day = models.PositiveSmallIntegerField(default=1)  # of the month
    hour = models.PositiveSmallIntegerField(default=7)
    zone = models.CharField(max_length=60, default="UTC")
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="report_schedules")
    # How it is mailed: as a file, as a link, or not at all.
    mail = models.CharField(
        max_length=4, choices=[("file", "file"), ("link", "link"), ("none", "none")], default="link"
    )
    keep = models.PositiveSmallIntegerField(default=12)
    revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="report_schedules_set"
    )
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    weekday__lte=6, day__gte=1, day__lte=31, hour__lte=23, keep__gte=1, keep__lte=200
                ),
                name="report_comes_again",
            ),
        ]


class MadeReport(models.Model):
    """One report in one language. `file` lies below the site's reports folder. `market`: what it is about, also where its
    schedule has changed since."""

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, related_name="made")
    due = models.DateTimeField()
    language = models.CharField(max_length=10)
    market = models.CharField(max_length=40, blank=True, default="")
    file = models.CharField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    as_of = models.DateField()
    lake_version = models.BigIntegerField()
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["schedule", "due", "language", "market"], name="one_report_a_due_date"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["schedule", "-due"])]
