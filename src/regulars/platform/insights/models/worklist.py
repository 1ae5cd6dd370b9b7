"""The work list: customers to look after, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class WorkItem(models.Model):
    """One customer to look after for one reason. What people write on it survives every computation."""

    class Reason(models.TextChoices):
        COMPLAINT = "complaint"
        LATE = "late"
        OVERDUE = "overdue"

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"  # a person said so
        GONE = "gone"  # it left by itself

    customer = models.BigIntegerField(db_index=True)
    market = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=9, choices=Reason)
    urgency = models.PositiveSmallIntegerField()  # 0 before 1 before 2
    score = models.DecimalField(max_digits=18, decimal_places=4)  # yearly revenue at risk, reporting currency
    worth = models.DecimalField(max_digits=18, decimal_places=4)  # revenue of the year up to the last order
    currency = models.CharField(max_length=3)
    # What the sentence says: gap, days, orders, promised day ...
    facts = models.JSONField(default=dict)
    last_order_day = models.DateField(null=True)
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    snapshot = models.BigIntegerField()
    listed_on = models.DateField()
    assigned = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="assigned_work"
    )
    note = models.TextField(blank=True, default="")
    snoozed_until = models.DateField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="done_work"
    )
    closed_at = models.DateTimeField(null=True)
    came_back_on = models.DateField(null=True)  # the outcome: the day of the next order

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "reason"], condition=Q(state="open"), name="one_open_item_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="closed_items_have_an_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "urgency", "-score"]),
            models.Index(fields=["state", "-closed_at"]),
        ]
