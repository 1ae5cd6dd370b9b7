"""Watching something, being told or left in peace, and noting what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, get_setting, record
from regulars.platform.insights import alerts_tell, alerts_wording, goals_values, queries
from regulars.platform.insights.models import AlertFinding, AlertNotice, AlertRule, Segment, Webhook
from regulars.platform.insights.webhooks_operations import send_message

if TYPE_CHECKING:
    from regulars.platform.insights.alerts_evaluate import Sight


@dataclass(frozen=True)
class Watch:
    """What somebody wants to be told of. `market` '': all. `users`, `webhooks`: numbers."""

    kind: str
    figure: str = ""
    grain: str = ""
    market: str = ""
    segment: int | None = None
    side: str = ""
    limit: Decimal | None = None
    users: tuple[int, ...] = ()
    by_mail: bool = True
    webhooks: tuple[int, ...] = ()


def rule_of(watch: Watch, *, reach_of: User) -> AlertRule:
    """The rule, not saved. Raises InputError for what cannot be watched, or not by this user."""
    if watch.kind not in AlertRule.Kind.values:
        raise InputError("This cannot be watched.", where="kind", do="Choose what to watch.")
    if not reach_of.reach.allows(watch.market or None):
        raise InputError("You may not see these customers.", where="market", do="Choose one of your markets.")
    segment = Segment.objects.filter(pk=watch.segment, archived_at=None).first() if watch.segment else None
    if watch.segment and segment is None:
        raise InputError("There is no such segment.", where="segment", do="Choose another.")
    of_figure = watch.kind in (AlertRule.Kind.LIMIT, AlertRule.Kind.UNUSUAL)
    if of_figure and watch.figure not in goals_values.watchable():
        raise InputError("This figure cannot be watched.", where="figure", do="Choose another.")
    if not of_figure and segment is None:
        raise InputError("No segment is chosen.", where="segment", do="Choose a segment.")
    grains = ("month", "quarter") if watch.kind == AlertRule.Kind.UNUSUAL else goals_values.GRAINS
    if of_figure and watch.grain not in grains:
        raise InputError("This period cannot be watched.", where="grain", do="Choose months or quarters.")
    sided = watch.kind in (AlertRule.Kind.LIMIT, AlertRule.Kind.SIZE)
    if sided and watch.side not in ("above", "below"):
        raise InputError("It is not said which side is meant.", where="side", do="Choose above or below.")
    limit = None if watch.kind == AlertRule.Kind.UNUSUAL else watch.limit
    if watch.kind != AlertRule.Kind.UNUSUAL and limit is None:
        raise InputError("There is no limit.", where="limit", do="Give a number.")
    if watch.kind == AlertRule.Kind.ENTERED and limit is not None and limit < 1:
        raise InputError("Nobody entering is no news.", where="limit", do="Give 1 or more.")
    return AlertRule(
        kind=watch.kind, figure=watch.figure if of_figure else "", grain=watch.grain if of_figure else "",
        market=watch.market, segment=segment, side=watch.side if sided else "", limit=limit, by_mail=watch.by_mail,
    )  # fmt: skip


def watch(*, by: User, wish: Watch, name: str = "") -> int:
    """Watch something from the next snapshot on; returns the rule's number. Raises InputError."""
    rule = rule_of(wish, reach_of=by)
    users = list(User.objects.filter(pk__in=wish.users, is_active=True))
    for user in users:
        if not user.reach.allows(rule.market or None):
            raise InputError(
                f"{user} may not see these customers.",
                where="users",
                do="Leave them out, or choose one of their markets.",
            )
    rule.name = (name.strip() or alerts_wording.default_name(rule))[:160]
    rule.by = by
    with transaction.atomic():
        rule.save()
        rule.users.set(users)
        rule.webhooks.set(Webhook.objects.filter(pk__in=wish.webhooks, archived_at=None))
        record(user=by, action="alert.made", object=f"alert:{rule.pk}", kind=rule.kind)
    return int(rule.pk)


def stop(*, by: User, number: int, again: bool = False) -> None:
    """Watch no more; `again` undoes it."""
    with transaction.atomic():
        ended = None if again else timezone.now()
        AlertRule.objects.filter(pk=number).update(archived_at=ended)
        record(user=by, action="alert.resumed" if again else "alert.stopped", object=f"alert:{number}")


def mute(*, by: User, number: int, until: date | None) -> None:
    """Tell nobody until that day (what is found is listed all the same); None: tell again."""
    with transaction.atomic():
        AlertRule.objects.filter(pk=number).update(muted_until=until)
        record(user=by, action="alert.muted" if until else "alert.unmuted", object=f"alert:{number}")


def mark_seen(*, user: User, findings: Sequence[int] | None = None) -> int:
    """Mark findings as seen by a person, all where none are named. Returns how many were not before."""
    rows = AlertNotice.objects.filter(user=user, seen_at=None)
    if findings is not None:
        rows = rows.filter(finding__in=list(findings))
    return rows.update(seen_at=timezone.now())


def note(*, rule: AlertRule, sight: Sight) -> bool:
    """Keep what was seen; a finding, once a cause, with who is to be told. Returns whether it is new."""
    now = timezone.now()
    with transaction.atomic():
        locked = AlertRule.objects.select_for_update().get(pk=rule.pk)
        fresh = False
        if sight.out and sight.cause is not None and (sight.always or locked.armed):
            muted = locked.muted_until is not None and locked.muted_until >= now.date()
            finding, fresh = AlertFinding.objects.get_or_create(
                rule=locked, cause=sight.cause, defaults={"facts": sight.facts, "at": now, "muted": muted}
            )
            if fresh and not muted:
                _tell(locked, finding)
        locked.armed = not sight.out if sight.facts.get("value") is not None else locked.armed
        locked.seen, locked.seen_at = sight.facts | {"out": sight.out}, now
        locked.save(update_fields=["armed", "seen", "seen_at"])
    return fresh


def _tell(rule: AlertRule, finding: AlertFinding) -> None:
    """In the page for all who chose it, by mail and to other programs where that was chosen."""
    for user in rule.users.filter(is_active=True):
        if not user.reach.allows(rule.market or None):
            continue  # limited since
        AlertNotice.objects.get_or_create(finding=finding, user=user, defaults={"by_mail": rule.by_mail})
        if rule.by_mail:
            alerts_tell.ask(user)
    for webhook in rule.webhooks.filter(disabled_at=None):
        send_message(
            webhook=webhook,
            cause=f"finding:{finding.pk}",
            kind="alert.fired",
            data=_payload(rule, finding),
            finding=finding,
        )


def _payload(rule: AlertRule, finding: AlertFinding) -> dict[str, Any]:
    """What a program gets: the reason and a link. Nobody is named in it."""
    shown = queries.current()
    currency = shown.currency if shown else ""
    with translation.override(str(get_setting("language"))):
        reason, todo = alerts_wording.found(rule, finding.facts, currency), alerts_wording.action(rule)
    return {
        "alert": rule.pk, "name": rule.name, "kind": rule.kind, "reason": reason, "suggestion": todo,
        "figure": rule.figure or None, "market": rule.market or None,
        "segment": rule.segment.slug if rule.segment else None, "cause": str(finding.cause),
        "value": finding.facts.get("value"), "limit": None if rule.limit is None else str(rule.limit.normalize()),
        "url": f"{settings.PUBLIC_URL}/alerts/{rule.pk}",
    }  # fmt: skip
