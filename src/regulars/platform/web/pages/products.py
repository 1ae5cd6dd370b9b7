"""Products: what each brings, who buys it again, what goes with it; what to offer beside a basket and to a visitor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.platform.core import api as core
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import NothingYet, TooSlow
from regulars.platform.insights.api import recommendations as door
from regulars.platform.web import product_words
from regulars.platform.web.asked import nothing
from regulars.platform.web.guard import Request, page
from regulars.platform.web.templatetags.regulars import reader

PAGE, FARTHEST = 50, 100_000
LONGEST = 200  # characters of a code or a search
_LEARNING = "insights.recommend"


@page("figures.see")
@require_GET
def products(request: Request) -> HttpResponse:
    """The list. `q`: words of name or code; `market`; `sort`; `after`."""
    known = door.known()
    if known is None or known.nothing:
        return none(request, known)
    info = insights.current()
    reach = request.user.reach
    market = request.GET.get("market") or None
    sort = request.GET.get("sort", "")
    asked = {
        "seek": request.GET.get("q", "")[:LONGEST],
        "market": market if market and reach.allows(market) else None,
        "sort": sort if sort in door.SORTS else "revenue",
        "after": _whole(request.GET.get("after", ""), FARTHEST),
    }
    context: dict[str, Any] = {
        "known": known, "asked": asked, "markets": info.codes(reach) if info else (), "all_markets": reach.markets is None,
        "headers": _headers(asked), "may_change": _may_limit(request), "limits": door.limits(),
        "qualities": product_words.qualities(known), "quality_lead": product_words.quality_lead(known),
    }  # fmt: skip
    try:
        with insights.asking() as analysis:
            found = door.products_page(analysis, reach=reach, limit=PAGE, **asked)  # type: ignore[arg-type]
    except TooSlow:
        return render(request, "products/products.html", context | {"slow": True})
    except NothingYet:
        return none(request, None)
    context |= {"found": found, "lead": _lead(found, asked, known), **_neighbours(asked, found)}
    return render(request, "products/products.html", context)


def none(request: Request, known: door.Known | None) -> HttpResponse:
    """The page before there is anything: what is being made, or what to bring."""
    info = insights.current()
    if known is None and (info is None or info.empty):
        return nothing(request, _("Products"))
    job = core.Job.objects.filter(kind=_LEARNING).order_by("-pk").first() if known is None else None
    return render(request, "products/nothing.html", {"job": job, "known": known})


def _lead(found: door.Lines, asked: dict[str, Any], known: door.Known) -> str:
    """The first sentence: which product leads, by what the list is in order of."""
    if not found.page:
        return ""
    w = reader()
    # One large order of one customer is no answer to what sells.
    first = next((line for line in found.page if not line.sums.few), None)
    if first is None or asked["sort"] != "revenue" or asked["seek"] or asked["after"]:
        return _("%(n)s products, of which %(offered)s may be recommended now.") % {
            "n": w.number(known.products, 0), "offered": w.number(known.offered, 0),
        }  # fmt: skip
    return _(
        "Of what many buy, %(product)s brought most in the last 365 days: %(revenue)s. %(share)s of its buyers have bought it again."
    ) % {
        "product": first.product.name, "revenue": w.money(first.sums.revenue_year, known.currency),
        "share": w.percent(round(first.sums.share, 1), 1),
    }  # fmt: skip


def _query(asked: dict[str, Any], **changes: Any) -> str:
    values = asked | changes
    named = {"q": values["seek"], "market": values["market"], "sort": values["sort"] if values["sort"] != "revenue" else "",
             "after": values["after"]}  # fmt: skip
    return urlencode({name: value for name, value in named.items() if value})


def _headers(asked: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Columns to sort by: label, query, direction where it is sorted by."""
    labels = {
        "name": _("Product"),
        "revenue": _("Revenue, last 365 days"),
        "buyers": _("Buyers"),
        "again": _("Bought it again"),
    }
    up = {"name": "ascending"}
    return [
        (label, _query(asked, sort=sort, after=0), up.get(sort, "descending") if asked["sort"] == sort else "")
        for sort, label in labels.items()
    ]  # fmt: skip


def _neighbours(asked: dict[str, Any], found: door.Lines) -> dict[str, Any]:
    after = asked["after"]
    return {
        "first": after + 1, "last": after + len(found.page),
        "earlier": _query(asked, after=max(0, after - PAGE)) or "after=0" if after else "",
        "later": _query(asked, after=found.after) if found.after and found.after <= FARTHEST else "",
    }  # fmt: skip


@page("figures.see")
@require_GET
def one(request: Request) -> HttpResponse:
    """One product, named by `code`."""
    known = door.known()
    code = code_of(request.GET.get("code", ""))
    if known is None or known.nothing or not code:
        raise Http404
    try:
        with insights.asking() as analysis:
            found = door.product(analysis, code, reach=request.user.reach)
    except (TooSlow, NothingYet):
        return render(request, "products/product.html", {"slow": True, "code": code})
    if found is None:
        raise Http404
    context = {
        "found": found, "code": code, "known": known, "lead": product_words.product_lead(found, known.currency),
        "picture": product_words.again_picture(found), "people": _people(request, code),
        "again": [point for point in found.curve if point.days in (30, 90, 180, 360, 720)],
        "several": len(found.markets) > 1, "limited": request.user.reach.markets is not None,
    }  # fmt: skip
    return render(request, "products/product.html", context)


def _people(request: Request, code: str) -> str:
    """The address of who bought it, for those who may see people."""
    if not request.user.may("people.see"):
        return ""
    quoted = code.replace('"', '""')
    return f"{reverse('customers')}?" + urlencode({"rule": f'orders(product = "{quoted}") >= 1'})


def _may_limit(request: Request) -> bool:
    return request.user.may("settings.change") and not request.user.markets


def code_of(text: str) -> str:
    """A product code as an address names it; empty where it cannot be one."""
    return "" if "\x00" in text or len(text) > LONGEST else text


def _whole(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else 0


urls = [
    path("products", products, name="products"),
    path("products/one", one, name="product"),
]
