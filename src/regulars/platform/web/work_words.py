"""Why somebody is on the work list, in a sentence."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


def worth(item: worklist.Work) -> str:
    """'Bought for €1,240 in the year up to the last order.'"""
    return _("Bought for %(worth)s in the year up to the last order.") % {
        "worth": reader().money(item.worth, item.currency)
    }


def outcome(item: worklist.Work) -> str:
    """What came of it."""
    if item.came_back_on is None:
        return _("No order since")
    return _("Ordered again on %(day)s") % {"day": reader().day(item.came_back_on)}
