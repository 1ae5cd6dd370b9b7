"""Runs: what was predicted from one snapshot, shown once it is whole. See docs/decisions/0031."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Run(models.Model):
    """Everything of one sort that was predicted from one snapshot. Old ones stay as rows: the history of how good they were."""

    class Sort(models.TextChoices):
        SCORES = "scores"
        GROUPS = "groups"
        RECOMMENDATIONS = "recommendations"

    sort = models.CharField(max_length=20, choices=Sort)
    snapshot = models.BigIntegerField()  # a number, not a link: snapshots are deleted, history stays
    lake_version = models.BigIntegerField()
    definitions = models.CharField(max_length=80)  # the snapshot's digest
    currency = models.CharField(max_length=3, default="", blank=True)  # of its amounts
    as_of = models.DateField()
    program = models.CharField(max_length=40)
    folder = models.CharField(max_length=60, default="", blank=True)  # below the site's prepared tables
    state = models.JSONField(default=dict)  # what its pages say
    begun_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    current = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sort"], condition=Q(current=True), name="one_current_run_a_sort"
            ),
            models.CheckConstraint(
                condition=Q(current=False) | Q(ready_at__isnull=False), name="current_run_is_ready"
            ),
            models.CheckConstraint(
                condition=Q(sort__in=["scores", "groups", "recommendations"]), name="known_sort_of_run"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["sort", "-ready_at"])]
