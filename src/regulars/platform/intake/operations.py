"""What changes intake's tables: files brought, imports begun, agreed to, cancelled, begun again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, get_setting, record, start_job
from regulars.platform.core.api import cancel as cancel_job
from regulars.platform.intake import files
from regulars.platform.intake.models import Feed, Import, SavedMapping, Upload
from regulars.platform.intake.rules.naming import is_source

_QUICK = 20_000_000  # bytes that are looked at in the quick lane


def keep_upload(blocks: Iterable[bytes], *, name: str, source: str, by: User | None) -> Upload:
    """Store one file. Raises InputError where it is empty, too large, or the source's name cannot be one."""
    if not is_source(source):
        raise InputError(
            f"'{source}' cannot be the name of a source.", where=name[:255],
            do="Use letters, digits, '-', '_' and '.', at most 60.",
        )  # fmt: skip
    stored = files.store(blocks, name=name)
    now = timezone.now()
    try:
        return Upload.objects.create(
            key=stored.key, name=name[-255:], size=stored.size, sha256=stored.sha256, source=source, by=by, at=now,
            expires_at=now + timedelta(days=int(get_setting("keep_uploads_days"))),
        )  # fmt: skip
    except BaseException:
        files.remove(stored.key)
        raise


def upload(
    named: Sequence[tuple[str, Iterable[bytes]]], *, source: str, by: User, mapping: int | None
) -> int:
    """Store files as (name, blocks) and begin a look at them; all or none. Raises InputError."""
    saved = SavedMapping.objects.get(pk=mapping).toml if mapping else ""
    uploads: list[Upload] = []
    try:
        for name, blocks in named:
            uploads.append(keep_upload(blocks, name=name, source=source, by=by))
        return begin(uploads, by=by, mapping=saved).pk
    except BaseException:
        for one in uploads:
            files.remove(one.key)
            one.delete()
        raise


def begin(
    uploads: Sequence[Upload], *, by: User | None, mapping: str = "", options: dict[str, Any] | None = None,
    feed: Feed | None = None, look: bool = True,
) -> Import:  # fmt: skip
    """Begin an import: with a look first, or at once."""
    with transaction.atomic():
        row = Import.objects.create(
            mapping=mapping, options=options or {}, feed=feed, by=by,
            sources=sorted({one.source for one in uploads}),
        )  # fmt: skip
        row.uploads.set(uploads)
        record(
            user=by, action="import.begun", object=f"import {row.pk}", files=len(uploads), sources=row.sources
        )
        _start(row, Import.State.LOOKING if look else Import.State.IMPORTING, by)
    return row


def _start(row: Import, state: Import.State, by: User | None) -> None:
    """Move the import to a state and start the state's job."""
    if state == Import.State.IMPORTING:
        kind = "intake.import"
    else:
        size = sum(row.uploads.values_list("size", flat=True))
        kind = "intake.look" if size <= _QUICK else "intake.look_long"
    row.state = state
    row.job = start_job(kind=kind, key=f"import {row.pk}", by=by, number=row.pk)
    row.error = None
    row.finished_at = None
    row.save(update_fields=["state", "job", "error", "finished_at", "mapping", "options"])


def look_again(number: int, *, by: User, mapping: str, options: dict[str, Any]) -> bool:
    """Look once more, with another mapping or other options. False where the import has gone on meanwhile."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=number)
        if row.state not in (Import.State.UNCLEAR, Import.State.READY):
            return False
        row.mapping, row.options = mapping, options
        _start(row, Import.State.LOOKING, by)
    return True


def agree(number: int, *, by: User) -> bool:
    """Import what was looked at. False where somebody else was quicker."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=number)
        if row.state != Import.State.READY:
            return False
        record(user=by, action="import.agreed", object=f"import {row.pk}")
        _start(row, Import.State.IMPORTING, by)
    return True


def cancel(number: int, *, by: User) -> bool:
    """Cancel an import that has not ended. What is being written is taken back. False where it had ended."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=number)
        if row.state not in Import.OPEN:
            return False
        if row.job_id is not None:
            cancel_job(number=row.job_id)
        row.state, row.finished_at = Import.State.CANCELLED, timezone.now()
        row.save(update_fields=["state", "finished_at"])
        record(user=by, action="import.cancelled", object=f"import {row.pk}")
    return True


def again(number: int, *, by: User) -> Import:
    """A new import of the same files, with the same mapping and options, that is looked at first."""
    row = Import.objects.get(pk=number)
    return begin(list(row.uploads.order_by("pk")), by=by, mapping=row.mapping, options=row.options)
