"""What an alert watches, what it saw and what it found, in the language in force."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.platform.insights import goals_values as say
from regulars.platform.insights.models import AlertRule


def watches(rule: AlertRule, currency: str) -> str:
    """What is watched, as a sentence."""
    values = _names(rule, currency)
    return {
        "limit-above": _("%(figure)s of %(scope)s, %(grain)s, rises above %(limit)s."),
        "limit-below": _("%(figure)s of %(scope)s, %(grain)s, falls below %(limit)s."),
        "unusual-": _(
            "%(figure)s of %(scope)s, %(grain)s, is unusual against the same period a year earlier."
        ),
        "size-above": _("More than %(limit)s customers are in %(scope)s."),
        "size-below": _("Fewer than %(limit)s customers are in %(scope)s."),
        "entered-": _("%(limit)s or more customers entered %(scope)s in a day."),
    }[_variant(rule)] % values


def found(rule: AlertRule, facts: dict[str, Any], currency: str) -> str:
    """Why it fired, as a sentence: what a mail begins with."""
    values = _names(rule, currency) | _facts(rule, facts, currency)
    if rule.kind == "entered":
        count = int(Decimal(facts["value"]))
        return ngettext(
            "%(count)s customer entered %(scope)s on %(period)s.",
            "%(count)s customers entered %(scope)s on %(period)s.",
            count,
        ) % {**values, "count": say.own_words().number(count)}
    if rule.kind == "unusual":
        return (
            _(
                "%(figure)s of %(scope)s was %(value)s in %(period)s. After the same period a year earlier, %(expected)s was "
                "to be expected, and anything between %(low)s and %(high)s would have been usual."
            )
            % values
        )
    return {
        "limit-above": _(
            "%(figure)s of %(scope)s was %(value)s in %(period)s, above the limit of %(limit)s."
        ),
        "limit-below": _(
            "%(figure)s of %(scope)s was %(value)s in %(period)s, below the limit of %(limit)s."
        ),
        "size-above": _(
            "%(value)s customers are in %(scope)s on %(period)s, more than the limit of %(limit)s."
        ),
        "size-below": _(
            "%(value)s customers are in %(scope)s on %(period)s, fewer than the limit of %(limit)s."
        ),
    }[_variant(rule)] % values


def state(rule: AlertRule, currency: str) -> tuple[str, str]:
    """How it stands, and whether that is good: ('within its limit: 71.0 % in Q3 2025', 'good')."""
    seen = rule.seen
    if not seen:
        return _("not looked at yet"), ""
    if seen.get("broken"):
        return _("cannot be looked at: the segment's rule has a mistake"), "warn"
    if seen.get("waits"):
        return _("waiting for a year of data"), ""
    if seen.get("value") is None:
        return _("no value is known"), ""
    values = _names(rule, currency) | _facts(rule, seen, currency)
    if seen.get("out"):
        return _("beyond: %(value)s, %(period)s") % values, "bad"
    return _("quiet: %(value)s, %(period)s") % values, "good"


def action(rule: AlertRule) -> str:
    """What one may do now."""
    if rule.kind in ("size", "entered"):
        return _("Open the segment to see who they are.")
    return _("Open the figure to see since when, in which markets, and who is behind it.")


def default_name(rule: AlertRule) -> str:
    segment = rule.segment.name if rule.segment else ""
    scope = say.scope(rule.market, segment)
    return f"{say.figure_name(rule.figure)}, {scope}" if rule.figure else scope


def _variant(rule: AlertRule) -> str:
    return f"{rule.kind}-{rule.side if rule.kind in ('limit', 'size') else ''}"


def _names(rule: AlertRule, currency: str) -> dict[str, str]:
    # In quotation marks, so that one sees where in the sentence the segment's name ends.
    segment = _("'%(text)s'") % {"text": rule.segment.name} if rule.segment else ""
    limit = ""
    if rule.limit is not None:
        limit = (
            say.value(rule.figure, rule.limit, currency)
            if rule.figure
            else say.own_words().number(rule.limit)
        )
    return {
        "figure": say.figure_name(rule.figure) if rule.figure else "",
        "scope": say.scope(rule.market, segment),
        "grain": say.grain_word(rule.grain) if rule.grain else "",
        "limit": limit,
    }


def _facts(rule: AlertRule, facts: dict[str, Any], currency: str) -> dict[str, str]:
    def shown(name: str) -> str:
        if facts.get(name) is None:
            return ""
        number = Decimal(facts[name])
        return say.value(rule.figure, number, currency) if rule.figure else say.own_words().number(number)

    start = date.fromisoformat(facts["start"])
    when = (
        say.period(start, date.fromisoformat(facts["end"]))
        if facts.get("end")
        else say.own_words().day(start)
    )
    return {"period": when} | {name: shown(name) for name in ("value", "expected", "low", "high")}
