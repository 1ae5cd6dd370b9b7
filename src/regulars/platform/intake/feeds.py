"""Feeds: files that come by themselves, from a folder of the server or from an address, on a schedule."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from regulars.kernel.errors import InputError, RegularsError
from regulars.platform import config
from regulars.platform.core.api import Recurring, Running, User, record, start_job
from regulars.platform.intake import files
from regulars.platform.intake.fetching import fetched
from regulars.platform.intake.models import Feed, SavedMapping, Upload
from regulars.platform.intake.operations import begin, keep_upload
from regulars.platform.intake.rules.addresses import refusal, shown
from regulars.platform.intake.rules.naming import is_source

INBOX = "inbox"
_SETTLED = 20.0  # seconds after which a file is taken for written to its end
_MOST = 50  # files of one run


@dataclass(frozen=True)
class FeedInfo:
    """A feed. `address` is shown without secrets. `error`: {what, where, do} of the last look. `mapping`: a saved one's number."""

    number: int
    name: str
    kind: Literal["folder", "url"]
    address: str
    pattern: str
    source: str
    mapping: int | None
    mapping_name: str
    every: Literal["hour", "day"]
    hour: int
    active: bool
    looked_at: datetime | None
    error: dict[str, str] | None


@dataclass(frozen=True)
class FeedValues:
    """What somebody says about a feed. `address` empty: as it is."""

    name: str
    kind: Literal["folder", "url"]
    address: str
    source: str
    pattern: str = "*"
    mapping: int | None = None
    every: Literal["hour", "day"] = "day"
    hour: int = 4
    active: bool = True


def folders() -> list[Path]:
    """The folders below which feeds may read: the site's inbox, and those of REGULARS_FEED_FOLDERS."""
    return [
        (settings.SITE.home / INBOX).resolve(),
        *(Path(one).resolve() for one in config.FEED_FOLDERS.items()),
    ]


def feeds() -> list[FeedInfo]:
    """All feeds, by name."""
    return [_info(row) for row in Feed.objects.select_related("mapping").order_by("name")]


def feed(number: int) -> FeedInfo | None:
    """One feed."""
    row = Feed.objects.select_related("mapping").filter(pk=number).first()
    return _info(row) if row else None


def _info(row: Feed) -> FeedInfo:
    return FeedInfo(
        row.pk, row.name, row.kind, shown(row.address) if row.kind == "url" else row.address, row.pattern, row.source,  # type: ignore[arg-type]
        row.mapping_id, row.mapping.name if row.mapping else "", row.every, row.hour, row.active, row.looked_at, row.error,  # type: ignore[arg-type]
    )  # fmt: skip


def save_feed(*, values: FeedValues, by: User, number: int | None = None) -> int:
    """Make a feed, or change one; returns its number. Raises InputError whose `where` is the field."""
    row = Feed.objects.get(pk=number) if number is not None else Feed(by=by)
    if values.address:
        if values.address != row.address:
            row.seen = {}  # another place: everything there is new
        row.address = values.address
    _check(values, row.address)
    row.name, row.kind, row.source = values.name[:80], values.kind, values.source
    row.pattern, row.every, row.hour = values.pattern[:100] or "*", values.every, values.hour
    row.mapping = SavedMapping.objects.filter(pk=values.mapping).first() if values.mapping else None
    row.active, row.error = values.active, None
    try:
        with transaction.atomic():
            row.save()
            record(user=by, action="feed.saved", object=f"feed {row.pk}", kind=row.kind, source=row.source)
    except IntegrityError:
        raise InputError("There is a feed of this name already.", where="name") from None
    return row.pk


def _check(values: FeedValues, address: str) -> None:
    if not is_source(values.source):
        raise InputError("Use letters, digits, '-', '_' and '.', at most 60.", where="source")
    if values.kind == "url":
        reason = refusal(address)
        if reason is not None:
            raise InputError(
                "Give an https address of the open internet, at port 443 or 8443.", where="address"
            )
    else:
        _folder(address)


def _folder(address: str) -> Path:
    """The folder of a feed. Raises InputError where it lies nowhere that feeds may read."""
    path = Path(address).resolve()
    if not any(path.is_relative_to(allowed) for allowed in folders()):
        raise InputError(
            "Feeds may not read there. Whoever runs the server names more folders in REGULARS_FEED_FOLDERS.",
            where="address",
        )
    if not path.is_dir():
        raise InputError("There is no such folder.", where="address")
    return path


