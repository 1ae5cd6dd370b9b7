"""How good predictions are, in plain words: which model serves, what came true of what was said, what could not be done."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from regulars.charts import Words

_MODELS = {
    "served": gettext_noop("What served"),
    "rule": gettext_noop("Simple rule"),
    "linear": gettext_noop("Logistic regression"),
    "boosted": gettext_noop("Boosted trees"),
    "bg_nbd": gettext_noop("Purchase model BG/NBD"),
    "mbg_nbd": gettext_noop("Purchase model MBG/NBD"),
    "pareto_nbd": gettext_noop("Purchase model Pareto/NBD"),
}
_STABLE, _CHANGED = 0.10, 0.25  # of the stability index, as N. Siddiqi reads it

# What the library says of what it could not do. A text that none matches stays as it is.
_NOTES = tuple(
    (re.compile(pattern, re.DOTALL), text)
    for pattern, text in (
        (r".*The facts reach back (?P<days>\d+) days: too short to learn who comes back within (?P<horizon>\d+)\..*",
         gettext_noop("The history reaches back %(days)s days: too short to learn who comes back within %(horizon)s days.")),
        (r"(?P<count>[\d,]+) customers are too few for a purchase model; it takes at least (?P<least>\d+)\.",
         gettext_noop("%(count)s customers are too few for a purchase model; it takes at least %(least)s.")),
        (r"None of the (?P<count>[\d,]+) customers bought on a second day: .*",
         gettext_noop("None of the %(count)s customers bought on a second day, so nothing says how often people come back.")),
        (r"All customers came on the last day: .*", gettext_noop("All customers came on the last day, so nothing says how long they stay.")),
        (r"All customers have the same history: .*", gettext_noop("All customers have the same history, so nothing says how they differ.")),
        (r"(?P<count>[\d,]+) customers came back and spent something; it takes at least (?P<least>\d+) .*",
         gettext_noop("%(count)s customers came back and spent something; it takes at least %(least)s to tell how spending differs.")),
        (r"Frequency and value go together \(correlation (?P<size>-?[\d.]+)\).*",
         gettext_noop("How often and how much people buy go together (correlation %(size)s), which the model of spending takes not to be so: values of frequent customers may be off.")),
        (r".*Nobody was a customer before (?P<day>[\d-]+)\..*", gettext_noop("Nobody was a customer before %(day)s.")),
    )
)  # fmt: skip


def note(text: str) -> str:
    """A note of the library in the reader's language."""
    untested = text.removeprefix("No back-test: ")
    for expression, known in _NOTES:
        if found := expression.fullmatch(untested):
            said = _(known) % found.groupdict()
            return (
                said
                if untested == text
                else _("What came true on past days cannot be tested yet.") + " " + said
            )
    return text


def model_name(name: str) -> str:
    """A model of the comparison."""
    known = _MODELS.get(name)
    return _(known) if known else name


def lead(tested: dict[str, Any] | None, horizon: int, w: Words, *, contract: bool = False) -> str:
    """'Of the 100 customers called most at risk on 1 April, 78 did not come back within 90 days; by chance 41.'"""
    if tested is None:
        return _("What was predicted cannot be compared with what came true yet: the history is too short.")
    one = tested["called"]
    ended = ngettext(
        "Of the %(called)s customers called most at risk on %(day)s, the contract of %(left)s had ended %(days)s day later; by chance it would have been %(chance)s.",
        "Of the %(called)s customers called most at risk on %(day)s, the contract of %(left)s had ended %(days)s days later; by chance it would have been %(chance)s.",
        horizon,
    )  # fmt: skip
    stayed_away = ngettext(
        "Of the %(called)s customers called most at risk on %(day)s, %(left)s did not come back within %(days)s day; by chance it would have been %(chance)s.",
        "Of the %(called)s customers called most at risk on %(day)s, %(left)s did not come back within %(days)s days; by chance it would have been %(chance)s.",
        horizon,
    )
    return (ended if contract else stayed_away) % {
        "called": w.number(one["called"]), "day": w.day(date.fromisoformat(tested["day"])), "left": w.number(one["left"]),
        "days": w.number(horizon), "chance": w.number(one["by_chance"]),
    }  # fmt: skip


def serves(state: dict[str, Any]) -> str:
    """Which model the risk comes from, and why that one."""
    return {
        "blend": _("The risk is a blend of purchase models, logistic regression and boosted trees."),
        "rule": _("No model was better than the simple rule (days since the last order against the customer's own rhythm), so the simple rule serves."),
        "purchase": _("There is too little to learn from, so the purchase models alone serve."),
        "rate": _("There is too little to learn from: everyone has the same risk."),
    }.get(state.get("serves") or "", _("No risk is predicted."))  # fmt: skip


def serves_short(name: str | None) -> str:
    """The same in a word or two."""
    return {
        "blend": _("blend of models"), "rule": _("simple rule"), "purchase": _("purchase models"),
        "rate": _("the same risk for all"),
    }.get(name or "", "–")  # fmt: skip


def drift(index: float | None, w: Words) -> str:
    """How much customers have changed since training."""
    if index is None:
        return ""
    if index < _STABLE:
        said = _("Customers are as they were when the model learned")
    elif index < _CHANGED:
        said = _("Customers have changed somewhat since the model learned")
    else:
        said = _("Customers have changed much since the model learned; take the numbers with care")
    return _("%(said)s (stability index %(index)s; under 0.1 is stable).") % {
        "said": said,
        "index": w.number(index, 2),
    }
