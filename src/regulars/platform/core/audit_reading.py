"""Reading the audit log: newest first, by key set, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from regulars.platform.core.models import AuditEntry

PAGE = 50
_CHUNK = 2_000


@dataclass(frozen=True)
class Sought:
    """What of the log is looked for; empty parts look for everything. Days are UTC days, both included."""

    user: int | None = None
    action: str = ""
    text: str = ""
    first: date | None = None
    last: date | None = None


def entries(
    *, sought: Sought, before: int | None = None, limit: int = PAGE
) -> tuple[list[AuditEntry], int | None]:
    """The newest entries below the number `before`, and the number with which to ask for the next; None: no more."""
    rows = _found(sought)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: limit + 1])
    return page[:limit], page[limit - 1].pk if len(page) > limit else None


def all_entries(*, sought: Sought) -> Iterator[AuditEntry]:
    """Every entry, newest first, read in small pieces: no query is open for long."""
    before: int | None = None
    while True:
        page, before = entries(sought=sought, before=before, limit=_CHUNK)
        yield from page
        if before is None:
            return


def _found(sought: Sought) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.order_by("-pk")
    if sought.user is not None:
        rows = rows.filter(user=sought.user)
    if sought.action:
        rows = rows.filter(action=sought.action)
    if sought.text:
        rows = rows.filter(Q(who__icontains=sought.text) | Q(object__icontains=sought.text))
    if sought.first:
        rows = rows.filter(at__gte=_midnight(sought.first))
    if sought.last:
        rows = rows.filter(at__lt=_midnight(sought.last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
