"""The definitions once more, in plain Python over lists: slow, obvious, and written without a look at the engine's way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from regulars.kernel.periods import Period


@dataclass(frozen=True)
class Order:
    customer: int
    day: date
    goods: int
    market: str


def expected(orders: Iterable[Order], period: Period, window: int) -> dict[str, Decimal]:
    """Figures of one period by slug; those without a value are left out."""
    by_customer: dict[int, list[Order]] = defaultdict(list)
    for order in orders:
        by_customer[order.customer].append(order)
    start = {c for c, own in by_customer.items() if _customer_at(own, period.start, window)}
    end = {c for c, own in by_customer.items() if _customer_at(own, period.end, window)}
    inside = {c: [o for o in own if period.start <= o.day < period.end] for c, own in by_customer.items()}
    buyers = {c for c, own in inside.items() if own}
    new = {c for c, own in by_customer.items() if period.start <= min(o.day for o in own) < period.end}
    found = {
        "customers_at_start": len(start),
        "customers_at_end": len(end),
        "kept_customers": len(start & end),
        "lost_customers": len(start - end),
        "won_customers": len(end - start),
        "won_first_time": len((end - start) & new),
        "won_back": len((end - start) - new),
        "new_customers": len(new),
        "came_and_went": len(buyers - start - end),
        "buyers": len(buyers),
        "orders": sum(len(own) for own in inside.values()),
        "revenue": sum(o.goods for own in inside.values() for o in own),
        "revenue_new_customers": sum(o.goods for c in new for o in inside[c]),
        "revenue_loyal_customers": sum(
            o.goods for c in buyers - new if len(inside[c]) > 1 for o in inside[c]
        ),
        "revenue_at_start": sum(_worth(by_customer[c], period.start, window) for c in start),
        "revenue_at_end": sum(_worth(by_customer[c], period.end, window) for c in start),
    }
    result = {slug: Decimal(value) for slug, value in found.items()}
    return result | _rates(by_customer, start, end, buyers, inside, period, window)


def _rates(
    by_customer: dict[int, list[Order]],
    start: set[int],
    end: set[int],
    buyers: set[int],
    inside: dict[int, list[Order]],
    period: Period,
    window: int,
) -> dict[str, Decimal]:
    quotients = {
        "retention_rate": (len(start & end), len(start)),
        "repurchase_rate": (len(start & buyers), len(start)),
        "loyal_customer_rate": (sum(len(inside[c]) > 1 for c in buyers), len(buyers)),
        "revenue_churn_gross": (
            sum(
                max(
                    0,
                    _worth(by_customer[c], period.start, window) - _worth(by_customer[c], period.end, window),
                )
                for c in start
            ),
            sum(_worth(by_customer[c], period.start, window) for c in start),
        ),
        "by_construction_share": (
            sum(
                any(period.end - timedelta(days=window) <= o.day < period.start for o in by_customer[c])
                for c in start & end
            ),
            len(start & end),
        ),
    }
    return {slug: Decimal(100 * part) / whole for slug, (part, whole) in quotients.items() if whole}


def gaps_ending_in(orders: Iterable[Order], period: Period) -> list[int]:
    """Days between the order days of each customer, for gaps that end in the period."""
    days: dict[int, set[date]] = defaultdict(set)
    for order in orders:
        days[order.customer].add(order.day)
    pairs = [(a, b) for own in days.values() for a, b in zip(sorted(own), sorted(own)[1:], strict=False)]
    return sorted((b - a).days for a, b in pairs if period.start <= b < period.end)


def _customer_at(own: list[Order], t: date, window: int) -> bool:
    return any(t - timedelta(days=window) <= o.day < t for o in own)


def _worth(own: list[Order], t: date, window: int) -> int:
    return sum(o.goods for o in own if t - timedelta(days=window) <= o.day < t)
