"""A goal as it is being written: its starting point, target, letters and outlook, before it is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from regulars.kernel.errors import InputError
from regulars.kernel.periods import Period
from regulars.platform.core.api import Job, Reach, start_job
from regulars.platform.insights import goals_series, goals_values, queries
from regulars.platform.insights.models import Segment
from regulars.platform.insights.pieces import Standard
from regulars.platform.insights.reading import TooSlow, asking
from regulars.platform.insights.rules import goals as rules
from regulars.platform.insights.rules.goals import Aim, Check, Direction, Kind, Outlook, Point

_TOTALS = frozenset({"revenue", "revenue_net", "margin", "refunds", "acquisition_cost", "retention_cost"})
_KEPT = {"retention_rate": 1, "churn_rate": -1}
MEASURE = "goals.measure"


class NotMeasured(Exception):  # noqa: N818 - no error: the answer comes later
    """A segment's figure takes longer than a page waits: a worker computes it, and the same question is answered then."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants. `market` '': all. `change`: per cent of the figure itself (relative) or units of it (points)."""

    figure: str
    market: str
    segment: int | None
    grain: Standard
    direction: Direction
    kind: Kind
    change: Decimal
    due: date
    owner: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Proposal:
    """The wish, measured. `aim` None where there is no starting point, or nothing would change."""

    wish: Wish
    points: tuple[Point, ...]
    baseline: Point | None
    aim: Aim | None
    period: Period
    checks: tuple[Check, ...]
    outlook: Outlook
    currency: str
    lake_version: int
    snapshot: int
    segment_name: str


def propose(wish: Wish, *, reach: Reach) -> Proposal:
    """Measure a wish. Raises InputError for what may not be asked or where nothing is computed, NotMeasured, RuleError."""
    shown = queries.current()
    if shown is None or shown.empty:
        raise InputError("There are no figures yet.", where="figure", do="Bring data first.")
    if wish.figure not in goals_values.watchable() or wish.grain not in goals_values.GRAINS:
        raise InputError("This figure cannot be a goal.", where="figure", do="Choose another.")
    if not reach.allows(wish.market or None):
        raise InputError("You may not see these customers.", where="market", do="Choose one of your markets.")
    segment = _segment(wish.segment)
    points = series(wish.figure, wish.grain, wish.market, segment)
    found = rules.known(points)
    baseline = found[-1] if found else None
    period = rules.last_whole_period(wish.due, wish.grain)
    aim = _aim(wish, baseline, period)
    return Proposal(
        wish, tuple(points), baseline, aim, period, _checks(wish, points, aim, baseline, whole=not wish.market and not segment),
        look_ahead(wish.figure, wish.grain, points, aim) if aim else Outlook("too_early", known=len(found)),
        shown.currency, shown.lake_version, shown.number, segment.name if segment else "",
    )  # fmt: skip


def series(slug: str, grain: Standard, market: str, segment: Segment | None) -> list[Point]:
    """The values that a page can get at once. Raises NotMeasured for a segment that takes longer, NothingYet, RuleError."""
    if segment is None:
        return goals_series.of_market(slug, grain, market)
    shown = queries.current()
    key = f"{shown.number if shown else 0} {segment.pk} {segment.revision} {slug} {grain} {market}"[:120]
    done = Job.objects.filter(kind=MEASURE, key=key, state=Job.State.DONE).order_by("-pk").first()
    if done is not None and done.result:
        return goals_series.taken(done.result["points"])
    try:
        with asking() as analysis:
            return goals_series.of_segment(analysis, segment, slug, grain, market)
    except TooSlow:
        start_job(kind=MEASURE, key=key, segment=segment.pk, figure=slug, grain=grain, market=market)
        raise NotMeasured from None


def look_ahead(slug: str, grain: Standard, points: list[Point], aim: Aim) -> Outlook:
    share, amount = goals_values.is_share(slug), goals_values.is_amount(slug)
    return rules.outlook(points, aim, grain, share=share, amount=amount)


def _segment(number: int | None) -> Segment | None:
    if number is None:
        return None
    found = Segment.objects.filter(pk=number, archived_at__isnull=True).first()
    if found is None:
        raise InputError("There is no such segment.", where="segment", do="Choose another.")
    return found


def _aim(wish: Wish, baseline: Point | None, period: Period) -> Aim | None:
    if baseline is None or baseline.value is None:
        return None
    target = rules.target_of(baseline.value, wish.kind, wish.direction, wish.change)
    return None if target == baseline.value else Aim(baseline.value, target, period.end)


def _checks(
    wish: Wish, points: list[Point], aim: Aim | None, baseline: Point | None, *, whole: bool
) -> tuple[Check, ...]:
    share = goals_values.is_share(wish.figure)
    found = [
        rules.specific(owner=wish.owner is not None, whole=whole),
        rules.measurable(points, share=share),
    ]
    if aim is not None and baseline is not None:
        relative = goals_values.is_amount(wish.figure)
        found.append(rules.attainable(points, aim, wish.grain, relative=relative, share=share))
        worth, basis = _worth(wish, aim, baseline)
        found.append(rules.relevant(worth, basis, wish.reason))
    else:
        found.append(
            Check("A", False, "short_history", {"times": 0, "of": 0, "steps": 0, "grain": wish.grain})
        )
        found.append(rules.relevant(None, "", wish.reason))
    found.append(rules.time_bound(wish.due, wish.grain, points))
    return tuple(found)


def _worth(wish: Wish, aim: Aim, baseline: Point) -> tuple[Decimal | None, str]:
    """What the difference is worth in money, and how that is meant.

    Kept customers are counted as K22 does: more of them, each worth what a kept customer brought last year.
    """
    step = aim.target - aim.baseline
    if wish.figure in _KEPT and baseline.base is not None:
        mean = (queries.piece("whatif") or {}).get("mean_per_kept")
        if mean is not None:
            return step * _KEPT[wish.figure] / 100 * baseline.base * Decimal(str(mean)), "kept"
    better = 1 if goals_values.watchable()[wish.figure].better == "up" else -1
    if wish.figure in _TOTALS:
        return step * better, wish.grain
    if goals_values.per_order(wish.figure) and baseline.base is not None:
        return step * baseline.base, wish.grain
    return None, ""
