"""Writes: a snapshot is begun, filled in small steps, shown at once, and cleared away when newer ones are there."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.lake.toml import to_toml
from regulars.platform.core.api import publish
from regulars.platform.insights.models import Piece, Snapshot

READY = "snapshot.ready"  # published with `snapshot`, the number of the one that is shown now
KEPT = 3  # snapshots beside each other: somebody may still read the one before
_CHUNK = 500  # pieces a transaction: the large ones have some tens of kilobytes
_ROWS = 2_000


def ready(version: int, definitions: str, program: str, as_of: date | None) -> Snapshot | None:
    """The whole snapshot of these, if there is one."""
    asked = Snapshot.objects.filter(
        lake_version=version, definitions=definitions, program=program, as_of=as_of
    )
    return asked.filter(ready_at__isnull=False).first()


def begin(version: int, definitions: str, program: str, as_of: date | None) -> Snapshot:
    """A fresh snapshot. One that was begun and never finished makes way: its worker is gone or fails at its next step."""
    for old in Snapshot.objects.filter(
        lake_version=version, definitions=definitions, program=program, as_of=as_of, ready_at__isnull=True
    ):
        _delete(old)
    return Snapshot.objects.create(
        lake_version=version, definitions=definitions, program=program, as_of=as_of
    )


def store(snapshot: Snapshot, pieces: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Write pieces as they come, in short transactions."""
    rows = (Piece(snapshot=snapshot, key=key, body=body) for key, body in pieces if len(key) <= 160)
    while chunk := list(islice(rows, _CHUNK)):
        Piece.objects.bulk_create(chunk)


def show(snapshot: Snapshot, state: dict[str, Any]) -> None:
    """Show the snapshot from now on, unless one that was begun later is shown already. Tells who subscribed."""
    now = timezone.now()
    with transaction.atomic():
        shown = Snapshot.objects.select_for_update().filter(current=True).first()
        if snapshot.ready_at is not None:
            snapshot.begun_at = now  # an earlier one is wanted again: definitions or facts were turned back
        snapshot.ready_at, snapshot.state = now, state
        late = shown is not None and shown.pk != snapshot.pk and shown.begun_at > snapshot.begun_at
        if not late:
            Snapshot.objects.filter(current=True).update(current=False)
            snapshot.current = True
        snapshot.save()
        if not late:
            publish(READY, key=f"snapshot {snapshot.pk}", snapshot=snapshot.pk)


def empty_state(definitions: Definitions) -> dict[str, Any]:
    """What a snapshot of a lake without orders holds."""
    return {
        "empty": True,
        "definitions": to_toml(definitions),
        "markets": [],
        "currency": definitions.currency,
    }


def clear(lake: Lake) -> None:
    """Delete all but the newest snapshots, those of lake versions that are gone, and folders that nobody names."""
    kept = list(Snapshot.objects.filter(ready_at__isnull=False).order_by("-current", "-ready_at")[:KEPT])
    versions = set(lake.manifests.versions())
    # What was erased from the lake must not live on in tables made from it.
    stay = [one.pk for one in kept if one.current or one.lake_version in versions]
    begun_lately = Q(ready_at__isnull=True, begun_at__gt=timezone.now() - timedelta(days=1))
    for old in Snapshot.objects.exclude(Q(pk__in=stay) | begun_lately):
        _delete(old)
    named = {f"s{pk}" for pk in Snapshot.objects.values_list("pk", flat=True)}
    for folder in settings.SITE.prepared.iterdir():
        name = folder.name.removeprefix(".").removesuffix(".new")
        if name[1:].isdigit() and name not in named:
            shutil.rmtree(folder, ignore_errors=True)


def _delete(snapshot: Snapshot) -> None:
    while numbers := list(Piece.objects.filter(snapshot=snapshot).values_list("pk", flat=True)[:_ROWS]):
        Piece.objects.filter(pk__in=numbers).delete()
    name = f"s{snapshot.pk}"
    snapshot.delete()
    shutil.rmtree(settings.SITE.prepared / name, ignore_errors=True)
