"""Alerts: what is watched, what was found, who is told, and what was sent where."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from regulars.platform.insights.models.segments import Segment


class Webhook(models.Model):
    """An address of another program. Its secret is derived from the site's key and `nonce` and kept nowhere."""

    name = models.CharField(max_length=120)
    url = models.CharField(max_length=500)
    nonce = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)
    disabled_at = models.DateTimeField(null=True)
    # Why it takes nothing any more: `gone` (it said 410) or `person`.
    disabled_because = models.CharField(max_length=10, default="", blank=True)
    archived_at = models.DateTimeField(null=True)


class AlertRule(models.Model):
    """Something that is watched. `armed`: it may fire, having been on the right side of its limit since it last did."""

    class Kind(models.TextChoices):
        LIMIT = "limit"  # a figure crosses a limit
        UNUSUAL = "unusual"  # a figure is unusual against its own season
        SIZE = "size"  # a segment's size crosses a limit
        ENTERED = "entered"  # so many customers entered a segment in a day

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=7, choices=Kind)
    figure = models.CharField(max_length=80, default="", blank=True)
    grain = models.CharField(max_length=7, default="", blank=True)
    market = models.CharField(max_length=120, default="", blank=True)  # '': all
    segment = models.ForeignKey(Segment, null=True, on_delete=models.PROTECT)
    side = models.CharField(max_length=5, default="", blank=True)  # above, below
    limit = models.DecimalField(max_digits=28, decimal_places=10, null=True)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="alert_rules")
    by_mail = models.BooleanField(default=True)
    webhooks = models.ManyToManyField(Webhook, related_name="rules", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="alert_rules_set"
    )
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)
    muted_until = models.DateField(null=True)
    armed = models.BooleanField(default=True)
    # What was seen last: value, period or day, whether beyond the limit, how long it still waits for data.
    seen = models.JSONField(default=dict)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["limit", "size", "entered"], limit__isnull=False)
                | Q(kind="unusual", limit__isnull=True),
                name="rule_has_its_limit",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=["limit", "unusual"]) & ~Q(figure=""))
                | Q(kind__in=["size", "entered"], segment__isnull=False),
                name="rule_watches_something",
            ),
        ]


class AlertFinding(models.Model):
    """A rule fired for a cause: the last day of a period, or a day. Once, however often it is looked at."""

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="findings")
    cause = models.DateField()
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    muted = models.BooleanField(default=False)  # it was found while the rule was muted: nobody was told

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "cause"], name="one_finding_a_cause")
        ]
        indexes: ClassVar = [models.Index(fields=["-at"])]


class AlertNotice(models.Model):
    """A finding for one person: whether it was seen in the page, and whether it was mailed."""

    finding = models.ForeignKey(AlertFinding, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    by_mail = models.BooleanField()
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["finding", "user"], name="one_notice_a_person")
        ]
        indexes: ClassVar = [models.Index(fields=["user", "mailed_at"])]


class WebhookDelivery(models.Model):
    """One message to one address, with every attempt. The body is kept as it is signed."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"  # all attempts of the ladder are used up, or the address is disabled

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    finding = models.ForeignKey(AlertFinding, null=True, on_delete=models.CASCADE)
    cause = models.CharField(max_length=80)
    message = models.CharField(max_length=40, unique=True)  # webhook-id: the same at every attempt
    body = models.TextField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.JSONField(default=list)  # [{"at", "status", "error"}], oldest first
    # Attempts of the ladder so far; a replay by hand begins a new one.
    step = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "cause"], name="one_message_a_cause"),
        ]
        indexes: ClassVar = [models.Index(fields=["webhook", "-created_at"])]
