"""Mappings with a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from regulars.kernel.errors import ConflictError, InputError
from regulars.platform.core.api import User, record
from regulars.platform.intake.models import SavedMapping
from regulars.sources.mapping.read import parse_mapping


@dataclass(frozen=True)
class MappingInfo:
    """A saved mapping."""

    number: int
    name: str
    toml: str
    by: str
    at: datetime


def _info(row: SavedMapping) -> MappingInfo:
    return MappingInfo(row.pk, row.name, row.toml, str(row.by) if row.by else "", row.at)


def mappings() -> list[MappingInfo]:
    """All saved mappings, by name."""
    return [_info(row) for row in SavedMapping.objects.select_related("by").order_by("name")]


def mapping(number: int) -> MappingInfo | None:
    """One saved mapping."""
    row = SavedMapping.objects.select_related("by").filter(pk=number).first()
    return _info(row) if row else None


def save_mapping(*, name: str, toml: str, by: User, number: int | None = None) -> int:
    """Save a mapping under a name, or change one. Raises InputError for a mapping that cannot be read or a name that is taken."""
    parse_mapping(toml, where=name)
    try:
        with transaction.atomic():
            if number is None:
                row = SavedMapping.objects.create(name=name[:80], toml=toml, by=by)
            else:
                row = SavedMapping.objects.select_for_update().get(pk=number)
                row.name, row.toml, row.by = name[:80], toml, by
                row.save()
            record(user=by, action="mapping.saved", object=f"mapping {row.pk}")
    except IntegrityError:
        raise InputError("There is a mapping of this name already.", do="Give it another name.") from None
    return row.pk


def delete_mapping(*, number: int, by: User) -> None:
    """Delete a mapping. Raises ConflictError where a feed reads with it."""
    try:
        with transaction.atomic():
            deleted, _ = SavedMapping.objects.filter(pk=number).delete()
            if deleted:
                record(user=by, action="mapping.deleted", object=f"mapping {number}")
    except ProtectedError:
        raise ConflictError(
            "A feed reads with this mapping.", do="Give the feed another one first."
        ) from None
