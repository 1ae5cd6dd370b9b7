"""Snapshots and their pieces."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Snapshot(models.Model):
    """Everything that pages show of one lake version under one set of definitions; shown once it is whole."""

    lake_version = models.BigIntegerField()
    definitions = models.CharField(
        max_length=80
    )  # the digest of what was asked for, before window and currency were settled
    program = models.CharField(max_length=40)  # the release that computed it: figures may change with one
    as_of = models.DateField(null=True)
    # What was settled: definitions as TOML, currency, window, markets, the folder of prepared tables ...
    state = models.JSONField(default=dict)
    begun_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    current = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lake_version", "definitions", "program", "as_of"], name="one_snapshot_a_version"
            ),
            models.UniqueConstraint(
                fields=["current"], condition=Q(current=True), name="one_current_snapshot"
            ),
            models.CheckConstraint(
                condition=Q(current=False) | Q(ready_at__isnull=False), name="current_is_ready"
            ),
        ]


class Piece(models.Model):
    """One answer of a snapshot, as a page reads it: JSON under a key such as `figures/quarter/retention_rate`."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE)
    key = models.CharField(max_length=160)
    body = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["snapshot", "key"], name="one_piece_a_key")]
