"""The job that looks before anything is handed over: how many, who may be contacted, and what such a number can show."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from regulars.experiments import Base, assign, detectable, plan
from regulars.kernel.errors import InputError, RuleError
from regulars.platform.core.api import Running, TryLater
from regulars.platform.engagement import whom
from regulars.platform.engagement.drawing import experiment_of
from regulars.platform.engagement.models import HandOver
from regulars.platform.engagement.past import past_of
from regulars.platform.insights import api as insights

LOOK = "engagement.look"
POWER = 0.8
_WEEKS = 4  # of which the usual number of newcomers a week is taken


def look(job: Running) -> dict[str, Any] | None:
    """Count, and plan; kept with the draft, which its page reads."""
    hand_over = HandOver.objects.select_related("by").filter(pk=job.arguments["hand_over"]).first()
    if hand_over is None or hand_over.by is None or hand_over.state != HandOver.State.DRAFT:
        return None
    snapshot = insights.current_snapshot()
    if snapshot is None:
        raise TryLater
    job.progress(_("Finding the customers"))
    with insights.at_work(snapshot) as analysis:
        horizon = analysis.window
        try:
            found = whom.find(analysis, hand_over, hand_over.by.reach)
        except RuleError:
            HandOver.objects.filter(pk=hand_over.pk).update(looked={"mistake": True})
            return None
        job.progress(_("Looking at what such customers did before"))
        past = past_of(analysis, hand_over, horizon)
        currency = analysis.definitions.currency or ""
    numbers = found.fresh["customer"].to_numpy()
    held_out = int(np.count_nonzero(assign(experiment_of(hand_over), numbers) == 0))
    counts = found.counts() | {"held_out": held_out, "treated": numbers.size - held_out}
    looked: dict[str, Any] = {"snapshot": snapshot.pk, "counts": counts}
    if past is not None:
        weekly = _newcomers(hand_over, numbers.size / found.found if found.found else 0.0)
        looked["plan"] = planned(past.base, hand_over, int(numbers.size), weekly, horizon)
        looked["plan"] |= {"past": past.customers, "like": past.like}
    HandOver.objects.filter(pk=hand_over.pk, state=HandOver.State.DRAFT).update(
        looked=looked, horizon=horizon, currency=currency
    )
    return None


def planned(base: Base, hand_over: HandOver, customers: int, weekly: float, horizon: int) -> dict[str, Any]:
    """What the page says: customers and weeks needed for the wanted difference, and what can be seen with those there are.

    `rate`: the share that comes back by itself. `needed` None: such a difference cannot be. `sees`: points, None for none.
    """
    share, points = float(hand_over.share), float(hand_over.points)
    seen = detectable(base, customers, power=POWER, share=share)
    found: dict[str, Any] = {
        "rate": base.mean, "weekly": weekly, "sees": None if seen is None else seen * 100, "needed": None, "weeks": None,
    }  # fmt: skip
    try:
        wanted = plan(
            base, points / 100, horizon=horizon, at_once=customers, per_week=weekly, power=POWER, share=share
        )
    except InputError:
        return found
    return found | {"needed": wanted.customers, "needed_held_out": wanted.held_out, "weeks": wanted.weeks}


def _newcomers(hand_over: HandOver, reachable: float) -> float:
    """Customers a week that would be added: who entered the segment lately, as far as such can be reached."""
    if hand_over.every == HandOver.Every.ONCE or hand_over.segment is None or hand_over.by is None:
        return 0.0
    sizes = insights.segments.sizes(number=hand_over.segment, reach=hand_over.by.reach)
    if not sizes or (span := (sizes[-1].day - sizes[0].day).days) < 7:
        return 0.0
    lately = [size for size in sizes if (sizes[-1].day - size.day).days < _WEEKS * 7]
    return sum(size.entered for size in lately) / min(span, _WEEKS * 7) * 7 * reachable
