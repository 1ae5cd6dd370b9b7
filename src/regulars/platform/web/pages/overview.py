"""Overview: the figures with trend and change, what stands out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.metrics.figures import Row
from regulars.platform.core.api import Right, User
from regulars.platform.insights import api as insights
from regulars.platform.web import charts
from regulars.platform.web.asked import Asked, address, asked_of, nothing
from regulars.platform.web.guard import Request, page
from regulars.platform.web.overview_tabs import overview_tabs
from regulars.platform.web.teasers import teasers
from regulars.platform.web.templatetags.regulars import reader
from regulars.platform.web.tiles import people_behind, tile
from regulars.report.figures import KEY

_MOVES = ("won_customers", "kept_customers", "lost_customers")
_MONTHS = 25
# Where a finding leads, and the right that it takes: to the customers or the page that it is about.
_LEADS: dict[str, tuple[str, str, Right]] = {
    "retention_moved": ("retention", "", "figures.see"), "market_apart": ("markets", "", "figures.see"),
    "second_order": ("retention", "tab=cohorts", "figures.see"),
    "more_retention": ("retention", "tab=worth", "figures.see"), "few_customers": ("money", "", "figures.see"),
    "loyal_revenue": ("money", "", "figures.see"), "guests": ("data-quality", "", "data.see"),
    "unpaid": ("bridge", "", "figures.see"), "refunds": ("bridge", "", "figures.see"),
    "overdue": ("today", "", "people.see"),
}  # fmt: skip


@page("figures.see")
def overview(request: Request) -> HttpResponse:
    """GET: key figures of the period, what stands out, movements by month."""
    asked = asked_of(request)
    if asked is None:
        return nothing(request, _("Overview"))
    rows = insights.figures_rows(KEY, asked.span, asked.market)
    moves = rows_by_month(asked)
    people = request.user.may("people.see")
    tiles = [tile(slug, rows[slug], asked, people=people) for slug in KEY]
    context = {
        "tabs": overview_tabs(asked, "overview"),
        "lead": lead(rows["retention_rate"], asked),
        "tiles": [one for one in tiles if one is not None],
        "findings": findings(asked, request.user),
        "movement": charts.movement(moves, asked.w, asked.w.t("Customers won and lost by month")),
        "moves": [move for move in moves if move["complete"]],
        "lost": people_behind("lost_customers", asked) if people else "",
    }
    return render(request, "overview/overview.html", asked.context() | teasers(request.user) | context)


def lead(rows: list[Row], asked: Asked) -> str:
    """What is so: how many of a hundred customers stayed, against a year before where that is known."""
    now, before = asked.at(rows), asked.at(rows, asked.back(asked.in_a_year))
    if now is None or now.value is None or not now.complete:
        days = asked.info.window_days
        return ngettext(
            "The data is too short for a retention rate in %(period)s: it must reach %(n)s day further back.",
            "The data is too short for a retention rate in %(period)s: it must reach %(n)s days further back.", days,
        ) % {"period": asked.said, "n": days}  # fmt: skip
    kept = round(now.value)
    places: dict[str, Any] = {"place": asked.place, "kept": asked.w.number(kept), "period": asked.said}
    if before is None or before.value is None or not before.complete:
        return _("%(place)s kept %(kept)s of 100 customers in %(period)s.") % places
    moved = kept - round(before.value)
    places["n"] = abs(moved)
    if moved == 0:
        return _("%(place)s kept %(kept)s of 100 customers in %(period)s, as many as a year before.") % places
    if moved > 0:
        return ngettext(
            "%(place)s kept %(kept)s of 100 customers in %(period)s, %(n)s more than a year before.",
            "%(place)s kept %(kept)s of 100 customers in %(period)s, %(n)s more than a year before.", moved,
        ) % places  # fmt: skip
    return ngettext(
        "%(place)s kept %(kept)s of 100 customers in %(period)s, %(n)s fewer than a year before.",
        "%(place)s kept %(kept)s of 100 customers in %(period)s, %(n)s fewer than a year before.", -moved,
    ) % places  # fmt: skip


def findings(asked: Asked, user: User) -> dict[str, Any]:
    """What stands out over all markets or among a market's customers, in the reader's language, with where to look.
    Nothing for a market with too few customers."""
    told = insights.parts.findings(reader().language, asked.market)
    if told is None:
        return {"told": [], "period": ""}
    market = asked.scope.query(span=None, end=None)
    leads = {
        kind: address(name, "&".join(part for part in (query, market) if part))
        for kind, (name, query, right) in _LEADS.items()
        if user.may(right) and (name != "bridge" or asked.market is None)
    }
    return {
        "told": [{**one, "leads": leads.get(one["kind"], "")} for one in told.findings],
        "period": asked.w.period(told.start, told.end),
    }


def rows_by_month(asked: Asked) -> list[dict[str, Any]]:
    """Customers won, kept and lost in the months up to the period's end."""
    found = insights.figures_rows(_MOVES, "month", asked.market)
    won, kept, lost = (found[slug] for slug in _MOVES)
    months = []
    for a, b, c in zip(won, kept, lost, strict=True):
        if a.period_end <= asked.period.end:
            counts = {"won": int(a.value or 0), "kept": int(b.value or 0), "lost": int(c.value or 0)}
            months.append({"start": a.period_start, "end": a.period_end, **counts, "complete": a.complete})
    return months[-_MONTHS:]


urls = [path("overview", overview, name="overview")]
