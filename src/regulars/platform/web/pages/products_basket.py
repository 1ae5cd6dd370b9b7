"""What to offer beside a basket, and to a visitor of whom nothing is known."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from regulars.platform.insights import api as insights
from regulars.platform.insights.api import NothingYet, TooSlow
from regulars.platform.insights.api import recommendations as door
from regulars.platform.web import product_words
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages.products import LONGEST, code_of, none

_MOST = 20  # products of a basket


@page("figures.see")
@require_GET
def basket(request: Request) -> HttpResponse:
    """Choose products (`p`, repeated), and see what to offer with them; with none, what a visitor sees in `market`."""
    known = door.known()
    if known is None or known.nothing:
        return none(request, known)
    info, reach = insights.current(), request.user.reach
    market = request.GET.get("market", "")
    market = market if info and market in dict(info.markets) and reach.allows(market) else ""
    codes = list(dict.fromkeys(code for code in map(code_of, request.GET.getlist("p")) if code))[:_MOST]
    seek = request.GET.get("q", "")[:LONGEST]
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
                (one, _with(codes, one.code, market)) for one in door.suggested(analysis, seek, reach=reach)
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


urls = [path("products/basket", basket, name="products-basket")]
