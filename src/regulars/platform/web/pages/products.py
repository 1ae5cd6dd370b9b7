"""Products: what each brings, who buys it again, what goes with it; what to offer beside a basket and to a visitor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from regulars.kernel.errors import InputError
from regulars.platform.core import api as core
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import NothingYet, TooSlow
from regulars.platform.insights.api import recommendations as door
from regulars.platform.web import product_words
from regulars.platform.web.asked import nothing
from regulars.platform.web.guard import Request, page
from regulars.platform.web.templatetags.regulars import reader

PAGE, FARTHEST = 50, 100_000
_LONGEST, _MOST = 200, 20  # characters of a code or a search, products of a basket
_LEARNING = "insights.recommend"


@page("figures.see")
@require_GET
def products(request: Request) -> HttpResponse:
    """The list. `q`: words of name or code; `market`; `sort`; `after`."""
    known = door.known()
    if known is None or known.nothing:
        return _none(request, known)
    info = insights.current()
    reach = request.user.reach
    market = request.GET.get("market") or None
    sort = request.GET.get("sort", "")
    asked = {
        "seek": request.GET.get("q", "")[:_LONGEST],
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
        return _none(request, None)
    context |= {"found": found, "lead": _lead(found, asked, known), **_neighbours(asked, found)}
    return render(request, "products/products.html", context)


def _none(request: Request, known: door.Known | None) -> HttpResponse:
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
    code = _code(request.GET.get("code", ""))
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
        "several": len(found.markets) > 1,
    }  # fmt: skip
    return render(request, "products/product.html", context)


def _people(request: Request, code: str) -> str:
    """The address of who bought it, for those who may see people."""
    if not request.user.may("people.see"):
        return ""
    quoted = code.replace('"', '""')
    return f"{reverse('customers')}?" + urlencode({"rule": f'orders(product = "{quoted}") >= 1'})


@page("figures.see")
@require_GET
def basket(request: Request) -> HttpResponse:
    """Choose products (`p`, repeated), and see what to offer with them; with none, what a visitor sees in `market`."""
    known = door.known()
    if known is None or known.nothing:
        return _none(request, known)
    info, reach = insights.current(), request.user.reach
    market = request.GET.get("market", "")
    market = market if info and market in dict(info.markets) and reach.allows(market) else ""
    codes = list(dict.fromkeys(code for code in map(_code, request.GET.getlist("p")) if code))[:_MOST]
    seek = request.GET.get("q", "")[:_LONGEST]
    context: dict[str, Any] = {
        "known": known, "market": market, "markets": info.codes(reach) if info else (), "q": seek,
        "visitor_heading": market or not codes,
    }  # fmt: skip
    try:
        with insights.asking() as analysis:
            named = door.names_of(analysis, codes)
            chosen = [named[code][0] for code in codes if code in named]
            context["offers"] = door.for_basket(analysis, [one.code for one in chosen]) if chosen else ()
            context["visitor"] = door.for_visitor(analysis, market)
            context["hits"] = [
                (one, _with(codes, one.code, market)) for one in door.suggested(analysis, seek)
            ]
    except (TooSlow, NothingYet):
        return render(request, "products/basket.html", context | {"slow": True})
    context["chosen"] = [(one, _without(codes, one.code, market)) for one in chosen]
    context["told"] = [
        (offer, product_words.reason(offer, known.as_of), _with(codes, offer.product.code, market))
        for offer in context["offers"]
    ]
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "hits":
        return render(request, "products/hits.html", context)
    return render(request, "products/basket.html", context)


def _with(codes: list[str], code: str, market: str) -> str:
    return _basket_query([*codes, code] if code not in codes else codes, market)


def _without(codes: list[str], code: str, market: str) -> str:
    return _basket_query([other for other in codes if other != code], market)


def _basket_query(codes: list[str], market: str) -> str:
    query = QueryDict(mutable=True)
    query.setlist("p", codes)
    if market:
        query["market"] = market
    return query.urlencode()


@page("settings.change")
@require_http_methods(["GET", "POST"])
def limits(request: Request) -> HttpResponse:
    """What is never recommended."""
    if request.user.markets:
        raise PermissionDenied  # it concerns every market
    now = door.limits()
    values: dict[str, Any] = {
        "products": "\n".join(now.products), "categories": "\n".join(now.categories),
        "days": str(now.sold_within_days), "own": now.own_market,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "products/limits.html", {"values": values})
    values = {name: request.POST.get(name, "")[:500_000] for name in ("products", "categories", "days")}
    values["own"] = request.POST.get("own") == "1"
    days = values["days"].strip()
    try:
        changed = door.change_limits(
            by=request.user,
            products=values["products"].splitlines(),
            categories=values["categories"].splitlines(),
            sold_within_days=int(days) if days.isascii() and days.isdigit() and len(days) < 6 else -1,
            own_market=values["own"],
        )
    except InputError as error:
        context = {"values": values, "wrong": error.where}
        return render(request, "products/limits.html", context, status=422)
    if changed:
        messages.success(
            request,
            _("Saved. What was taken out is not shown from now on; the lists are being made anew."),
        )
    else:
        messages.info(request, _("Nothing was changed: it is set like this already."))
    return redirect("products")


def _may_limit(request: Request) -> bool:
    return request.user.may("settings.change") and not request.user.markets


def _code(text: str) -> str:
    """A product code as an address names it; empty where it cannot be one."""
    return "" if "\x00" in text or len(text) > _LONGEST else text


def _whole(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else 0


urls = [
    path("products", products, name="products"),
    path("products/one", one, name="product"),
    path("products/basket", basket, name="products-basket"),
    path("products/limits", limits, name="products-limits"),
]
