"""Who was erased, without saying who: digests of identifiers, keyed by the site's secret, with the date."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min

from regulars.platform.privacy.models import Mark, Tombstone

FILE = "erased.jsonl"  # in the site's folder, beside the database: a restored database does not know what came later


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
    """Add the tombstone to the file beside the database, once."""
    path: Path = settings.SITE.home / FILE
    if any(line.get("reference") == tombstone.reference for line in read(path)):
        return
    line = {
        "reference": tombstone.reference,
        "at": tombstone.at.isoformat(),
        "marks": sorted(Mark.objects.filter(tombstone=tombstone).values_list("digest", flat=True)),
    }
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> list[dict[str, Any]]:
    """The lines of such a file; a last one that was cut off is left out."""
    if not path.exists():
        return []
    found = []
    for text in path.read_text(encoding="ascii").splitlines():
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    return found


def take_in(path: Path) -> int:
    """Make the tombstones of a file known that this database does not have yet; returns how many."""
    known = set(Tombstone.objects.values_list("reference", flat=True))
    fresh = [line for line in read(path) if line["reference"] not in known]
    for line in fresh:
        with transaction.atomic():
            made = Tombstone.objects.create(
                reference=line["reference"], at=datetime.fromisoformat(line["at"])
            )
            Mark.objects.bulk_create([Mark(tombstone=made, digest=one) for one in line["marks"]])
    return len(fresh)
