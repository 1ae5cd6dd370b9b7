"""Saved segments: who is in them now, who entered and left, and their size day by day."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Segment(models.Model):
    """A rule with a name. `revision` counts the rules that it has had; `evaluated_revision`: which one its members follow."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True)
    rule = models.TextField()
    description = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)
    evaluated_revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(rule="") & ~Q(name=""), name="segment_has_name_and_rule"),
        ]


class SegmentMember(models.Model):
    """One customer in one segment now. `since`: the day from which on the rule was seen to be true."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE)
    customer = models.BigIntegerField(db_index=True)
    market = models.CharField(max_length=120, default="")
    since = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "customer"], name="one_membership_a_customer"),
        ]


class SegmentChange(models.Model):
    """A customer entered or left while the rule stayed the same; a change of the rule makes none."""

    class Kind(models.TextChoices):
        ENTERED = "entered"
        LEFT = "left"

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE)
    customer = models.BigIntegerField(db_index=True)
    market = models.CharField(max_length=120, default="")
    kind = models.CharField(max_length=7, choices=Kind)
    day = models.DateField()
    snapshot = models.BigIntegerField()  # a number, not a link: snapshots are deleted, history stays

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "snapshot", "customer"], name="one_change_a_snapshot"),
            models.CheckConstraint(condition=Q(kind__in=["entered", "left"]), name="known_segment_change"),
        ]
        indexes: ClassVar = [models.Index(fields=["segment", "kind", "-id"])]


class SegmentSize(models.Model):
    """A segment on one day, by market: `{"DE": {"customers": 12, "orders": 40, "revenue": "1200.00", ...}}`."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE)
    day = models.DateField()
    snapshot = models.BigIntegerField()
    revision = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    markets = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["segment", "day"], name="one_size_a_day")]
