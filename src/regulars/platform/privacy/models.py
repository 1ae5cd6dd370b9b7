"""The tables of privacy. Other contexts come in through `api.py`."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone


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
