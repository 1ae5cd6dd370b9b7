"""The tables of privacy. Other contexts come in through `api.py`."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone

from regulars.platform.core.api import User


def new_reference() -> str:
    """What a certificate is called by; it says nothing of the person."""
    return secrets.token_hex(8)


class Tombstone(models.Model):
    """Somebody was erased. `numbers` stand here only until everything is done, so that a broken-off erasure goes on."""

    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150, default="")
    numbers = models.JSONField(default=list)
    counts = models.JSONField(default=dict)  # records by place
    finished_at = models.DateTimeField(null=True)
    certificate = models.JSONField(null=True)


class Mark(models.Model):
    """One identifier of somebody who was erased, as a keyed digest from which it cannot be read."""

    tombstone = models.ForeignKey(Tombstone, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["digest"])]


class Look(models.Model):
    """Somebody asked where a person's data stands, or for all of it; a worker answers with `counts` by place, or a `file`.

    It names the person by numbers only, as briefly as it can: it goes with the erasure, else after a day. The column is
    not called `customer`, or looking would add a record to those that are counted.
    """

    class Wants(models.TextChoices):
        WHERE = "where"
        EXPORT = "export"

    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    wants = models.CharField(max_length=10, choices=Wants)
    person = models.BigIntegerField(db_index=True)
    numbers = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.CASCADE)
    at = models.DateTimeField(default=timezone.now)
    counts = models.JSONField(null=True)
    file = models.CharField(max_length=80, default="")  # below the site's exports
