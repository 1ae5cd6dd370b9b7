"""What stands out: candidates from complete figures with enough evidence, each with its worth; the best three to five.

A difference is a candidate only where its interval excludes no difference. The score is what it is worth as a share of
a year's revenue, times a weight for how directly somebody can act on it; one finding a kind, so that they vary.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from regulars.report.content import FEW, Finding, FindingKind, Ground, MarketLine
from regulars.report.evidence import Evidence

MOST, ENOUGH_REPEAT = 5, 100
_Z95, _Z99 = Decimal("1.959964"), Decimal("2.575829")
# How directly somebody can act on it; what only describes stays low, so that it fills up and never crowds out.
_WEIGHT: dict[FindingKind, Decimal] = {
    "retention_moved": Decimal("1.0"), "overdue": Decimal("0.9"), "market_apart": Decimal("1.0"),
    "second_order": Decimal("0.9"), "discount_starts": Decimal("0.9"), "guests": Decimal("0.05"),
    "refunds": Decimal("0.8"), "unpaid": Decimal("0.8"), "few_customers": Decimal("0.1"),
    "loyal_revenue": Decimal("0.05"), "more_retention": Decimal("0.5"),
}  # fmt: skip


def choose(content: Ground, evidence: Evidence) -> tuple[Finding, ...]:
    """The findings of the page, strongest first: at most five, none from an incomplete figure."""
    best: dict[FindingKind, Finding] = {}
    for found in candidates(content, evidence):
        known = best.get(found.kind)
        if known is None or found.score > known.score:
            best[found.kind] = found
    ordered = sorted(best.values(), key=lambda found: (-found.score, found.kind))
    return tuple(ordered[:MOST])


def candidates(c: Ground, e: Evidence) -> Iterator[Finding]:
    """Everything that has enough evidence."""
    year = e.year_revenue
    if year <= 0:
        return
    for make in (
        _retention_moved, _markets_apart, _second_order, _few_customers, _discount_starts, _overdue, _guests,
        _refunds, _unpaid, _loyal_revenue, _more_retention,
    ):  # fmt: skip
        for kind, values, worth in make(c, e):
            share = (worth if worth is not None else year / 2) / year
            yield Finding(kind, values, worth, min(share, Decimal(1)) * _WEIGHT[kind])


_Candidate = tuple[FindingKind, dict[str, Decimal | int | str | None], Decimal | None]


def _retention_moved(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    figure = next((found for found in c.key if found.slug == "retention_rate"), None)
    if figure is None or figure.before is None or not (figure.now.complete and figure.before.complete):
        return
    now, before = figure.now, figure.before
    if now.value is None or before.value is None or not now.denominator or not before.denominator:
        return
    points = now.value - before.value
    reach = _Z95 * _spread(now.value, now.denominator, before.value, before.denominator)
    each = _per_kept(c)
    if abs(points) <= reach or each is None:
        return
    worth = abs(points) / 100 * c.kept.start * each
    yield (
        "retention_moved",
        {"now": now.value, "before": before.value, "points": points, "low": points - reach, "high": points + reach,
         "start": c.kept.start, "each": each},
        worth,
    )  # fmt: skip


def _markets_apart(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    each = _per_kept(c)
    firm = [line for line in c.markets if _firm(line)]
    if each is None or len(firm) < 2:
        return
    for line in firm:
        others = [other for other in firm if other is not line]
        people = sum(other.customers for other in others)
        rate = (
            sum(((other.retention.value or Decimal(0)) * other.customers for other in others), Decimal(0))
            / people
        )
        value = line.retention.value or Decimal(0)
        # 99% rather than 95%: every market is looked at, and one in twenty would differ by chance.
        least = rate - value - _Z99 * _spread(value, Decimal(line.customers), rate, Decimal(people))
        if least > 0:
            yield (
                "market_apart",
                {"market": line.market, "value": value, "others": rate, "customers": line.customers,
                 "points": rate - value, "least": least, "each": each},
                (rate - value) / 100 * line.customers * each,
            )  # fmt: skip


def _firm(line: MarketLine) -> bool:
    return (
        line.market is not None
        and not line.small
        and line.retention.complete
        and line.retention.value is not None
    )


def _second_order(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    first = e.first_orders
    lost = first.customers - first.second
    if first.customers < ENOUGH_REPEAT or not first.second_ripe or lost < 10 or e.order_value is None:
        return
    never = Decimal(lost) / first.customers * 100
    third = Decimal(first.third) / first.second_ripe * 100
    # It is the hurdle only if the step after it is easier.
    if never <= 100 - third:
        return
    yield (
        "second_order",
        {"never": never, "lost": lost, "customers": first.customers, "window": c.window_days, "third": third,
         "each": e.order_value},
        (lost // 10) * e.order_value,
    )  # fmt: skip


def _few_customers(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    best = c.concentration[0] if c.concentration else None
    if best is None or best.share_of_revenue < Decimal("0.2") or best.customers < 3:
        return
    yield (
        "few_customers",
        {"customers": best.customers, "share": best.share_of_revenue * 100, "part": best.share_of_customers * 100,
         "all": e.period_customers},
        best.share_of_revenue * year_of(e),
    )  # fmt: skip


def _discount_starts(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    with_it, without = e.discounted, e.full_price
    if min(with_it.customers, without.customers) < FEW or e.order_value is None:
        return
    low = Decimal(with_it.second) / with_it.customers * 100
    high = Decimal(without.second) / without.customers * 100
    least = high - low - _Z95 * _spread(low, Decimal(with_it.customers), high, Decimal(without.customers))
    if least <= 0:
        return
    yield (
        "discount_starts",
        {"with": low, "without": high, "customers": with_it.customers, "points": high - low, "least": least,
         "each": e.order_value},
        (high - low) / 100 * with_it.customers * e.order_value,
    )  # fmt: skip


def _overdue(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    found = e.overdue
    if found.customers < 5 or found.mean_gap is None or found.mean_away is None:
        return
    yield (
        "overdue",
        {"customers": found.customers, "gap": found.mean_gap, "away": found.mean_away},
        found.year_revenue,
    )


def _guests(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    if c.quality is None or c.bridge is None:
        return
    check = next((one for one in c.quality.findings if one.code == "guests"), None)
    if check is None or not check.order_share or check.order_share < Decimal("0.05") or not check.revenue:
        return
    total = (
        next((line.orders for line in c.bridge.lines if line.code == "orders_total"), None) or check.orders
    )
    yield (
        "guests",
        {"share": check.order_share * 100, "orders": check.found, "all": total},
        check.revenue,
    )


def _refunds(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    if not e.revenue_before_refunds or e.refunds / e.revenue_before_refunds < Decimal("0.03"):
        return
    share = e.refunds / e.revenue_before_refunds * 100
    yield (
        "refunds",
        {"share": share, "refunds": e.refunds, "revenue": e.revenue_before_refunds},
        e.year_refunds / 10,
    )


def _unpaid(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    if c.bridge is None:
        return
    lines = [line for line in c.bridge.lines if line.code == "unpaid" and line.amount]
    orders = -sum(line.orders or 0 for line in lines)
    total = next((line.orders for line in c.bridge.lines if line.code == "orders_total"), None)
    if not total or orders < 10 or Decimal(orders) / total < Decimal("0.02"):
        return
    amount = -sum((line.amount or Decimal(0) for line in lines), Decimal(0))
    yield "unpaid", {"orders": orders, "share": Decimal(orders) / total * 100}, amount


def _loyal_revenue(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    groups = e.period_groups
    total = sum(groups.values(), Decimal(0))
    if not c.kept.complete or total <= 0 or groups.get("loyal", Decimal(0)) / total < Decimal("0.5"):
        return
    yield (
        "loyal_revenue",
        {"share": groups["loyal"] / total * 100, "loyal": groups["loyal"], "revenue": total,
         "new": groups.get("new", Decimal(0)) / total * 100},
        None,
    )  # fmt: skip


def _more_retention(c: Ground, e: Evidence) -> Iterator[_Candidate]:
    effect = next((one for one in c.whatif.effects if one.scenario == "retention_points"), None)
    if effect is None or effect.effect is None or effect.change != 5 or not c.whatif.complete:
        return
    if effect.low is None or effect.low <= 0 or c.whatif.mean_per_kept is None:
        return
    yield (
        "more_retention",
        {"start": c.whatif.start_customers, "kept": c.whatif.kept_customers, "each": c.whatif.mean_per_kept},
        effect.effect,
    )


def year_of(e: Evidence) -> Decimal:
    """A year's revenue, which every worth is measured against."""
    return e.year_revenue


def _per_kept(c: Ground) -> Decimal | None:
    """What a kept customer brings in a year (K22), where a whole year can be seen."""
    return c.whatif.mean_per_kept if c.whatif.complete else None


def _spread(a: Decimal, of_a: Decimal, b: Decimal, of_b: Decimal) -> Decimal:
    """Standard error, in points, of the difference of two shares in per cent (unpooled)."""
    return (a * (100 - a) / of_a + b * (100 - b) / of_b).sqrt()
