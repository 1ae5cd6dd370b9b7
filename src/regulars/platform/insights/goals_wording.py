"""What is said of a goal: its target, its letters, its outlook. In the language in force."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.metrics import FIGURES
from regulars.platform.insights import goals_values as say
from regulars.platform.insights.rules.goals import Aim, Check, Kind, Outlook


def target(slug: str, aim: Aim, kind: Kind, change: Decimal, currency: str) -> str:
    """'From 71.0 % to 78.1 %: 10 % more, that is 7.1 points.' Both readings, so that nobody takes one for the other."""
    gap = aim.target - aim.baseline
    part = say.own_words().percent(abs(gap / aim.baseline * 100), 1) if aim.baseline else "\N{EN DASH}"
    values = {
        "before": say.value(slug, aim.baseline, currency),
        "after": say.value(slug, aim.target, currency),
        "part": say.own_words().percent(change, _digits(change)) if kind == "relative" else part,
        "step": say.difference(slug, gap, currency),
    }
    if kind == "relative" and aim.up:
        return _("From %(before)s to %(after)s: %(part)s more, that is %(step)s.") % values
    if kind == "relative":
        return _("From %(before)s to %(after)s: %(part)s less, that is %(step)s.") % values
    if aim.up:
        return _("From %(before)s to %(after)s: %(step)s more, that is %(part)s of what it was.") % values
    return _("From %(before)s to %(after)s: %(step)s less, that is %(part)s of what it was.") % values


def short_state(slug: str, found: Outlook, currency: str) -> tuple[str, str]:
    """A few words, and whether they are good: ('will miss by 3.0 points', 'bad')."""
    gap = say.difference(slug, found.gap or Decimal(0), currency)
    return {
        "reached": (_("reached"), "good"),
        "missed": (_("missed by %(gap)s") % {"gap": gap}, "bad"),
        "on_track": (_("on track"), "good"),
        "may_miss": (_("will probably miss by %(gap)s") % {"gap": gap}, "warn"),
        "will_miss": (_("will miss by %(gap)s") % {"gap": gap}, "bad"),
        "too_early": (_("too early to say"), ""),
        "dropped": (_("dropped"), ""),
    }[found.state]


def outlook(slug: str, found: Outlook, aim: Aim, currency: str) -> str:
    """The whole sentence."""
    values = {
        "value": say.value(slug, found.value, currency),
        "low": say.value(slug, found.low, currency),
        "high": say.value(slug, found.high, currency),
        "target": say.value(slug, aim.target, currency),
        "gap": say.difference(slug, found.gap or Decimal(0), currency),
    }
    if found.state == "reached":
        return _("Reached: %(value)s, where %(target)s was wanted.") % values
    if found.state == "missed":
        return _("Missed by %(gap)s: %(value)s, where %(target)s was wanted.") % values
    if found.state == "too_early":
        return ngettext(
            "Too early to say: %(known)s complete period is known, and a forecast needs eight.",
            "Too early to say: %(known)s complete periods are known, and a forecast needs eight.",
            found.known,
        ) % {"known": found.known}
    expected = {
        "on_track": _(
            "On track: %(value)s is to be expected, in four of five cases between %(low)s and %(high)s."
        ),
        "may_miss": _(
            "Will probably miss by %(gap)s: %(value)s is to be expected, in four of five cases between %(low)s and %(high)s. "
            "The target still lies within that."
        ),
        "will_miss": _(
            "Will miss by %(gap)s if all goes on as before: %(value)s is to be expected, in four of five cases "
            "between %(low)s and %(high)s."
        ),
    }
    return expected[found.state] % values


def method(found: Outlook) -> str:
    """How the forecast was made."""
    return {
        "damped_trend": _(
            "Level and trend of its own history, the trend flattening out; the interval is how far the same forecast was off in the past."
        ),
        "same_season": _(
            "The same period a season earlier; the interval is how far the same forecast was off in the past."
        ),
        "": "",
    }[found.method]


def letter(name: str) -> str:
    return {
        "S": _("Specific"), "M": _("Measurable"), "A": _("Attainable"), "R": _("Relevant"), "T": _("Time-bound"),
    }[name]  # fmt: skip


def check(slug: str, found: Check, *, scope: str, owner: str, currency: str) -> str:
    """One letter's sentence."""
    values: dict[str, Any] = {**found.values, "figure": say.figure_name(slug), "scope": scope, "owner": owner}
    if found.letter == "A":
        return _attainable(found, values)
    if found.letter == "T":
        return _dated(found, values)
    if "worth" in values:
        values["worth"] = say.money(Decimal(values["worth"]), currency)
    if found.code == "measured":
        return (
            ngettext(
                "It is computed from the data: %(periods)s complete period is known.",
                "It is computed from the data: %(periods)s complete periods are known.",
                values["periods"],
            )
            % values
        )
    return {
        "no_owner": _("Nobody is responsible yet. Choose an owner."),
        "specific_whole": _("%(figure)s of %(scope)s; %(owner)s looks after it."),
        "specific_part": _("%(figure)s of %(scope)s; %(owner)s looks after it."),
        "not_known": _(
            "This figure cannot be computed for %(scope)s: there is no complete period with a value."
        ),
        "small": _(
            "It rests on %(base)s customers only. Chance moves such a share by many points; %(enough)s are the least."
        ),
        "worth_kept": _(
            "So many more customers kept would be worth about %(worth)s a year, if they bring as much as those kept now."
        ),
        "worth_month": _("It would be worth %(worth)s a month."),
        "worth_quarter": _("It would be worth %(worth)s a quarter."),
        "worth_year": _("It would be worth %(worth)s a year."),
        "reason": _("Your reason: see below. What it is worth in money cannot be computed from this figure."),
        "no_reason": _(
            "What it is worth in money cannot be computed from this figure. Say in a sentence why it matters."
        ),
    }[found.code] % values


