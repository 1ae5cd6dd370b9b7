"""Why somebody is on the work list, what is at stake and what to do next, in sentences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.platform.insights.api import worklist
from regulars.platform.web.templatetags.regulars import reader


def why(item: worklist.Work, as_of: date) -> str:
    """'Orders about every 34 days; the last order was 80 days ago.'"""
    w = reader()
    if item.reason == "complaint":
        return _("A complaint is open since %(day)s.") % {
            "day": w.day(date.fromisoformat(item.facts["since"]))
        }
    if item.reason == "late":
        return _("A parcel that was promised for %(day)s has not arrived.") % {
            "day": w.day(date.fromisoformat(item.facts["since"]))
        }
    waited = (as_of - item.last_order_day).days if item.last_order_day else 0
    if "gap" not in item.facts and "usual" not in item.facts:
        # Listed for the risk alone: the reasons say why, and that of the rhythm says when the last order was.
        if "rhythm" in item.facts.get("why", ()):
            return ""
        template = ngettext(
            "The last order was %(days)s day ago.", "The last order was %(days)s days ago.", waited
        )
        return template % {"days": w.number(waited)}
    values = {"days": w.number(waited), "gap": w.number(item.facts.get("gap") or 0)}
    if "gap" in item.facts:
        return (
            ngettext(
                "Orders about every %(gap)s day; the last order was %(days)s days ago.",
                "Orders about every %(gap)s days; the last order was %(days)s days ago.",
                item.facts["gap"],
            )
            % values
        )
    values["usual"] = w.number(item.facts.get("usual") or 0)
    if item.facts.get("order_days") == 1:
        return _(
            "Ordered once, %(days)s days ago. Half of those who come back do so within %(usual)s days."
        ) % values  # fmt: skip
    return _(
        "Ordered on two days, the last %(days)s days ago. Half of those who come back do so within %(usual)s days."
    ) % values  # fmt: skip


# What the sentence of `why` says already.
_SAID = ("rhythm",)

STEPS: dict[str, str | Promise] = {
    "answer_complaint": gettext_lazy("Answer the complaint: say sorry, and what you will do by when."),
    "find_parcel": gettext_lazy("Find out where the parcel is, and tell the customer before they ask."),
    "solve_request": gettext_lazy("Finish the open request first; offer nothing before it is solved."),
    "settle_payment": gettext_lazy("A payment failed: help to settle it or to pay another way."),
    "ask_returns": gettext_lazy("Ask what was wrong with what came back, and suggest what fits better."),
    "ask_feedback": gettext_lazy("Their last answers were poor: ask what should be better, and listen."),
    "no_messages": gettext_lazy("Has unsubscribed: do not write. A word with the next parcel, or help where they come in."),
    "review_plan": gettext_lazy("Look together whether the plan still fits: a pause or a smaller one keeps more than a discount."),
    "second_order": gettext_lazy("Ask how the first order was, and suggest what goes with it."),
    "offer": gettext_lazy("Mostly buys at a discount: tell them of the next one."),
    "remind": gettext_lazy("Remind them of what they usually buy, or ask whether something is missing."),
    "ask": gettext_lazy("Ask whether something is missing, and offer help."),
}  # fmt: skip


def reasons(item: worklist.Work) -> str:
    """What else speaks for leaving, in words: '1 unanswered complaint; no visit known.'; empty where nothing does."""
    told = item.facts.get("told", {})
    stories = [story for story in item.facts.get("why", ()) if story not in _SAID or "gap" not in item.facts]
    words = [worklist.reason_words(story, told, reader(), item.currency or None) for story in stories]
    said = "; ".join(text for text in words if text)
    return said[:1].upper() + said[1:] + "." if said else ""


def step(item: worklist.Work) -> str:
    """What to do next."""
    found = STEPS.get(item.facts.get("step", ""), "")
    if item.facts.get("buys"):
        return _("%(step)s Mostly buys: %(what)s.") % {"step": found, "what": item.facts["buys"]}
    return str(found)


def worth(item: worklist.Work) -> str:
    """'Bought for €1,240 in the year up to the last order.'; with a prediction: '72% likely not to order again; €540 are expected
    in the next year.'"""
    if "risk" in item.facts:
        values = {
            "risk": reader().percent(100 * item.facts["risk"]),
            "value": reader().money(Decimal(item.facts["value"]), item.currency),
        }
        return _("Risk of losing them %(risk)s; expected revenue of the next year %(value)s.") % values
    return _("Bought for %(worth)s in the year up to the last order.") % {
        "worth": reader().money(item.worth, item.currency)
    }


def outcome(item: worklist.Work) -> str:
    """What came of it."""
    if item.came_back_on is None:
        return _("No order since")
    return _("Ordered again on %(day)s") % {"day": reader().day(item.came_back_on)}
