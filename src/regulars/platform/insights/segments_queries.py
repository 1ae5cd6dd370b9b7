"""Reads of saved segments; sizes and people only of the markets that the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Max

from regulars.platform.core.api import Reach
from regulars.platform.insights.models import Segment, SegmentChange, SegmentMember, SegmentSize

Kind = Literal["entered", "left"]
PAGE = 50


@dataclass(frozen=True)
class Size:
    """A segment on a day. `all_*`: everybody with an order, for shares; `revision`: the rule that was in force."""

    day: date
    revision: int
    customers: int
    orders: int
    revenue: Decimal
    all_customers: int
    all_revenue: Decimal
    entered: int
    left: int

    @property
    def customer_share(self) -> Decimal | None:
        """Per cent of the customers."""
        return Decimal(self.customers) / self.all_customers * 100 if self.all_customers else None

    @property
    def revenue_share(self) -> Decimal | None:
        """Per cent of the revenue."""
        return self.revenue / self.all_revenue * 100 if self.all_revenue > 0 else None


@dataclass(frozen=True)
class SegmentInfo:
    """A saved segment. `size` None: not counted yet; `week`, `month`: change since then under the same rule, None: unknown."""

    number: int
    slug: str
    name: str
    rule: str
    description: str
    by: str
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None
    revision: int
    size: Size | None
    week: int | None
    month: int | None


@dataclass(frozen=True)
class Change:
    """Somebody entered or left. `number` orders changes and begins the next page."""

    number: int
    customer: int
    day: date


def segments(*, reach: Reach, archived: bool = False) -> list[SegmentInfo]:
    """All segments by name, with their sizes: three queries, however many there are."""
    found = list(
        Segment.objects.filter(archived_at__isnull=not archived).select_related("by").order_by("name", "pk")
    )
    sizes = _lately([segment.pk for segment in found], reach)
    return [_info(segment, sizes.get(segment.pk, [])) for segment in found]


def segment(*, slug: str, reach: Reach) -> SegmentInfo | None:
    """One segment, archived or not."""
    found = Segment.objects.filter(slug=slug).select_related("by").first()
    return None if found is None else _info(found, _lately([found.pk], reach).get(found.pk, []))


def sizes(*, number: int, reach: Reach) -> list[Size]:
    """A segment's size on every day that it was counted, oldest first; at most three years."""
    rows = SegmentSize.objects.filter(segment=number).order_by("-day")[:1100]
    return [_size(row, reach) for row in reversed(rows)]


def changes(
    *, number: int, kind: Kind, reach: Reach, before: int | None = None, limit: int = PAGE
) -> list[Change]:
    """Who entered or left, the latest first; `before`: the last number of the page before."""
    rows = SegmentChange.objects.filter(segment=number, kind=kind)
    if reach.markets is not None:
        rows = rows.filter(market__in=sorted(reach.markets))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [Change(row.pk, row.customer, row.day) for row in rows.order_by("-pk")[:limit]]


def segments_of(numbers: Iterable[int]) -> list[tuple[str, str, date]]:
    """Slug, name and since when, of the segments that one person (all of their numbers) is in."""
    found = SegmentMember.objects.filter(customer__in=list(numbers), segment__archived_at__isnull=True)
    rows = found.order_by("segment__name", "since").values_list("segment__slug", "segment__name", "since")
    first: dict[str, tuple[str, str, date]] = {}
    for slug, name, since in rows:
        first.setdefault(slug, (slug, name, since))
    return list(first.values())


def moves_of(numbers: Iterable[int]) -> list[tuple[date, str, str]]:
    """Day, kind (`entered`, `left`) and segment name of a person's last hundred moves, the latest first."""
    found = SegmentChange.objects.filter(customer__in=list(numbers)).order_by("-pk")
    return list(found.values_list("day", "kind", "segment__name")[:100])


def choices(*, text: str = "", limit: int = 500) -> list[tuple[int, str, str]]:
    """Number, slug and name of segments in use whose name holds a text: for searches and choosers."""
    found = Segment.objects.filter(archived_at__isnull=True, name__icontains=text).order_by("name")
    return list(found.values_list("pk", "slug", "name")[:limit])


def _lately(numbers: list[int], reach: Reach) -> dict[int, list[Size]]:
    """The sizes of the last 40 days that were counted, newest first."""
    newest = SegmentSize.objects.filter(segment__in=numbers).aggregate(day=Max("day"))["day"]
    if newest is None:
        return {}
    rows = SegmentSize.objects.filter(segment__in=numbers, day__gt=newest - timedelta(days=40)).order_by(
        "-day"
    )
    found: dict[int, list[Size]] = {}
    for row in rows:
        found.setdefault(row.segment_id, []).append(_size(row, reach))
    return found


def _info(found: Segment, lately: list[Size]) -> SegmentInfo:
    own = [size for size in lately if size.revision == found.revision]
    return SegmentInfo(
        number=found.pk,
        slug=found.slug,
        name=found.name,
        rule=found.rule,
        description=found.description,
        by=str(found.by or ""),
        created_at=found.created_at,
        changed_at=found.changed_at,
        archived_at=found.archived_at,
        revision=found.revision,
        size=own[0] if own else None,
        week=_since(own, 7),
        month=_since(own, 30),
    )


def _since(own: list[Size], days: int) -> int | None:
    """The change against the size that was counted at least so many days before the newest."""
    if not own:
        return None
    before = next((size for size in own if size.day <= own[0].day - timedelta(days=days)), None)
    return None if before is None else own[0].customers - before.customers


def _size(row: SegmentSize, reach: Reach) -> Size:
    seen = [sums for market, sums in row.markets.items() if reach.markets is None or market in reach.markets]

    def whole(name: str) -> int:
        return sum(sums.get(name, 0) for sums in seen)

    def money(name: str) -> Decimal:
        return sum((Decimal(_text(sums.get(name))) for sums in seen), Decimal(0))

    return Size(
        day=row.day,
        revision=row.revision,
        customers=whole("customers"),
        orders=whole("orders"),
        revenue=money("revenue"),
        all_customers=whole("all_customers"),
        all_revenue=money("all_revenue"),
        entered=whole("entered"),
        left=whole("left"),
    )


def _text(value: Any) -> str:
    return str(value or 0)
