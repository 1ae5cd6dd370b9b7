"""Sentences about products: why one is offered, who buys it again, how good the recommendations are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.platform.insights.api import recommendations as door
from regulars.platform.web import lines
from regulars.platform.web.lines import Graph, Line, Point
from regulars.platform.web.templatetags.regulars import reader


def reason(offer: door.Offer, as_of: date | None) -> str:
    """Why a product is on a customer's list, in a sentence or two."""
    if offer.reason == "bought_before" and offer.last_day is not None and as_of is not None:
        ago = max((as_of - offer.last_day).days, 0)
        last = ngettext("Last bought %(days)s day ago.", "Last bought %(days)s days ago.", ago) % {
            "days": ago
        }
        if not offer.usual_days:
            return last
        usual = ngettext("Usually every %(days)s day.", "Usually every %(days)s days.", offer.usual_days)
        return f"{usual % {'days': offer.usual_days}} {last}"
    if offer.reason == "bought_with" and offer.because is not None:
        return _("Bought with %(product)s.") % {"product": offer.because.name}
    return _("Many buy it now.")


def product_lead(found: door.Whole, currency: str) -> str:
    """The page's first sentence: how many bought it, for how much, and who came back for it."""
    w = reader()
    first = ngettext(
        "%(buyers)s customer has bought it, for %(revenue)s so far.",
        "%(buyers)s customers have bought it, for %(revenue)s so far.",
        found.sums.buyers,
    ) % {"buyers": w.number(Decimal(found.sums.buyers), 0), "revenue": w.money(found.sums.revenue, currency)}
    return f"{first} {_returned(found)}"


def _returned(found: door.Whole) -> str:
    if not found.sums.again:
        return _("Nobody has bought it a second time.")
    share = reader().percent(Decimal(str(round(found.sums.share, 1))), 1)
    if found.half_days:
        return ngettext(
            "%(share)s bought it again; within %(days)s day, half of them all will have.",
            "%(share)s bought it again; within %(days)s days, half of them all will have.",
            found.half_days,
        ) % {"share": share, "days": found.half_days}
    return _("%(share)s bought it again.") % {"share": share}


def again_picture(found: door.Whole) -> SafeString | None:
    """The share of buyers who bought it again, by days since the first time; None with too few points."""
    if len(found.curve) < 3:
        return None
    w = reader()

    def percent(share: float) -> str:
        return w.percent(Decimal(str(round(100 * share, 1))), 1)

    points = [Point(0.0, 0.0, _("The day of the first purchase"), 0.0, 0.0)]
    for one in found.curve:
        says = ngettext(
            "Within %(days)s day: %(share)s bought it again (%(low)s to %(high)s)",
            "Within %(days)s days: %(share)s bought it again (%(low)s to %(high)s)",
            one.days,
        ) % {
            "days": one.days,
            "share": percent(one.share),
            "low": percent(one.low),
            "high": percent(one.high),
        }
        points.append(Point(float(one.days), one.share, says, one.low, one.high))
    last = found.curve[-1]
    ticks = tuple(
        (float(days), str(days)) for days in (0, *(one.days for one in found.curve if one.days % 90 == 0))
    )
    graph = Graph(
        (Line(tuple(points), percent(last.share)),), ticks, lambda value: w.percent(Decimal(str(round(100 * value))), 0),
        _("Bought again, by days since the first time"), points[-1].says, from_zero=True, name="again",
    )  # fmt: skip
    return lines.picture(graph)


@dataclass(frozen=True)
class Quality:
    """One line of how good the lists are: hits of 100 possible, with the error, and by the plain rules."""

    name: str
    customers: int
    hits: float
    error: float
    ndcg: float
    popular: float | None
    often: float | None


def qualities(known: door.Known) -> list[Quality]:
    """The lists in their order; those that could not be measured are left out."""
    named = (
        ("again", _("To buy again")),
        ("discover", _("To discover")),
        ("mixed", _("Both in one list")),
    )
    found = []
    for kind, name in named:
        one = known.quality.get(kind)
        if one and one["customers"]:
            found.append(
                Quality(
                    name, int(one["customers"]), 100 * one["recall"], 100 * one["standard_error"], one["ndcg"],
                    _hits(known, f"popular_{kind}"), _hits(known, f"often_{kind}"),
                )
            )  # fmt: skip
    return found


def _hits(known: door.Known, name: str) -> float | None:
    one = known.quality.get(name)
    return 100 * one["recall"] if one and one["customers"] else None


def quality_lead(known: door.Known) -> str:
    """How good the lists would have been, in a sentence."""
    mixed, often, popular = (_hits(known, name) for name in ("mixed", "often_mixed", "popular_mixed"))
    if mixed is None:
        return _("Too few customers have come twice for a trial on earlier days.")
    w = reader()
    said = {
        "n": w.number(Decimal(int(known.quality["mixed"]["customers"])), 0),
        "hits": w.number(Decimal(str(round(mixed))), 0),
        "often": w.number(Decimal(str(round(often or 0))), 0),
        "popular": w.number(Decimal(str(round(popular or 0))), 0),
    }
    return (
        _(
            "The last purchase day of %(n)s customers was hidden and ten products named for each: of 100 possible hits %(hits)s were made; by what each buys most often %(often)s, by what everybody buys %(popular)s."
        )
        % said
    )
