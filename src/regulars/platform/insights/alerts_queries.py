"""Reads of what is watched and what was found, in the language in force. Market limits are obeyed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.utils import timezone

from regulars.kernel.periods import add_months
from regulars.platform.core.api import User
from regulars.platform.insights import alerts_wording, goals_values, queries
from regulars.platform.insights.alerts_evaluate import size_sight, values_of
from regulars.platform.insights.alerts_operations import Watch, rule_of
from regulars.platform.insights.goals_proposal import series
from regulars.platform.insights.models import (
    AlertFinding,
    AlertNotice,
    AlertRule,
    SegmentSize,
    Webhook,
    WebhookDelivery,
)
from regulars.platform.insights.pieces import Standard
from regulars.platform.insights.rules import alerts as rules
from regulars.platform.insights.rules import goals
from regulars.platform.intake.api import shown_address


@dataclass(frozen=True)
class RuleInfo:
    """What is watched, how it stands, who is told. `muted_until` None: not muted."""

    number: int
    name: str
    kind: str
    figure: str
    market: str
    segment: str
    watches: str
    state: str
    tone: str
    seen_at: datetime | None
    muted_until: date | None
    stopped: bool
    users: tuple[str, ...]
    by_mail: bool
    webhooks: tuple[str, ...]
    findings: int
    last_found: datetime | None


@dataclass(frozen=True)
class FindingInfo:
    """Something that was found. `new`: for this user, and not seen yet; `muted`: nobody was told."""

    number: int
    rule: int
    name: str
    sentence: str
    at: datetime
    new: bool
    muted: bool


@dataclass(frozen=True)
class Preview:
    """What a rule would have done in the last twelve months. `waits`: for a year of data; nothing else is known then."""

    watches: str
    fired: int
    of: int
    when: tuple[str, ...]
    waits: bool


@dataclass(frozen=True)
class WebhookInfo:
    """An address; `address` without what may be secret in it."""

    number: int
    name: str
    address: str
    on: bool
    gone: bool


@dataclass(frozen=True)
class DeliveryInfo:
    """A message and its last attempt."""

    number: int
    webhook: str
    created_at: datetime
    state: str
    attempts: tuple[dict[str, Any], ...]
    next_at: datetime | None
    can_replay: bool


def alerts(*, user: User, stopped: bool = False) -> list[RuleInfo]:
    """What is watched, by name: three queries and one for the currency, however many rules there are."""
    rows = _seen_by(user).filter(archived_at__isnull=not stopped).order_by("name", "pk")[:500]
    currency = _currency()
    return [_info(row, currency) for row in rows]


def alert(*, user: User, number: int) -> RuleInfo | None:
    found = _seen_by(user).filter(pk=number).first()
    return None if found is None else _info(found, _currency())


def findings(*, user: User, rule: int | None = None, limit: int = 50) -> list[FindingInfo]:
    """What was found, the latest first."""
    rows = AlertFinding.objects.select_related("rule__segment").order_by("-at", "-pk")
    if user.reach.markets is not None:
        rows = rows.filter(rule__market__in=sorted(user.reach.markets))
    if rule is not None:
        rows = rows.filter(rule=rule)
    own = Prefetch("notices", AlertNotice.objects.filter(user=user, seen_at=None), to_attr="mine")
    currency = _currency()
    return [_found(row, currency, new=bool(row.mine)) for row in rows.prefetch_related(own)[:limit]]


def open_findings(user: User, *, limit: int = 5) -> list[FindingInfo]:
    """What a person was told and has not seen yet, the latest first; for Overview and Today."""
    rows = AlertNotice.objects.filter(user=user, seen_at=None).select_related("finding__rule__segment")
    if user.reach.markets is not None:
        rows = rows.filter(finding__rule__market__in=sorted(user.reach.markets))
    notices = list(rows.order_by("-finding__at", "-pk")[:limit])
    currency = _currency() if notices else ""
    return [_found(one.finding, currency, new=True) for one in notices]


def preview(wish: Watch, *, user: User) -> Preview:
    """Raises InputError for what cannot be watched, NotMeasured for a segment's figure that a worker computes first."""
    rule = rule_of(wish, reach_of=user)
    shown = queries.current()
    watches = alerts_wording.watches(rule, shown.currency if shown else "")
    if rule.kind in (AlertRule.Kind.SIZE, AlertRule.Kind.ENTERED):
        return _by_day(rule, watches)
    found = goals.known(series(rule.figure, cast(Standard, rule.grain), rule.market, rule.segment))
    if rule.kind == AlertRule.Kind.LIMIT:
        assert rule.limit is not None
        values = [point.value for point in found if point.value is not None]
        fired = rules.crossings(values, rule.limit, cast(rules.Side, rule.side))
    else:
        season, amounts = goals.SEASONS[rule.grain], goals_values.is_amount(rule.figure)
        if not found or rules.unusual(values_of(found), season, amounts=amounts).waits:
            return Preview(watches, 0, 0, (), True)
        fired = rules.would_have_been_unusual(values_of(found), season, amounts=amounts)
    return _in_a_year(watches, found, fired)


