"""Hand-overs: what was asked for, who is in which arm, what left, what it added. Others come in through `api.py`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class HandOver(models.Model):
    """Customers given to another tool, once or again and again, with a share held out: one experiment.

    The rule is that of the segment when it was made. `markets` None: all. `share` is held out; `points`: the difference in
    customers kept that would matter; `horizon`: days that each customer is looked at. `looked`: what was found beforehand.
    """

    class Source(models.TextChoices):
        SEGMENT = "segment"
        TODAY = "today"

    class Tool(models.TextChoices):
        PLAIN = "plain"
        KLAVIYO = "klaviyo"
        MAILCHIMP = "mailchimp"
        SHOPIFY = "shopify"
        ZENDESK = "zendesk"

    class Every(models.TextChoices):
        ONCE = "once"
        WEEK = "week"
        DAY = "day"

    class State(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        STOPPED = "stopped"

    key = models.CharField(
        max_length=60, unique=True
    )  # of the experiment: says who is held out, never changes
    name = models.CharField(max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    source = models.CharField(max_length=7, choices=Source)
    segment = models.BigIntegerField(null=True)  # a number, not a link: segments belong to insights
    rule = models.TextField(blank=True, default="")
    reason = models.CharField(max_length=9, blank=True, default="")  # of Today's list; empty: every reason
    markets = models.JSONField(null=True)
    tool = models.CharField(max_length=9, choices=Tool)
    webhook = models.BigIntegerField(null=True)  # a number of insights; None: a file to download
    every = models.CharField(max_length=4, choices=Every)
    share = models.DecimalField(max_digits=4, decimal_places=3)
    points = models.DecimalField(max_digits=4, decimal_places=1)
    horizon = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    looked = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(share__gt=0) & Q(share__lt=1), name="held_out_share_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(started_at__isnull=False),
                name="hand_over_that_began_has_a_day",
            ),
        ]


class HandOverList(models.Model):
    """The customers of one day. Nothing leaves before it is `ready`; `turn` is the attempt that may write it.

    `counts`: what was found (`found`, `no_consent`, `no_address`, `before`, `treated`, `held_out`); stays when somebody is erased.
    """

    class State(models.TextChoices):
        DRAWING = "drawing"
        READY = "ready"

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE, related_name="lists")
    day = models.DateField()
    state = models.CharField(max_length=7, choices=State, default=State.DRAWING)
    turn = models.CharField(max_length=32, blank=True, default="")
    counts = models.JSONField(default=dict)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hand_over", "day"], name="one_list_a_day"),
        ]


class Assigned(models.Model):
    """One customer in one arm, recorded before anything leaves and never moved."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE)
    of_list = models.ForeignKey(HandOverList, on_delete=models.CASCADE, related_name="assigned")
    customer = models.BigIntegerField(db_index=True)
    market = models.CharField(max_length=120, default="")
    arm = models.CharField(max_length=8)
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hand_over", "customer"], name="one_arm_a_customer"),
            models.CheckConstraint(condition=Q(arm__in=["treated", "held_out"]), name="known_arm"),
        ]
        indexes: ClassVar = [models.Index(fields=["of_list", "arm", "customer"])]


class Message(models.Model):
    """A part of a list for a webhook: customers from `first` to `last`. Who they are is not stored with it a second time."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    of_list = models.ForeignKey(HandOverList, on_delete=models.CASCADE, related_name="messages")
    part = models.PositiveIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    message = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    step = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    attempts = models.JSONField(default=list)
    sent = models.PositiveIntegerField(default=0)  # customers that were in it when it was taken
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of_list", "part"], name="one_message_a_part")
        ]
        indexes: ClassVar = [models.Index(fields=["of_list", "state", "part"])]


class Measured(models.Model):
    """What a hand-over had added as of a snapshot; the newest alone."""

    hand_over = models.OneToOneField(
        HandOver, on_delete=models.CASCADE, primary_key=True, related_name="measured"
    )
    snapshot = models.BigIntegerField()
    as_of = models.DateField()
    answer = models.CharField(max_length=14, blank=True, default="")  # of customers kept: for lists
    state = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
