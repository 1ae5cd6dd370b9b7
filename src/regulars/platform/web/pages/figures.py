"""Figures: the catalogue, and one figure with its formula, definition, trend, markets, SQL and downloads."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.metrics import FIGURES
from regulars.metrics.figures import Figure, Row
from regulars.platform.insights import api as insights
from regulars.platform.web.asked import Asked, asked_of, nothing
from regulars.platform.web.downloads import csv_response
from regulars.platform.web.figure_lines import facts_of, market_lines, part_lines, period_lines
from regulars.platform.web.guard import Request, page
from regulars.platform.web.scope import scope_of
from regulars.platform.web.templatetags.regulars import reader
from regulars.platform.web.tiles import change, note, people_behind, tile, trend
from regulars.report import phrases
from regulars.report.figures import KEY

_COLUMNS = (
    "metric", "period_start", "period_end", "market", "value", "numerator", "denominator", "unit", "currency", "low",
    "high", "complete", "window_days", "definitions", "lake_version", "version", "remark",
)  # fmt: skip


@page("figures.see")
def figures(request: Request) -> HttpResponse:
    """GET: all figures by group with their value now. `q`: only those with these words in name or definition."""
    asked = asked_of(request)
    wanted = request.GET.get("q", "").strip()[:80]
    rows: dict[str, list[Row]] = {}
    if asked is not None:
        rows = insights.figures_rows(FIGURES, asked.span, asked.market, only=asked.period.start)
    groups = _groups(wanted, rows, asked)
    known = sum(1 for _title, found in groups for one in found if one["known"])
    context = {
        "groups": groups,
        "wanted": wanted,
        "found": sum(len(found) for _title, found in groups),
        "lead": _lead(known, len(FIGURES), asked),
        "keep": {"q": wanted} if wanted else {},
    }
    return render(request, "figures/figures.html", (asked.context() if asked else {}) | context)


def _lead(known: int, total: int, asked: Asked | None) -> str:
    if asked is None:
        return ngettext(
            "There is %(n)s figure; it has a value once orders are imported.",
            "There are %(n)s figures; they have values once orders are imported.", total,
        ) % {"n": total}  # fmt: skip
    return ngettext(
        "%(n)s figure is known for %(period)s; the others need facts that were not imported.",
        "%(n)s figures are known for %(period)s; the others need facts that were not imported.", known,
    ) % {"n": asked.w.number(known), "period": asked.said}  # fmt: skip


def _groups(
    wanted: str, rows: dict[str, list[Row]], asked: Asked | None
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Titles and their figures, as the catalogue orders them."""
    w = asked.w if asked else reader()
    groups: dict[str, list[dict[str, Any]]] = {}
    for figure in FIGURES.values():
        (definition,) = phrases.definitions([figure.slug], w)
        text = f"{definition.name} {definition.words} {figure.slug}".lower()
        if wanted and not all(word in text for word in wanted.lower().split()):
            continue
        found = rows.get(figure.slug, [])
        now = found[0] if found and not figure.families[0].own else None
        entry = {
            "slug": figure.slug, "name": definition.name, "words": definition.words, "own": bool(figure.families[0].own),
            "value": phrases.value(now, w) if now and now.value is not None else "",
            "note": note(now) if now else "", "known": any(row.value is not None for row in found),
        }  # fmt: skip
        groups.setdefault(_title(figure), []).append(entry)
    return list(groups.items())


def _title(figure: Figure) -> str:
    """The question that a group of figures answers."""
    titles = {
        _("Who stays and who leaves"): ("K1", "K2", "K20"),
        _("Revenue that stays"): ("K3", "K4"),
        _("How often customers buy"): ("K5", "K6", "K7", "K8", "K13"),
        _("Orders and money"): ("K9", "K24"),
        _("What a customer is worth"): ("K10", "K11", "K19"),
        _("What winning and keeping costs"): ("K23",),
    }
    return next((title for title, rows in titles.items() if figure.row in rows), _("What customers say"))


