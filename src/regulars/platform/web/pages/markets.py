"""Markets side by side, by any figure."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from regulars.metrics import FIGURES
from regulars.platform.insights import api as insights
from regulars.platform.web import charts
from regulars.platform.web.asked import Asked, asked_of, nothing
from regulars.platform.web.figure_lines import market_lines
from regulars.platform.web.guard import Request, page
from regulars.report import phrases
from regulars.report.figures import KEY

_SORTS = ("value", "name", "customers")
_DRAWN = 12  # markets in the picture


@page("figures.see")
def markets(request: Request) -> HttpResponse:
    """GET: one figure in every market that may be seen. `figure`: its slug; `sort`: value, name or customers."""
    asked = asked_of(request)
    if asked is None:
        return nothing(request, _("Markets"))
    slug = request.GET.get("figure", "")
    if slug not in FIGURES or FIGURES[slug].families[0].own:
        slug = "retention_rate"
    sort = request.GET.get("sort", "")
    lines = market_lines(slug, asked)
    firm = [line for line in lines if not line["small"] and line["row"].complete]
    if sort == "name":
        lines.sort(key=lambda line: line["name"])
    elif sort == "customers":
        lines.sort(key=lambda line: -line["customers"])
    else:
        lines.sort(key=lambda line: bool(line["small"]))  # few customers prove little: they stand last
    (definition,) = phrases.definitions([slug], asked.w)
    context = {
        "slug": slug,
        "definition": definition,
        "choices": _choices(asked),
        "lines": lines,
        "lead": _lead(definition.name, firm, asked),
        "picture": _picture(slug, firm, asked, definition.name),
        "sort": sort if sort in _SORTS else "value",
        "keep": {"figure": slug, "sort": sort} if sort in _SORTS else {"figure": slug},
    }
    return render(request, "markets/markets.html", asked.context() | context)


def _lead(name: str, firm: list[dict[str, Any]], asked: Asked) -> str:
    """Which market has more, which less."""
    if not asked.markets:
        return _("No order names a market or a country, so there is nothing to put side by side.")
    if len(firm) < 2:
        return _("There is only one market with enough customers to say anything about it.")
    best, worst = firm[0], firm[-1]
    return _("%(figure)s in %(period)s: highest in %(best)s with %(a)s, lowest in %(worst)s with %(b)s.") % {
        "figure": name, "period": asked.said, "best": best["name"], "a": best["value"], "worst": worst["name"],
        "b": worst["value"],
    }  # fmt: skip


def _picture(slug: str, firm: list[dict[str, Any]], asked: Asked, title: str) -> charts.Picture | None:
    """Dots with intervals, for shares that have them."""
    shown = [line for line in firm if line["row"].low is not None][:_DRAWN]
    if FIGURES[slug].unit != "percent" or len(shown) < 2 or any(line["row"].value < 0 for line in shown):
        return None
    whole = None
    if asked.reach.markets is None:
        rows = insights.figures_rows([slug], asked.span, only=asked.period.start)[slug]
        whole = rows[0].value if rows else None
    rows_drawn = [
        {"name": line["name"], "value": line["row"].value, "low": line["row"].low, "high": line["row"].high,
         "customers": line["customers"], "small": False}
        for line in shown
    ]  # fmt: skip
    return charts.markets(rows_drawn, whole, asked.w, title)


def _choices(asked: Asked) -> list[tuple[str, str]]:
    """Figures to choose from: the key figures first, then all others that stand alone."""
    rest = [slug for slug, figure in FIGURES.items() if slug not in KEY and not figure.families[0].own]
    return [(slug, phrases.figure_name(slug, asked.w)) for slug in (*KEY, *rest)]


urls = [path("markets", markets, name="markets")]
