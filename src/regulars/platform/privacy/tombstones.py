"""Who was erased, without saying who: digests of identifiers, keyed by the site's secret, with the date."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min

from regulars.platform.erased_list import FILE, add, read
from regulars.platform.privacy.models import Mark, Tombstone


def _key() -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"regulars tombstones", hashlib.sha256).hexdigest()


def digest(identifier: str) -> str:
    """The keyed digest of an identifier."""
    return hashlib.sha256((_key() + identifier).encode()).hexdigest()


def digest_sql(column: str) -> str:
    """`digest` as SQL of DuckDB."""
    return f"sha256('{_key()}' || {column})"


def marks() -> pa.Table:
    """(digest, person, until): all digests, each with the first tombstone that has it and the last instant, UTC."""
    rows = Mark.objects.values("digest").annotate(person=Min("tombstone"), until=Max(F("tombstone__at")))
    found = list(rows.values_list("digest", "person", "until"))
    return pa.table(
        {
            "digest": pa.array([row[0] for row in found], pa.string()),
            "person": pa.array([row[1] for row in found], pa.int64()),
            "until": pa.array([row[2].replace(tzinfo=None) for row in found], pa.timestamp("us")),
        }
    )


def write_down(tombstone: Tombstone) -> None:
    """Add the tombstone to the list beside the database, once."""
    add(settings.SITE.home / FILE, [_line(tombstone)])


def lines() -> list[dict[str, Any]]:
    """Everything that a list of this database says."""
    return [_line(tombstone) for tombstone in Tombstone.objects.prefetch_related("mark_set").order_by("pk")]


def _line(tombstone: Tombstone) -> dict[str, Any]:
    marks = sorted(mark.digest for mark in tombstone.mark_set.all())
    return {"reference": tombstone.reference, "at": tombstone.at.isoformat(), "marks": marks}


def unknown(path: Path) -> list[dict[str, Any]]:
    """The lines of a list that this database does not have."""
    found = read(path)
    known = set(Tombstone.objects.values_list("reference", flat=True)) if found else set()
    return [line for line in found if line["reference"] not in known]


def take_in(path: Path) -> int:
    """Make the lines of a list known that this database does not have yet; returns how many."""
    fresh = unknown(path)
    for line in fresh:
        with transaction.atomic():
            made = Tombstone.objects.create(
                reference=line["reference"], at=datetime.fromisoformat(line["at"])
            )
            Mark.objects.bulk_create([Mark(tombstone=made, digest=one) for one in line["marks"]])
    return len(fresh)