def _attainable(found: Check, values: dict[str, Any]) -> str:
    if found.code == "impossible":
        return _("The target lies beyond what this figure can be.")
    if found.code == "short_history":
        return _("There is too little history to compare with.")
    stretches = {
        "month": ngettext("%(steps)s month", "%(steps)s months", values["steps"]),
        "quarter": ngettext("%(steps)s quarter", "%(steps)s quarters", values["steps"]),
        "year": ngettext("%(steps)s year", "%(steps)s years", values["steps"]),
    }
    values["time"] = stretches[values["grain"]] % values
    if found.code == "never_happened":
        return (
            _("It has never moved so much within %(time)s: in none of %(of)s stretches of that length.")
            % values
        )
    return (
        _("It has moved so much within %(time)s before: in %(times)s of %(of)s stretches of that length.")
        % values
    )


def _dated(found: Check, values: dict[str, Any]) -> str:
    values["period"] = say.period(_day(values["start"]), _day(values["end"]))
    values["due"] = say.own_words().day(_day(values["due"]))
    return {
        "dated": _("On %(due)s, %(period)s is over and can be measured."),
        "mid_period": _("On %(due)s the last whole period is %(period)s; that one is measured."),
        "too_soon": _("By %(due)s no period after the starting point is over. Choose a later day."),
    }[found.code] % values


def default_name(slug: str, market: str, segment: str, aim: Aim, currency: str) -> str:
    """'Retention rate, Germany: 78.1 %'."""
    return f"{say.figure_name(slug)}, {say.scope(market, segment)}: {say.value(slug, aim.target, currency)}"


def better(slug: str) -> str:
    return FIGURES[slug].better


def _day(given: date | str) -> date:
    return given if isinstance(given, date) else date.fromisoformat(given)


def _digits(number: Decimal) -> int:
    return 0 if number == number.to_integral_value() else 1
