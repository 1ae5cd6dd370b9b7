"""The tables of intake: files that were brought, imports, mappings that were saved, feeds, and how the lake was found."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Upload(models.Model):
    """One file as somebody brought it. `key` is its name in the uploads folder; its own name is only shown."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    source = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()  # the privacy context deletes the file; the row stays as history


class SavedMapping(models.Model):
    """A mapping that people gave a name, in the language of docs/mapping.md."""

    name = models.CharField(max_length=80, unique=True)
    toml = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class Feed(models.Model):
    """Files that are fetched on a schedule: from a folder of the server, or from one https address."""

    class Kind(models.TextChoices):
        FOLDER = "folder"
        URL = "url"

    class Every(models.TextChoices):
        HOUR = "hour"
        DAY = "day"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    address = models.CharField(max_length=2000)  # may hold a password or a token: shown masked
    pattern = models.CharField(max_length=100, default="*")
    source = models.CharField(max_length=60)
    mapping = models.ForeignKey(SavedMapping, null=True, on_delete=models.PROTECT)
    every = models.CharField(max_length=10, choices=Every, default=Every.DAY)
    hour = models.PositiveSmallIntegerField(default=4)  # UTC; of a daily feed
    # File name (or the address) to what it was when it was last imported, so that an unchanged file is left alone.
    seen = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True)
    error = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="hour_of_a_day"),
        ]


class Import(models.Model):
    """Files on their way into the lake: looked at first, then imported."""

    class State(models.TextChoices):
        LOOKING = "looking"  # waiting for the look, or in it
        UNCLEAR = "unclear"  # the columns could not be told: somebody has to say what they are
        READY = "ready"  # looked at; waits for somebody's yes
        IMPORTING = "importing"  # waiting for the import, or in it
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN: ClassVar = (State.LOOKING, State.UNCLEAR, State.READY, State.IMPORTING)

    uploads: models.ManyToManyField[Upload, models.Model] = models.ManyToManyField(Upload)
    sources = models.JSONField(default=list)
    mapping = models.TextField(default="")  # TOML; empty: columns are recognised
    options = models.JSONField(default=dict)  # currency, zone, day_first, where the files do not say
    state = models.CharField(max_length=10, choices=State, default=State.LOOKING)
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    # What was found by the look, then by the import, as rules/kept.py writes it.
    summary = models.JSONField(null=True)
    error = models.JSONField(null=True)
    sample = models.CharField(
        max_length=40, default=""
    )  # of the first rows, in the uploads folder: it expires too
    rejects = models.CharField(max_length=60, default="")  # file in the rejects folder
    lake_version = models.IntegerField(null=True)
    feed = models.ForeignKey(Feed, null=True, on_delete=models.SET_NULL, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-created_at"]),
            models.Index(fields=["state"]),
        ]


class LakeCheck(models.Model):
    """What was found when the lake was last looked over; a few are kept."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    lake_version = models.IntegerField()
    findings = models.JSONField(default=list)  # {level, what, do}
    last_days = models.JSONField(default=dict)  # table to its last local day
