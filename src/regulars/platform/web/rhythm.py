"""Two tabs of Retention: how long customers take to order again with the window that follows, and what more retention is
worth."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.metrics import Effect, WhatIf
from regulars.platform.core.api import User
from regulars.platform.insights.api import parts
from regulars.platform.web import report_charts
from regulars.platform.web.asked import Asked, address
from regulars.report import phrases, sentences

_MOST_POINTS = Decimal(50)


def rhythm(asked: Asked, user: User) -> dict[str, Any]:
    """The tab about the time between purchases."""
    found, w = parts.rhythm(asked.market), asked.w
    if found is None:
        return {"lead": too_few(asked), "rhythm": None}
    proposal = found.proposal
    return {
        "lead": sentences.gaps(proposal, w),
        "rhythm": proposal,
        "picture": report_charts.gaps(proposal, w),
        "proposed": "" if proposal.days is None else w.n(
            "The proposed activity window is {n} day: whoever has not ordered for longer counts as gone.",
            "The proposed activity window is {n} days: whoever has not ordered for longer counts as gone.",
            proposal.days,
        ),
        "in_use": _in_use(asked),
        "set_it": address("settings") + "#definitions" if user.may("settings.change") and user.reach.markets is None else "",
        "weak": [phrases.weakness(reason, proposal, w) for reason in proposal.weak],
        "histories": [
            (phrases.covered(one, w), phrases.whole(one.days, w), phrases.whole(one.median_gap, w),
             phrases.whole(one.mean_gap, w), w.number(one.repeat_orders), w.t("weak") if one.weak else w.t("firm"))
            for one in found.by_history
        ],
        "most_gone": "" if not proposal.most_gone_days else w.n(
            "After {n} day without an order, most customers do not come back.",
            "After {n} days without an order, most customers do not come back.", proposal.most_gone_days,
        ),
    }  # fmt: skip


def _in_use(asked: Asked) -> str:
    """Which window the figures are computed with, and where it comes from."""
    days = asked.info.window_days
    if asked.info.window_was_set:
        return ngettext(
            "The figures use %(n)s day, which somebody has set; one window holds for all markets.",
            "The figures use %(n)s days, which somebody has set; one window holds for all markets.", days,
        ) % {"n": asked.w.number(days)}  # fmt: skip
    return ngettext(
        "The figures use %(n)s day, as all markets together propose; one window holds for all of them.",
        "The figures use %(n)s days, as all markets together propose; one window holds for all of them.", days,
    ) % {"n": asked.w.number(days)}  # fmt: skip


def worth(asked: Asked, points: str) -> dict[str, Any]:
    """The tab about what more retention is worth. `points`: how many are asked for; nonsense asks for five."""
    found, w, currency = parts.whatif(asked.market), asked.w, asked.info.currency
    if found is None:
        return {"lead": too_few(asked), "worth": None}
    found = _with_points(found, points)
    period = w.period(found.period_start, found.period_end)
    return {
        "lead": sentences.whatif(found, currency, w),
        "worth": found,
        "points": next((f"{one.change.normalize():f}" for one in found.effects if one.scenario == "retention_points"), ""),
        "year": _("Customers of %(period)s") % {"period": period},
        "picture": report_charts.whatif(found, currency, w),
        "effects": [
            (phrases.effect(one, w), w.money(one.effect, currency, 0), _interval(one, asked))
            for one in found.effects if one.effect is not None
        ] if found.complete else [],
        "assumptions": [phrases.assumption(one, found.basis, currency, w) for one in found.assumptions],
    }  # fmt: skip


def _interval(effect: Effect, asked: Asked) -> str:
    if effect.low is None or effect.high is None:
        return ""
    low, high = (asked.w.money(amount, asked.info.currency, 0) for amount in (effect.low, effect.high))
    return phrases.between(low, high, asked.w)


def _with_points(found: WhatIf, text: str) -> WhatIf:
    """The answer for another number of points: what they are worth is a straight line in their number."""
    try:
        points = round(Decimal(text.replace(",", ".")), 1)
    except InvalidOperation:
        return found
    if not (points.is_finite() and 0 < points <= _MOST_POINTS):
        return found
    return replace(found, effects=tuple(_scaled(one, points) for one in found.effects))


def _scaled(effect: Effect, points: Decimal) -> Effect:
    if effect.scenario != "retention_points" or not effect.change:
        return effect
    times = points / effect.change
    amounts = {
        name: amount * times
        for name in ("effect", "low", "high")
        if (amount := getattr(effect, name)) is not None
    }
    return replace(effect, change=points, **amounts)


def too_few(asked: Asked) -> str:
    """Why a market has no answer of its own."""
    return _("%(place)s has too few customers for an answer of its own.") % {"place": asked.place}