@page("figures.see")
def figure(request: Request, slug: str) -> HttpResponse:
    """GET: one figure."""
    if slug not in FIGURES:
        raise Http404
    asked = asked_of(request)
    found = FIGURES[slug]
    if asked is None:
        return nothing(request, phrases.figure_name(slug, reader()))
    rows = insights.figure_rows(slug, asked.span, asked.market)
    own = bool(found.families[0].own)
    people = request.user.may("people.see")
    (definition,) = phrases.definitions([slug], asked.w)
    markets = [] if own or len(asked.markets) < 2 else market_lines(slug, asked)
    lines = part_lines(rows, asked) if own else period_lines(asked.until(rows, 120), asked)
    context = {
        "figure": found,
        "definition": definition,
        "tile": None if own else tile(slug, rows, asked, people=people),
        "lead": _said(definition.name, None if own else asked.at(rows), rows, asked),
        "trend": None if own else trend(slug, asked.until(rows, 60), asked.w),
        "lines": lines,
        "columns": {name: any(getattr(line, name) for line in lines) for name in ("interval", "of", "note")},
        "own": own,
        "markets": markets,
        "facts": facts_of(found, asked),
        "people": people_behind(slug, asked) if people else "",
        "in_key": slug in KEY,
    }
    return render(request, "figures/figure.html", asked.context() | context)


def _said(name: str, now: Row | None, rows: list[Row], asked: Asked) -> str:
    """What is so, in a sentence."""
    w = asked.w
    if now is None or now.value is None:
        if any(row.value is not None for row in rows):
            return _("What it was in %(period)s, part by part.") % {"period": asked.said}
        reason = next((row.remark for row in rows if row.remark), "")
        return reason or _("There is nothing to make it from in this period.")
    places = {"period": asked.said, "value": phrases.value(now, w), "place": asked.place}
    year = change(now, asked.at(rows, asked.back(asked.in_a_year)), w)
    if year is None:
        return _("%(place)s, %(period)s: %(value)s.") % places
    return _("%(place)s, %(period)s: %(value)s, %(change)s against a year before.") % (
        places | {"change": year[0]}
    )


@page("figures.see")
@require_GET
def sql(request: Request, slug: str) -> HttpResponse:
    """The whole SQL of a figure, from the fact tables up; where it was not written yet, the page has that done."""
    if slug not in FIGURES:
        raise Http404
    info = insights.current()
    if info is None or info.empty:
        return nothing(request, phrases.figure_name(slug, reader()))
    text = insights.sql_text(slug, scope_of(request).span or insights.SPANS[0])
    name = phrases.figure_name(slug, reader())
    return render(request, "figures/sql.html", {"figure": FIGURES[slug], "name": name, "sql": text})


@page("figures.see")
@require_POST
def write_sql(request: Request, slug: str) -> HttpResponse:
    """Have the SQL written by a worker; the page is loaded anew once it is there."""
    if slug not in FIGURES:
        raise Http404
    scope = scope_of(request)
    job = insights.start_sql(slug, scope.span or insights.SPANS[0], by=request.user)
    if request.headers.get("HX-Request"):
        return render(request, "jobs/progress.html", {"job": job})
    messages.info(request, _("The SQL is being written. Load this page again in a moment."))
    return redirect(f"{reverse('figure-sql', args=[slug])}?{scope.query()}")


@page("figures.see")
def download(request: Request, slug: str, kind: str) -> HttpResponseBase:
    """GET: all periods of a figure, the whole and by market as far as they may be seen; CSV or JSON as the command gives."""
    if slug not in FIGURES:
        raise Http404
    asked = asked_of(request)
    if asked is None:
        raise Http404
    rows = [] if asked.reach.markets is not None else insights.figure_rows(slug, asked.span)
    for of in insights.by_market(slug, asked.span, asked.markets).values():
        rows += of
    name = f"{slug}-{asked.span}.{kind}"
    if kind == "csv":
        own = sorted({key for row in rows for key, _value in row.dimensions if key != "market"})
        header = (*_COLUMNS[:3], "market", *own, *_COLUMNS[4:])
        flat = ({**row.as_json(), **dict(row.dimensions)} for row in rows)
        return csv_response(name, header, ([_cell(line.get(column)) for column in header] for line in flat))
    records = [row.as_json() for row in rows]
    response = HttpResponse(
        json.dumps(records, ensure_ascii=False, indent=1), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cell(value: Any) -> Any:
    return ("true" if value else "false") if isinstance(value, bool) else value


urls = [
    path("figures", figures, name="figures"),
    path("figures/<slug:slug>", figure, name="figure"),
    path("figures/<slug:slug>/sql", sql, name="figure-sql"),
    path("figures/<slug:slug>/sql/write", write_sql, name="figure-sql-write"),
    path("figures/<slug:slug>.csv", download, {"kind": "csv"}, name="figure-csv"),
    path("figures/<slug:slug>.json", download, {"kind": "json"}, name="figure-json"),
]
