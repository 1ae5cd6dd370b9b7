"""What comes again: each schedule names a kind of job and when it is due next; a due date is used once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from regulars.platform.core import jobs
from regulars.platform.core.models import Schedule


@dataclass(frozen=True)
class Recurring:
    """A job of `kind`, due `next_after(instant)`; what was missed while nothing ran is made up for once."""

    name: str
    kind: str
    next_after: Callable[[datetime], datetime]
    arguments: dict[str, Any] = field(default_factory=dict)


RECURRING: dict[str, Recurring] = {}
# Contexts whose schedules people make on pages (imports from a folder, reports) list them here.
SOURCES: list[Callable[[], list[Recurring]]] = []


def every(delta: timedelta) -> Callable[[datetime], datetime]:
    return lambda instant: instant + delta


def recurring(name: str, *, kind: str, next_after: Callable[[datetime], datetime], **arguments: Any) -> None:
    """Make a schedule known; called from a context's wiring."""
    RECURRING[name] = Recurring(name, kind, next_after, arguments)


def known() -> dict[str, Recurring]:
    """All schedules, those that people made included."""
    return RECURRING | {item.name: item for source in SOURCES for item in source()}


def start_due(now: datetime | None = None) -> int:
    """Start the jobs that are due. Each due date starts one job, whoever asks and however often. Returns how many."""
    instant = now or timezone.now()
    items = known()
    started = 0
    stored = {row.name: row.next_at for row in Schedule.objects.filter(name__in=items)}
    for name, item in items.items():
        due = stored.get(name)
        if due is None:
            Schedule.objects.get_or_create(name=name, defaults={"next_at": item.next_after(instant)})
        elif due <= instant:
            with transaction.atomic():
                mine = Schedule.objects.filter(name=name, next_at=due).update(
                    next_at=item.next_after(instant), last_at=instant
                )
                if mine:
                    jobs.start(kind=item.kind, key=f"{name}@{due:%Y%m%d%H%M%S}"[:120], **item.arguments)
                    started += 1
        elif due > item.next_after(item.next_after(instant)):  # written down by a clock that was wrong
            Schedule.objects.filter(name=name, next_at=due).update(next_at=item.next_after(instant))
    Schedule.objects.exclude(name__in=items).delete()
    return started
