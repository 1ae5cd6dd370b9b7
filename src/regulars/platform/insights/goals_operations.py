"""Setting goals, letting them go, and noting what a snapshot says of them."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, record
from regulars.platform.insights import goals_series, goals_wording
from regulars.platform.insights.goals_proposal import Proposal, Wish, propose
from regulars.platform.insights.models import Goal
from regulars.platform.insights.rules.goals import Outlook, Point

_PLACES = Decimal("1e-10")


def set_goal(*, by: User, wish: Wish, name: str = "") -> int:
    """Set a goal from where the figure is now; returns its number. Weak letters are allowed, and remembered.

    Raises InputError where there is nothing to start from, nothing would change, or no period lies ahead.
    """
    found = propose(wish, reach=by.reach)
    if found.baseline is None or found.aim is None:
        raise InputError(
            "Nothing would change.",
            where="change",
            do="Choose a figure that is known and a change above zero.",
        )
    if found.period.end <= found.baseline.end:
        raise InputError("No whole period lies before this day.", where="due", do="Choose a later day.")
    with transaction.atomic():
        goal = Goal.objects.create(by=by, **_fields(found, name))
        record(user=by, action="goal.set", object=f"goal:{goal.pk}", figure=wish.figure, market=wish.market)
    return int(goal.pk)


def _fields(found: Proposal, name: str) -> dict[str, Any]:
    wish, aim, baseline = found.wish, found.aim, found.baseline
    assert aim is not None
    assert baseline is not None
    fallback = goals_wording.default_name(wish.figure, wish.market, found.segment_name, aim, found.currency)
    return {
        "name": (name.strip() or fallback)[:160], "figure": wish.figure, "market": wish.market,
        "segment_id": wish.segment, "grain": wish.grain, "baseline": aim.baseline.quantize(_PLACES),
        "baseline_start": baseline.start, "baseline_end": baseline.end, "baseline_version": found.lake_version,
        "currency": found.currency, "kind": wish.kind, "change": wish.change, "target": aim.target.quantize(_PLACES),
        "due": wish.due, "period_start": found.period.start, "period_end": found.period.end, "owner_id": wish.owner,
        "reason": wish.reason.strip(), "checks": [plain(check) for check in found.checks],
        "points": goals_series.stored(found.points), "outlook": plain(found.outlook), "snapshot": found.snapshot,
    }  # fmt: skip


def drop(*, by: User, number: int) -> None:
    """Let an open goal go. It can be taken up again."""
    with transaction.atomic():
        changed = Goal.objects.filter(pk=number, state=Goal.State.OPEN).update(
            state=Goal.State.DROPPED, closed_at=timezone.now()
        )
        if changed:
            record(user=by, action="goal.dropped", object=f"goal:{number}")


def take_up_again(*, by: User, number: int) -> None:
    """Open a goal that was let go; the next snapshot judges it, should its time be over."""
    with transaction.atomic():
        changed = Goal.objects.filter(pk=number, state=Goal.State.DROPPED).update(
            state=Goal.State.OPEN, closed_at=None
        )
        if changed:
            record(user=by, action="goal.taken_up", object=f"goal:{number}")


def note(*, goal: Goal, snapshot: int, points: list[Point], outlook: Outlook) -> None:
    """Keep what a snapshot says of an open goal; one that is reached or missed is closed. Safe to repeat."""
    values: dict[str, Any] = {
        "points": goals_series.stored(points), "outlook": plain(outlook), "snapshot": snapshot,
    }  # fmt: skip
    over = outlook.state in ("reached", "missed")
    if over:
        values |= {"state": outlook.state, "closed_at": timezone.now(), "closed_value": outlook.value}
    with transaction.atomic():
        changed = Goal.objects.filter(pk=goal.pk, state=Goal.State.OPEN).update(**values)
        if changed and over:
            record(user=None, action=f"goal.{outlook.state}", object=f"goal:{goal.pk}")


def plain(found: Any) -> dict[str, Any]:
    """A frozen value as JSON takes it."""
    return {key: _plain(value) for key, value in asdict(found).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
