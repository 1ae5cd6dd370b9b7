"""Goals: a figure, a scope, from where to where, by when, whose."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from regulars.platform.insights.models.segments import Segment


class Goal(models.Model):
    """A target for a figure. The baseline is frozen; `points` and `outlook` are what the last snapshot says of it."""

    class State(models.TextChoices):
        OPEN = "open"
        REACHED = "reached"
        MISSED = "missed"
        DROPPED = "dropped"

    name = models.CharField(max_length=160)
    figure = models.CharField(max_length=80)
    market = models.CharField(max_length=120, default="", blank=True)  # '': all
    segment = models.ForeignKey(Segment, null=True, on_delete=models.PROTECT)
    grain = models.CharField(max_length=7, choices=[(name, name) for name in ("month", "quarter", "year")])
    baseline = models.DecimalField(max_digits=28, decimal_places=10)
    baseline_start = models.DateField()
    baseline_end = models.DateField()
    baseline_version = models.BigIntegerField()  # of the lake
    currency = models.CharField(max_length=3, default="", blank=True)
    kind = models.CharField(max_length=8, choices=[("relative", "relative"), ("points", "points")])
    change = models.DecimalField(
        max_digits=28, decimal_places=10
    )  # as it was said: per cent, or units of the figure
    target = models.DecimalField(max_digits=28, decimal_places=10)
    due = models.DateField()
    # The last whole period by then, which is judged.
    period_start = models.DateField()
    period_end = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="goals_owned"
    )
    reason = models.TextField(default="", blank=True)
    checks = models.JSONField(default=list)  # the letters as they stood when the goal was set
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="goals_set"
    )
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_value = models.DecimalField(max_digits=28, decimal_places=10, null=True)
    points = models.JSONField(default=list)
    outlook = models.JSONField(default=dict)
    snapshot = models.BigIntegerField(null=True)  # that the points come from

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="closed_goals_have_an_end",
            ),
            models.CheckConstraint(condition=~Q(target=F("baseline")), name="goal_changes_something"),
            models.CheckConstraint(condition=Q(period_end__gt=F("baseline_end")), name="goal_lies_ahead"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "reached", "missed", "dropped"]), name="known_goal_state"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due"])]
