"""Reads of the work list; every one obeys the reader's markets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet, Sum

from regulars.platform.core.api import Reach, User
from regulars.platform.insights.models import WorkItem
from regulars.prediction.stories import STORIES, Speaker

Whose = Literal["all", "mine", "free"]
PAGE = 25  # what one does in a day; each is a form of its own, which takes time to draw


@dataclass(frozen=True)
class Work:
    """One item as a page shows it. `worth` a year and `score` (at risk) in `currency`; `facts`: see worklist_find.py."""

    number: int
    customer: int
    market: str
    reason: str
    worth: Decimal
    score: Decimal
    currency: str
    facts: dict[str, Any]
    last_order_day: date | None
    state: str
    assigned: int | None
    assigned_name: str
    note: str
    snoozed_until: date | None
    closed_at: datetime | None
    done_by: str
    came_back_on: date | None


@dataclass(frozen=True)
class WorkPage:
    """A page of open items and the sums over all of them."""

    rows: tuple[Work, ...]
    total: int
    score: Decimal
    worth: Decimal
    currency: str


@dataclass(frozen=True)
class Outcomes:
    """What became of the items that people marked done in the last 90 days, and of those that left by themselves."""

    done: int
    came_back: int
    by_themselves: int


def work(
    *,
    reach: Reach,
    today: date,
    user: User | None = None,
    whose: Whose = "all",
    market: str | None = None,
    reason: str = "",
    asleep: bool = False,
    offset: int = 0,
    limit: int = PAGE,
) -> WorkPage:
    """Open items, the most urgent first. `asleep`: those that were put off instead of those that were not."""
    items = visible(reach).filter(state=WorkItem.State.OPEN)
    put_off = Q(snoozed_until__gt=today)
    items = items.filter(put_off) if asleep else items.exclude(put_off)
    if whose == "mine":
        items = items.filter(assigned=user)
    elif whose == "free":
        items = items.filter(assigned__isnull=True)
    if market is not None:
        items = items.filter(market=market)
    if reason:
        items = items.filter(reason=reason)
    sums = items.aggregate(n=Count("pk"), score=Sum("score"), worth=Sum("worth"))
    page = items.select_related("assigned", "done_by").order_by("urgency", "-score", "pk")[
        offset : offset + limit
    ]
    rows = tuple(row_of(item) for item in page)
    nothing = Decimal(0)
    return WorkPage(
        rows, sums["n"], sums["score"] or nothing, sums["worth"] or nothing, rows[0].currency if rows else ""
    )


def finished(
    *, reach: Reach, market: str | None = None, offset: int = 0, limit: int = PAGE
) -> tuple[Work, ...]:
    """Items that were done or left by coming back, the latest first."""
    items = _closed(reach)
    if market is not None:
        items = items.filter(market=market)
    page = items.select_related("assigned", "done_by").order_by("-closed_at", "-pk")[offset : offset + limit]
    return tuple(row_of(item) for item in page)


def outcomes(*, reach: Reach, now: datetime, market: str | None = None) -> Outcomes:
    """How many of those looked after in the last 90 days came back."""
    items = _closed(reach).filter(closed_at__gte=now - timedelta(days=90))
    if market is not None:
        items = items.filter(market=market)
    done, back = Q(state=WorkItem.State.DONE), Q(came_back_on__isnull=False)
    counted = items.aggregate(
        done=Count("pk", filter=done),
        back=Count("pk", filter=done & back),
        alone=Count("pk", filter=~done & back),
    )
    return Outcomes(counted["done"], counted["back"], counted["alone"])


def one(*, reach: Reach, number: int) -> Work | None:
    """One item, whatever its state; None where there is none that the reader may see."""
    item = visible(reach).filter(pk=number).select_related("assigned", "done_by").first()
    return None if item is None else row_of(item)


def work_of(numbers: tuple[int, ...]) -> list[Work]:
    """The open items of one person, for the customer's page."""
    items = WorkItem.objects.filter(customer__in=numbers, state=WorkItem.State.OPEN)
    return [row_of(item) for item in items.select_related("assigned", "done_by").order_by("urgency")]


def reason_words(story: str, told: Mapping[str, float], speaker: Speaker, currency: str | None) -> str:
    """A reason that an item stores, in a language; empty for a story that there is no more."""
    return STORIES[story](speaker, told, currency) if story in STORIES else ""


def visible(reach: Reach) -> QuerySet[WorkItem]:
    """The items of the markets that somebody may see."""
    items = WorkItem.objects.all()
    return items if reach.markets is None else items.filter(market__in=sorted(reach.markets))


def _closed(reach: Reach) -> QuerySet[WorkItem]:
    back = Q(state=WorkItem.State.GONE, came_back_on__isnull=False)
    return visible(reach).filter(Q(state=WorkItem.State.DONE) | back)


def row_of(item: WorkItem) -> Work:
    """One row of the work list as plain data."""
    return Work(
        number=item.pk,
        customer=item.customer,
        market=item.market,
        reason=item.reason,
        worth=item.worth,
        score=item.score,
        currency=item.currency,
        facts=item.facts,
        last_order_day=item.last_order_day,
        state=item.state,
        assigned=item.assigned_id,
        assigned_name=str(item.assigned or ""),
        note=item.note,
        snoozed_until=item.snoozed_until,
        closed_at=item.closed_at,
        done_by=str(item.done_by or ""),
        came_back_on=item.came_back_on,
    )