def webhooks() -> list[WebhookInfo]:
    """The addresses that are known, by name."""
    rows = Webhook.objects.filter(archived_at=None).order_by("name", "pk")
    return [
        WebhookInfo(
            row.pk, row.name, shown_address(row.url), row.disabled_at is None, row.disabled_because == "gone"
        )
        for row in rows
    ]


def deliveries(*, limit: int = 50) -> list[DeliveryInfo]:
    """The latest messages, with every attempt."""
    rows = WebhookDelivery.objects.select_related("webhook").order_by("-created_at", "-pk")[:limit]
    return [
        DeliveryInfo(
            row.pk, row.webhook.name, row.created_at, row.state, tuple(row.attempts), row.next_at,
            row.state == WebhookDelivery.State.FAILED and row.webhook.disabled_at is None,
        )
        for row in rows
    ]  # fmt: skip


def _in_a_year(watches: str, found: Sequence[goals.Point], fired: Sequence[bool]) -> Preview:
    since = add_months(found[-1].end, -12) if found else date.min
    lately = [(point, yes) for point, yes in zip(found, fired, strict=True) if point.start >= since]
    when = tuple(goals_values.period(point.start, point.end) for point, yes in lately if yes)
    return Preview(watches, len(when), len(lately), when, False)


def _by_day(rule: AlertRule, watches: str) -> Preview:
    """From the sizes that were stored; a segment that is young has few."""
    newest = SegmentSize.objects.filter(segment=rule.segment).aggregate(day=Max("day"))["day"]
    sizes = list(
        SegmentSize.objects.filter(segment=rule.segment, day__gt=newest - timedelta(days=365)).order_by("day")
        if newest
        else []
    )
    armed, when = True, []
    for size in sizes:
        sight = size_sight(rule, size)
        if sight.out and (armed or sight.always):
            when.append(goals_values.own_words().day(size.day))
        armed = not sight.out
    return Preview(watches, len(when), len(sizes), tuple(when), False)


def _seen_by(user: User) -> QuerySet[AlertRule]:
    rows = AlertRule.objects.select_related("segment").prefetch_related("users", "webhooks")
    rows = rows.annotate(found=Count("findings", distinct=True), last_found=Max("findings__at"))
    return rows if user.reach.markets is None else rows.filter(Q(market__in=sorted(user.reach.markets)))


def _info(row: AlertRule, currency: str) -> RuleInfo:
    state, tone = alerts_wording.state(row, currency)
    muted = row.muted_until if row.muted_until and row.muted_until >= timezone.now().date() else None
    return RuleInfo(
        number=row.pk,
        name=row.name,
        kind=row.kind,
        figure=row.figure,
        market=row.market,
        segment=row.segment.slug if row.segment else "",
        watches=alerts_wording.watches(row, currency),
        state=state,
        tone=tone,
        seen_at=row.seen_at,
        muted_until=muted,
        stopped=row.archived_at is not None,
        users=tuple(str(user) for user in row.users.all()),
        by_mail=row.by_mail,
        webhooks=tuple(webhook.name for webhook in row.webhooks.all()),
        findings=row.found,  # type: ignore[attr-defined]
        last_found=row.last_found,  # type: ignore[attr-defined]
    )


def _found(row: AlertFinding, currency: str, *, new: bool) -> FindingInfo:
    sentence = alerts_wording.found(row.rule, row.facts, currency)
    return FindingInfo(row.pk, row.rule_id, row.rule.name, sentence, row.at, new, row.muted)


def _currency() -> str:
    shown = queries.current()
    return shown.currency if shown else ""
