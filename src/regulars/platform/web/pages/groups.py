"""Groups of customers by when, how often and for how much they order (RFM): a tab of Segments."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.metrics import RfmGroup
from regulars.metrics.segments import quoted
from regulars.platform.core.api import User
from regulars.platform.insights.api import parts
from regulars.platform.web import report_charts
from regulars.platform.web.asked import Asked, address, asked_of, nothing
from regulars.platform.web.guard import Request, page
from regulars.report import phrases, sentences

# Who is in each group, and what one usually does about them.
WHO = {
    "champions": gettext_lazy(
        "Ordered lately, often and for much. Thank them, ask them for a word to others."
    ),
    "loyal": gettext_lazy("Order often, and not long ago. Give them a reason to stay."),
    "potential_loyal": gettext_lazy("Ordered lately and more than once. The next order makes a habit."),
    "new": gettext_lazy(
        "Ordered lately for the first time, or for little. See that the first order went well."
    ),
    "promising": gettext_lazy("Ordered not long ago, but little so far. Remind them of what you have."),
    "need_attention": gettext_lazy(
        "Were in the middle in everything and begin to stay away. Now is the time."
    ),
    "about_to_sleep": gettext_lazy("Ordered little, and some time ago. A small reason may bring them back."),
    "cannot_lose": gettext_lazy("Ordered often and for much, but not for long. Call them."),
    "at_risk": gettext_lazy("Used to order often, and have stayed away. Ask what went wrong."),
    "hibernating": gettext_lazy("Ordered little, long ago. Spend little on them."),
    "lost": gettext_lazy("Ordered little, longest ago. Let them go, or try once."),
}


@page("figures.see")
@require_GET
def groups(request: Request) -> HttpResponse:
    """GET: the groups with their size, revenue and rhythm; each opens its customers and can become a segment."""
    asked = asked_of(request)
    if asked is None:
        return nothing(request, _("Groups of customers"))
    found = parts.groups(asked.market)
    context: dict[str, Any] = {
        "without_span": True,
        "may_see_people": request.user.may("people.see"),
        "found": found if found and found.customers else None,
        "missing": found is None,
    }
    if found and found.customers:
        w = asked.w
        context |= {
            "lead": sentences.rfm(found.groups, w),
            "lines": [_line(group, asked, request.user) for group in found.groups],
            "picture": report_charts.groups(found.cells, w) if found.cells else None,
            "cuts": phrases.cut_points(found.cuts, asked.info.currency, w) if found.cuts else [],
            "as_of": found.as_of,
        }
    return render(request, "segments/groups.html", asked.context() | context)


def _line(group: RfmGroup, asked: Asked, user: User) -> dict[str, Any]:
    w = asked.w
    return {
        "name": w.say(group.name),
        "who": WHO[group.slug],
        "customers": w.number(group.customers),
        "customer_share": w.percent((group.customer_share or 0) * 100, 1),
        "revenue": w.money(group.revenue, asked.info.currency, 0),
        "revenue_share": w.percent((group.revenue_share or 0) * 100, 1),
        "recency": phrases.whole(group.mean_recency_days, w),
        "orders": phrases.tenths(group.mean_orders, w),
        "people": _people(group, asked) if group.customers and user.may("people.see") else "",
        "segment": _segment(group, asked) if user.may("segments.change") else "",
    }


def _people(group: RfmGroup, asked: Asked) -> str:
    return address(
        "customers", urlencode({"group": group.slug} | ({"market": asked.market} if asked.market else {}))
    )


def _segment(group: RfmGroup, asked: Asked) -> str:
    """The address where the group becomes a segment."""
    rule = f"rfm_group = {group.slug}" + (f" and market = {quoted(asked.market)}" if asked.market else "")
    name = asked.w.say(group.name)
    if asked.market:
        name = _("%(group)s in %(place)s") % {"group": name, "place": asked.place}
    return f"{reverse('new-segment')}?{urlencode({'rule': rule, 'name': name})}"


urls = [path("segments/groups", groups, name="groups")]