def delete_feed(*, number: int, by: User) -> None:
    """Delete a feed; what it brought stays."""
    with transaction.atomic():
        if Feed.objects.filter(pk=number).delete()[0]:
            record(user=by, action="feed.deleted", object=f"feed {number}")


def run_feed(*, number: int, by: User) -> int:
    """Look for new files now; returns the job's number."""
    with transaction.atomic():
        record(user=by, action="feed.run", object=f"feed {number}")
        return start_job(kind="intake.feed", key=f"feed {number}", by=by, number=number).pk


def schedules() -> list[Recurring]:
    """The feeds that are due by themselves."""
    return [
        Recurring(
            f"intake.feed {pk}", "intake.feed", _hourly if every == "hour" else _daily(hour), {"number": pk}
        )
        for pk, every, hour in Feed.objects.filter(active=True).values_list("pk", "every", "hour")
    ]


def _hourly(instant: datetime) -> datetime:
    return instant + timedelta(hours=1)


def _daily(hour: int) -> Callable[[datetime], datetime]:
    def after(instant: datetime) -> datetime:
        today = instant.replace(hour=hour, minute=0, second=0, microsecond=0)
        return today if today > instant else today + timedelta(days=1)

    return after


def look(job: Running) -> dict[str, Any] | None:
    """Fetch what is new and start its import. What was imported before and has not changed is left alone."""
    row = Feed.objects.select_related("mapping").filter(pk=job.arguments["number"]).first()
    if row is None:
        return None
    now = timezone.now()
    try:
        uploads, seen, fault = _from_folder(row) if row.kind == Feed.Kind.FOLDER else _from_address(row)
    except RegularsError as error:
        told = {"what": error.what, "where": error.where, "do": error.do}
        Feed.objects.filter(pk=row.pk).update(looked_at=now, error=told)
        raise
    with transaction.atomic():
        number = None
        if uploads:
            mapping = row.mapping.toml if row.mapping else ""
            number = begin(uploads, by=job.by, mapping=mapping, feed=row, look=False).pk
        Feed.objects.filter(pk=row.pk).update(looked_at=now, error=fault, seen=seen)
    return {"import": number}


_Found = tuple[
    list[Upload], dict[str, Any], dict[str, str] | None
]  # new files, what was seen, what one file lacks


def _from_folder(row: Feed) -> _Found:
    folder = _folder(row.address)
    seen = dict(row.seen)
    uploads: list[Upload] = []
    fault: dict[str, str] | None = None
    for path in sorted(folder.iterdir()):
        if len(uploads) >= _MOST:
            break
        if (
            not fnmatch.fnmatch(path.name.lower(), row.pattern.lower())
            or path.is_symlink()
            or not path.is_file()
        ):
            continue
        there = path.stat()
        mark = f"{there.st_size}:{there.st_mtime_ns}"
        known = seen.get(path.name, {})
        young = timezone.now().timestamp() - there.st_mtime < _SETTLED
        if known.get("mark") == mark or young or not there.st_size:
            continue
        try:
            upload = keep_upload(files.blocks_of(path), name=path.name, source=row.source, by=row.by)
        except (RegularsError, OSError) as error:
            fault = fault or _told(error, path.name)  # the other files are not kept waiting
            continue
        uploads += _if_new(upload, known)
        seen[path.name] = {"mark": mark, "sha256": upload.sha256}
    return uploads, seen, fault


def _told(error: Exception, name: str) -> dict[str, str]:
    if isinstance(error, RegularsError):
        return {"what": error.what, "where": error.where, "do": error.do}
    return {"what": "The file cannot be read.", "where": name, "do": ""}


def _from_address(row: Feed) -> _Found:
    known = row.seen.get("address", {})
    with fetched(row.address, tag=known.get("tag", ""), most=files.largest()) as answer:
        if answer.blocks is None:
            return [], row.seen, None
        upload = keep_upload(answer.blocks, name=answer.name, source=row.source, by=row.by)
        return _if_new(upload, known), {"address": {"tag": answer.tag, "sha256": upload.sha256}}, None


def _if_new(upload: Upload, known: dict[str, str]) -> list[Upload]:
    """The upload, unless it holds what was imported the last time."""
    if known.get("sha256") != upload.sha256:
        return [upload]
    files.remove(upload.key)
    upload.delete()
    return []
