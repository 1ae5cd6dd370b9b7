"""From what the facts say to the list: new items, new numbers on old ones, and what has come of them.

Safe to run again and to be killed half-way: every step looks at what is there. What people wrote on an item is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Running
from regulars.platform.customers import api as customers
from regulars.platform.insights import worklist_rules as rules
from regulars.platform.insights.models import WorkItem
from regulars.platform.insights.segments_working import at_work, current_snapshot
from regulars.platform.insights.worklist_find import Found, found, last_days

_CHUNK = 2_000
_UPDATES = 200  # an update of many rows by cases is slow to read for the database
_WATCHED = timedelta(days=180)  # so long an order after what was done counts as its outcome
_KEPT = timedelta(days=90)  # what left by itself and nobody worked on
UNTOUCHED = Q(assigned__isnull=True, note="", snoozed_until__isnull=True)
Step = Callable[[str, float | None], None]


def recompute(job: Running) -> dict[str, Any] | None:
    """Bring the work list to the current snapshot."""
    snapshot = current_snapshot()
    if snapshot is None:
        return None
    with at_work(snapshot) as analysis:
        job.progress("looking for customers to look after", None)
        return update(analysis, snapshot=snapshot.pk, now=timezone.now(), step=job.progress)


@dataclass
class _Plan:
    """Open items by what becomes of them."""

    stays: dict[int, Found] = field(default_factory=dict)
    came_back: dict[int, date] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    goes: list[int] = field(default_factory=list)


def update(analysis: Analysis, *, snapshot: int, now: datetime, step: Step) -> dict[str, Any]:
    """Find whom to look after and write it down. Returns how many items are new, came back, left."""
    objected = customers.not_profiled()
    _delete(WorkItem.objects.filter(customer__in=list(objected), state=WorkItem.State.OPEN))
    wanted: dict[tuple[int, str], Found] = {
        (row.customer, row.reason): row for row in found(analysis, left_out=_resting(analysis.as_of))
    }
    step("comparing with the list", 0.5)
    known = list(
        _open().values_list("pk", "customer", "reason", "last_order_day", "assigned", "note", "snoozed_until")
    )
    watched = _watched(now)
    latest = last_days(analysis, list({row[1] for row in known} | {row[1] for row in watched}))
    plan, listed = _Plan(), set()
    for pk, customer, reason, last, *touched in known:
        listed.add((customer, reason))
        _decide(
            plan,
            pk,
            rules.Standing(reason, last, any(touched)),
            wanted.get((customer, reason)),
            latest.get(customer),
        )
    new = [row for key, row in wanted.items() if key not in listed]
    step("writing the list", 0.6)
    _write(plan, new, analysis, snapshot, now)
    _outcomes(watched, latest)
    _delete(WorkItem.objects.filter(UNTOUCHED, state=WorkItem.State.GONE, closed_at__lt=now - _KEPT))
    # Whoever objected or was erased while this was worked out: they were taken out before they were written.
    _delete(WorkItem.objects.filter(customer__in=list(customers.to_leave_out() - objected)))
    return {"new": len(new), "came_back": len(plan.came_back), "left": len(plan.ends) + len(plan.goes)}


def _decide(plan: _Plan, pk: int, item: rules.Standing, row: Found | None, latest: date | None) -> None:
    outcome = rules.fate(item, found=row is not None, last_order_day=latest)
    if outcome == "came_back" and latest is not None:
        plan.came_back[pk] = latest
    elif outcome == "ends":
        plan.ends.append(pk)
    elif outcome == "goes":
        plan.goes.append(pk)
    elif row is not None:
        plan.stays[pk] = row


def _open() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(state=WorkItem.State.OPEN)


def _resting(today: date) -> dict[rules.Reason, set[int]]:
    """Who was looked after lately and has not ordered since, by reason."""
    found: dict[rules.Reason, set[int]] = {}
    since = timezone.now() - timedelta(days=2 * rules.RESTS)
    done = WorkItem.objects.filter(state=WorkItem.State.DONE, closed_at__gte=since)
    for customer, reason, closed, back in done.values_list("customer", "reason", "closed_at", "came_back_on"):
        if closed and rules.rests(closed_on=closed.date(), came_back=back is not None, today=today):
            found.setdefault(reason, set()).add(customer)  # type: ignore[arg-type]
    return found


def _watched(now: datetime) -> list[tuple[int, int, date | None]]:
    """Items that were done and wait for their outcome: number, customer, last order then."""
    done = WorkItem.objects.filter(
        state=WorkItem.State.DONE, came_back_on__isnull=True, closed_at__gte=now - _WATCHED
    )
    return list(done.values_list("pk", "customer", "last_order_day"))


def _write(plan: _Plan, new: list[Found], analysis: Analysis, snapshot: int, now: datetime) -> None:
    currency = analysis.definitions.currency or ""
    for chunk in _chunks(new, _CHUNK):
        items = [
            WorkItem(
                customer=row.customer, reason=row.reason, urgency=rules.URGENCY[row.reason],
                listed_on=analysis.as_of, **_values(row, snapshot, currency),
            )
            for row in chunk
        ]  # fmt: skip
        WorkItem.objects.bulk_create(items, ignore_conflicts=True)
    for chunk in _chunks(plan.stays.items(), _UPDATES):
        items = [WorkItem(pk=pk, **_values(row, snapshot, currency)) for pk, row in chunk]
        WorkItem.objects.bulk_update(items, list(_values(chunk[0][1], snapshot, currency)))
    for pk, day in plan.came_back.items():
        _open().filter(pk=pk).update(state=WorkItem.State.GONE, closed_at=now, came_back_on=day)
    for chunk in _chunks(plan.ends, _CHUNK):
        _open().filter(pk__in=chunk).update(state=WorkItem.State.GONE, closed_at=now)
    for chunk in _chunks(plan.goes, _CHUNK):
        # Somebody may have taken one up in this very moment.
        _open().filter(UNTOUCHED, pk__in=chunk).delete()


def _values(row: Found, snapshot: int, currency: str) -> dict[str, Any]:
    return {
        "market": row.market, "score": row.score, "worth": row.worth, "facts": row.facts,
        "last_order_day": row.last_order_day, "snapshot": snapshot, "currency": currency,
    }  # fmt: skip


def _outcomes(watched: list[tuple[int, int, date | None]], latest: dict[int, date]) -> None:
    back = [
        (pk, latest[customer])
        for pk, customer, last in watched
        if rules.ordered_again(last, latest.get(customer))
    ]
    for chunk in _chunks(back, _UPDATES):
        with transaction.atomic():
            for pk, day in chunk:
                WorkItem.objects.filter(pk=pk, came_back_on__isnull=True).update(came_back_on=day)


def _delete(items: QuerySet[WorkItem]) -> None:
    while numbers := list(items.values_list("pk", flat=True)[:_CHUNK]):
        WorkItem.objects.filter(pk__in=numbers).delete()


def _chunks(rows: Iterable[Any], size: int) -> Iterable[list[Any]]:
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk
