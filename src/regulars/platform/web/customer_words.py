"""A customer in words: the three first lines of the page, and each fact's sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median_low
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.platform.insights.api import Member
from regulars.platform.web.customer_facts import Fact, OpenNow
from regulars.platform.web.templatetags.regulars import reader

_LOST = 3  # own gaps of waiting after which a rhythm is said to be over


@dataclass(frozen=True)
class Standing:
    """A customer against their own rhythm, to the day `as_of`. `gap`: the usual (median) days between order days."""

    ordered: int  # days with an order
    first: date | None
    last: date | None
    gap: int | None
    since: int

    @property
    def overdue(self) -> int:
        """Days beyond the usual gap; 0 where there is none, or the next order is not due."""
        return max(0, self.since - self.gap) if self.gap else 0

    @property
    def over(self) -> bool:
        return bool(self.gap) and self.since > _LOST * (self.gap or 0)


def standing(days: Sequence[date], as_of: date) -> Standing:
    """From the days with an order, sorted, each once. A rhythm needs three: two gaps. Pure."""
    if not days:
        return Standing(0, None, None, None, 0)
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    gap = median_low(gaps) if len(gaps) > 1 else None
    return Standing(len(days), days[0], days[-1], gap, max(0, (as_of - days[-1]).days))


def place_sentence(member: Member | None, one: Standing | None) -> str:
    """'From Germany, customer since 3 January 2025.'; empty where neither is known."""
    country = reader().country(member.country) if member and member.country else ""
    first = reader().day(one.first) if one and one.first else ""
    if country and first:
        return _("From %(country)s, customer since %(day)s.") % {"country": country, "day": first}
    if first:
        return _("Customer since %(day)s.") % {"day": first}
    return _("From %(country)s.") % {"country": country} if country else ""


def standing_sentence(one: Standing) -> str:
    """'Regular: orders about every 34 days, now 12 days overdue.'"""
    day = reader().day
    if one.first is None or one.last is None:
        return _("No order is known yet.")
    if one.ordered == 1:
        return ngettext(
            "Ordered once, on %(day)s, %(count)s day ago.",
            "Ordered once, on %(day)s, %(count)s days ago.",
            one.since,
        ) % {"day": day(one.first), "count": one.since}
    if one.gap is None:
        return _("Ordered on two days, first on %(first)s and last on %(last)s.") % {
            "first": day(one.first), "last": day(one.last),
        }  # fmt: skip
    values = {"gap": one.gap, "count": one.overdue, "since": one.since, "last": day(one.last)}
    if one.over:
        return (
            _("Was a regular: ordered about every %(gap)s days, last on %(last)s, %(since)s days ago.")
            % values
        )
    if one.overdue:
        return (
            ngettext(
                "Regular: orders about every %(gap)s days, now %(count)s day overdue.",
                "Regular: orders about every %(gap)s days, now %(count)s days overdue.",
                one.overdue,
            )
            % values
        )
    return (
        _("Regular: orders about every %(gap)s days, last on %(last)s; the next order is not due yet.")
        % values
    )


def open_sentences(now: OpenNow) -> list[str]:
    """What is open, a sentence each; empty where nothing is."""
    said = []
    if found := now.tickets:
        text = ngettext(
            "One request is open: %(which)s.", "%(count)s requests are open: %(which)s.", len(found)
        )
        said.append(text % _named(found))
    if found := now.undelivered:
        text = ngettext(
            "One order is not delivered yet: %(which)s.",
            "%(count)s orders are not delivered yet: %(which)s.",
            len(found),
        )
        said.append(text % _named(found))
    if found := now.unpaid:
        text = ngettext(
            "One order is not paid yet: %(which)s.",
            "%(count)s orders are not paid yet: %(which)s.",
            len(found),
        )
        said.append(text % _named(found))
    return said


def _named(found: Sequence[str]) -> dict[str, Any]:
    return {"count": len(found), "which": ", ".join(found[:5])}


def promised_sentences(now: OpenNow, today: date) -> list[str]:
    """Deliveries that were promised and have not come."""
    said = []
    for order, due in now.promised[:5]:
        values = {"order": order, "day": reader().day(due), "count": (today - due).days}
        if due < today:
            said.append(
                ngettext(
                    "Order %(order)s was promised for %(day)s and is %(count)s day late.",
                    "Order %(order)s was promised for %(day)s and is %(count)s days late.",
                    (today - due).days,
                ) % values
            )  # fmt: skip
        else:
            said.append(_("Order %(order)s is promised for %(day)s.") % values)
    return said


def fact_sentence(fact: Fact) -> str:
    """What happened, in a sentence."""
    values: dict[str, Any] = {
        "id": fact.id,
        "order": fact.order_id or "",
        "what": fact.what or "",
        "state": fact.state or "",
    }
    match fact.kind:
        case "order":
            return (_("Order %(id)s, cancelled") if fact.state == "cancelled" else _("Order %(id)s")) % values
        case "payment":
            return _payment(fact) % values
        case "shipment":
            return _shipment(fact) % values
        case "ticket":
            return _ticket(fact) % values
        case "feedback":
            return _feedback(fact, values)
        case "message":
            return _message(fact) % values
        case "subscription":
            return (
                _("Subscription %(id)s began") % values
                if not fact.what
                else _("Subscription to %(what)s began") % values
            )
        case "points":
            return _("Loyalty points")
        case _:
            return f"{fact.state}: {fact.what}" if fact.what else str(fact.state)


def _payment(fact: Fact) -> str:
    known = bool(fact.order_id)
    if fact.state == "refund":
        return _("Refund for order %(order)s") if known else _("Refund %(id)s")
    if fact.state == "chargeback":
        return (
            _("Payment taken back by the bank for order %(order)s")
            if known
            else _("Payment taken back by the bank")
        )
    return _("Payment for order %(order)s") if known else _("Payment %(id)s")


def _shipment(fact: Fact) -> str:
    match fact.state:
        case "delivered":
            return _("Parcel %(id)s, delivered")
        case "returned" | "refused":
            return _("Parcel %(id)s, came back")
        case _:
            return _("Parcel %(id)s, on its way")


def _ticket(fact: Fact) -> str:
    is_open = fact.state in ("new", "open", "pending", "hold")
    if fact.more == "complaint":
        return _("Complaint %(id)s, open") if is_open else _("Complaint %(id)s, settled")
    return _("Request %(id)s, open") if is_open else _("Request %(id)s, settled")


def _feedback(fact: Fact, values: dict[str, Any]) -> str:
    if fact.state == "invitation":
        return _("Asked for feedback")
    if fact.amount is None:
        return _("Gave feedback")
    score = reader().number(fact.amount, 0 if float(fact.amount).is_integer() else 1)
    if fact.more:
        highest = float(fact.more)
        return _("Gave %(score)s of %(highest)s") % {"score": score, "highest": f"{highest:g}"}
    return _("Gave a score of %(score)s") % {"score": score}


def _message(fact: Fact) -> str:
    match fact.state:
        case "sent" | "delivered":
            return _("A message was sent: %(what)s") if fact.what else _("A message was sent")
        case "opened":
            return _("Opened a message: %(what)s") if fact.what else _("Opened a message")
        case "clicked":
            return _("Clicked in a message: %(what)s") if fact.what else _("Clicked in a message")
        case "unsubscribed":
            return _("Unsubscribed")
        case _:
            return _("A message could not be delivered")
