"""What in the data may mislead, and what it does to the figures: a tab of Data."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.metrics import Finding, Quality
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import parts
from regulars.platform.web.guard import Request, page
from regulars.platform.web.templatetags.regulars import reader
from regulars.report import phrases, sentences

# What each check looks for, and what to do where it finds something.
_MEANS = {
    "guests": gettext_lazy(
        "They carry no customer number, e-mail or telephone number and are in no figure about customers. See that the "
        "export has such a column, and that the mapping names it."
    ),
    "duplicates": gettext_lazy(
        "Orders of one customer on one day for the same amount, beyond the first: perhaps the same order twice. Look "
        "whether two sources bring the same orders."
    ),
    "house_accounts": gettext_lazy(
        "Customers with far more orders than one person places: perhaps a till, a marketplace or a reseller. Name them in "
        "the mapping as house accounts, so that their orders count as orders without a customer."
    ),
    "impossible_days": gettext_lazy(
        "Orders from before 1995 or more than a year ahead. Look at how the mapping reads days."
    ),
    "impossible_amounts": gettext_lazy(
        "Orders of over 20 times what 99 of 100 orders do not exceed: perhaps a wrong decimal sign or currency."
    ),
    "stale_source": gettext_lazy(
        "A source whose data ends more than 31 days before the day that figures are as of. Import its newer orders."
    ),
}  # fmt: skip


@page("data.see")
@require_GET
def quality(request: Request) -> HttpResponse:
    """The checks with what they found and the retention rate with and without it. For those who may see all markets."""
    info = insights.current()
    sees_all = request.user.reach.markets is None
    found = parts.quality() if sees_all and info is not None and not info.empty else None
    context: dict[str, Any] = {"tab": "quality", "info": info, "sees_all": sees_all, "found": found}
    if found is not None:
        context |= {
            "lead": sentences.quality(found, reader()),
            "lines": _lines(found),
            "job": insights.computing(),
        }
        context["period"] = reader().period(found.period_start, found.period_end)
    return render(request, "data/quality.html", context)


def _lines(found: Quality) -> list[dict[str, Any]]:
    """One line a check, those that found something first."""
    w = reader()

    def line(one: Finding) -> dict[str, Any]:
        name = phrases.check(one, w)
        return {
            "name": _("%(check)s: %(source)s") % {"check": name, "source": one.source} if one.source else name,
            "means": _MEANS.get(one.code, ""), "bad": bool(one.found), "found": phrases.found(one, w),
            "share": phrases.part(one.order_share if one.found else None, w),
            "revenue": phrases.cents(one.revenue if one.found else None, found.currency or "XXX", w),
            "rates": phrases.with_without(one, w) if one.found else phrases.DASH,
        }  # fmt: skip

    return [line(one) for one in sorted(found.findings, key=lambda one: not one.found)]


urls: list[URLPattern] = [path("data/quality", quality, name="data-quality")]
