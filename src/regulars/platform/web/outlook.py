"""What will happen with one customer, in words: the sentence first, the reasons, then the numbers with their definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.charts import Words, spark
from regulars.platform.insights.api import predictions

_FEWEST_DAYS = 3  # that make a line
_CLEAR = 0.05  # a chance that differs by more from what the other model says


@dataclass(frozen=True)
class Said:
    """A reason and which way it points: 'up' (towards leaving) or 'down'."""

    words: str
    towards: str


@dataclass(frozen=True)
class Outlook:
    """The part of the page. `rows`: name, value, and what the value is; `apart`: that these and the risk point different ways,
    empty where they do not; `line`: the risk day by day, as a small graph."""

    lead: str
    reasons: tuple[Said, ...]
    rows: tuple[tuple[str, str, str], ...]
    apart: str
    made: str
    line: str
    line_says: str


def outlook(
    one: predictions.Prediction,
    made: predictions.Made,
    risks: Sequence[tuple[date, float]],
    w: Words,
    currency: str | None,
) -> Outlook:
    """Everything that is predicted of a customer."""
    line, says = _line(risks, w)
    return Outlook(
        lead=_lead(one, made, w),
        reasons=_reasons(one, w, currency),
        rows=tuple(_rows(one, made, w, currency)),
        apart=_apart(one, made),
        made=_("Predicted with what was known on %(day)s.") % {"day": w.day(made.day)},
        line=line,
        line_says=says,
    )


def _lead(one: predictions.Prediction, made: predictions.Made, w: Words) -> str:
    risk = one.churn_probability
    if risk is None:
        return _("The shop's history is too short to say how likely an order is.")
    if made.contract:
        return ngettext(
            "The risk that the contract ends within %(days)s day is %(risk)s.",
            "The risk that the contract ends within %(days)s days is %(risk)s.",
            made.horizon,
        ) % {"days": w.number(made.horizon), "risk": w.percent(100 * risk)}
    return ngettext(
        "The chance of an order within %(days)s day is %(chance)s; the risk that none comes is %(risk)s.",
        "The chance of an order within %(days)s days is %(chance)s; the risk that none comes is %(risk)s.",
        made.horizon,
    ) % {"days": w.number(made.horizon), "chance": w.percent(100 * (1 - risk)), "risk": w.percent(100 * risk)}


def _apart(one: predictions.Prediction, made: predictions.Made) -> str:
    """Whether the day that is due, or the orders expected, cannot be so where the risk is right: two models, each best for its
    question, may disagree on one person."""
    risk, orders = one.churn_probability, one.values.get("predicted_number_of_orders")
    if risk is None or orders is None or made.contract:
        return ""
    due = one.expected_date_of_next_order
    soon = due is not None and due <= made.day + timedelta(
        days=made.horizon
    )  # then half have ordered by the horizon
    late = not soon and risk < 0.5 - _CLEAR
    early = soon and risk > 0.5 + _CLEAR
    few = (
        made.horizon <= 365 * made.years and orders < 1 - risk - _CLEAR
    )  # at least one order has that chance
    if not (late or early or few):
        return ""
    return _(
        "What is due and expected is reckoned from when and how often somebody bought, the risk from everything that is known of them. Here the two point different ways: take both with care."
    )


def _reasons(one: predictions.Prediction, w: Words, currency: str | None) -> tuple[Said, ...]:
    told = ((reason, reason.words(w, currency)) for reason in one.reasons)
    return tuple(
        Said(words[:1].upper() + words[1:], "up" if reason.contribution > 0 else "down")
        for reason, words in told
        if words
    )


def _rows(
    one: predictions.Prediction, made: predictions.Made, w: Words, currency: str | None
) -> list[tuple[str, str, str]]:
    """What is known of these, with the span that each is about."""
    value = one.values
    ahead = _span(made, w)
    found: list[tuple[str, str, str]] = []

    def add(name: str, text: str, what: str = "") -> None:
        if text:
            found.append((name, text, what))

    def money(key: str) -> str:
        return "" if value.get(key) is None else _money(value[key], w, currency)

    due = one.expected_date_of_next_order
    if due is not None:
        passed = due < made.day
        add(
            _("Next order due"), w.day(due),
            _("half of such customers have ordered by then; the day has passed") if passed else _("half of such customers have ordered by then"),
        )  # fmt: skip
    if value.get("predicted_number_of_orders") is not None:
        add(_("Expected orders"), w.number(value["predicted_number_of_orders"], 1), ahead)
    low, high = money("predicted_clv_low"), money("predicted_clv_high")
    between = (
        _("eight of ten such customers: %(low)s to %(high)s") % {"low": low, "high": high}
        if low and high
        else ""
    )
    add(_("Expected revenue"), money("predicted_clv"), "; ".join(part for part in (ahead, between) if part))
    add(_("Revenue so far"), money("historic_clv"), _("after refunds"))
    add(_("Lifetime value"), money("total_clv"), _("so far and expected"))
    return found


def _span(made: predictions.Made, w: Words) -> str:
    days = round(made.years * 365)
    return ngettext("in the next %(days)s day", "in the next %(days)s days", days) % {"days": w.number(days)}


def _money(value: Any, w: Words, currency: str | None) -> str:
    amount = Decimal(str(value))
    return w.money(amount, currency) if currency else w.number(amount, 2)


def _line(risks: Sequence[tuple[date, float]], w: Words) -> tuple[str, str]:
    if len(risks) < _FEWEST_DAYS:
        return "", ""
    (first, was), (last, now) = risks[0], risks[-1]
    says = _("Risk from %(was)s on %(first)s to %(now)s on %(last)s.") % {
        "was": w.percent(100 * was), "first": w.day(first), "now": w.percent(100 * now), "last": w.day(last),
    }  # fmt: skip
    return spark([risk for _day, risk in risks]), says
