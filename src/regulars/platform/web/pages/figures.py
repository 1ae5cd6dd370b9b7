"""Figures: the catalogue, and one figure with its formula, definition, trend, markets, SQL and downloads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.metrics import FIGURES
from regulars.metrics.figures import Figure, Row
from regulars.platform.insights import api as insights
from regulars.platform.web.asked import Asked, asked_of, nothing
from regulars.platform.web.downloads import csv_response
from regulars.platform.web.guard import Request, page
from regulars.platform.web.scope import scope_of
from regulars.platform.web.templatetags.regulars import reader
from regulars.platform.web.tiles import change, interval, note, people_behind, signed, tile, trend
from regulars.report import phrases
from regulars.report.figures import KEY

_BARS = 60  # markets beside each other
_COLUMNS = (
    "metric", "period_start", "period_end", "market", "value", "numerator", "denominator", "unit", "currency", "low",
    "high", "complete", "window_days", "definitions", "lake_version", "version", "remark",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One period of one figure, or one value of its own dimension, in words."""

    label: str
    value: str
    interval: str
    of: str
    note: str


@page("figures.see")
def figures(request: Request) -> HttpResponse:
    """GET: all figures by group with their value now. `q`: only those with these words in name or definition."""
    asked = asked_of(request)
    wanted = request.GET.get("q", "").strip()[:80]
    rows: dict[str, list[Row]] = {}
    if asked is not None:
        rows = insights.figures_rows(FIGURES, asked.grain, asked.market, only=asked.period.start)
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
            "value": signed(phrases.value(now, w)) if now and now.value is not None else "",
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
    rows = insights.figure_rows(slug, asked.grain, asked.market)
    own = bool(found.families[0].own)
    people = request.user.may("people.see")
    (definition,) = phrases.definitions([slug], asked.w)
    markets = [] if own or len(asked.markets) < 2 else market_lines(slug, asked)
    lines = _own_lines(rows, asked) if own else _lines(asked.until(rows, 120), asked)
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
        "facts": _facts(found, asked),
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
    places = {"period": asked.said, "value": signed(phrases.value(now, w)), "place": asked.place}
    year = change(now, asked.at(rows, asked.back(asked.in_a_year)), w)
    if year is None:
        return _("%(place)s, %(period)s: %(value)s.") % places
    return _("%(place)s, %(period)s: %(value)s, %(change)s against a year before.") % (
        places | {"change": year[0]}
    )


def _lines(rows: list[Row], asked: Asked) -> list[Line]:
    w = asked.w
    return [
        Line(
            w.period(row.period_start, row.period_end), signed(phrases.value(row, w)),
            phrases.interval(row, w) if row.low is not None else "", _quotient(row, asked), note(row),
        )
        for row in reversed(rows)
    ]  # fmt: skip


def _own_lines(rows: list[Row], asked: Asked) -> list[Line]:
    """The period's rows of a figure that is told by a dimension of its own (the number of purchases so far, say)."""
    w = asked.w
    return [
        Line(
            str(dict(row.dimensions).get(dict_key(row), "")), signed(phrases.value(row, w)),
            phrases.interval(row, w) if row.low is not None else "", _quotient(row, asked), note(row),
        )
        for row in rows
        if row.period_start == asked.period.start and row.value is not None
    ][:60]  # fmt: skip


def dict_key(row: Row) -> str:
    """The name of the figure's own dimension."""
    return next((name for name, _value in row.dimensions if name != "market"), "")


def _quotient(row: Row, asked: Asked) -> str:
    """What the value is made of: '712 of 1,002', where both are counts."""
    if (
        row.numerator is None
        or row.denominator is None
        or row.unit != "percent"
        or row.numerator % 1
        or row.denominator % 1
    ):
        return ""
    return _("%(part)s of %(whole)s") % {
        "part": asked.w.number(row.numerator),
        "whole": asked.w.number(row.denominator),
    }


def market_lines(slug: str, asked: Asked) -> list[dict[str, Any]]:
    """Every market's value in the period, largest first, with the length of its bar (of 100)."""
    rows = insights.by_market(slug, asked.grain, asked.markets[:_BARS])
    found = []
    for market, of in rows.items():
        now, before = asked.at(of), asked.at(of, asked.back(asked.in_a_year))
        if now is not None and now.value is not None:
            found.append((now, {
                "code": market, "name": asked.w.country(market), "value": signed(phrases.value(now, asked.w)), "row": now,
                "interval": interval(now, asked.w), "note": note(now), "small": phrases.few(now),
                "year": change(now, before, asked.w), "customers": dict(asked.info.markets).get(market, 0),
            }))  # fmt: skip
    most = max((abs(now.value or 0) for now, _line in found), default=0)
    found.sort(key=lambda pair: (-(pair[0].value or 0), pair[1]["name"]))
    return [
        line | {"bar": f"{float(abs(now.value or 0) / most * 100) if most else 0:.1f}"} for now, line in found
    ]


def _facts(figure: Figure, asked: Asked) -> dict[str, str]:
    """What there is to know about how it is made."""
    units = {
        "percent": _("per cent"), "money": asked.info.currency, "count": _("count"), "number": _("number"),
        "days": _("days"), "years": _("years"), "score": _("score"), "ratio": _("ratio"),
    }  # fmt: skip
    better = {"up": _("more is better"), "down": _("less is better"), "neither": _("neither way is better")}
    needs = {
        "window": _("the period and the activity window before it"), "period": _("the period"),
        "double": _("the period and the one before it, or the activity window if that is longer"),
    }  # fmt: skip
    return {
        "unit": units[figure.unit],
        "better": better[figure.better],
        "needs": needs[figure.looks_back],
        "span": _("the year that ends with the period") if figure.span == "year" else "",
        "sources": ", ".join(table.replace("presence", "orders") for table in figure.needs),
        "window": ngettext("%(n)s day", "%(n)s days", asked.info.window_days) % {"n": asked.info.window_days},
    }


@page("figures.see")
def sql(request: Request, slug: str) -> HttpResponse:
    """GET: the whole SQL of a figure, from the fact tables up."""
    if slug not in FIGURES:
        raise Http404
    text, slow = "", False
    try:
        with insights.asking() as analysis:
            text = analysis.sql(FIGURES[slug], analysis.calendar(scope_of(request).grain))
    except insights.TooSlow:
        slow = True
    except insights.NothingYet:
        return nothing(request, phrases.figure_name(slug, reader()))
    name = phrases.figure_name(slug, reader())
    return render(
        request, "figures/sql.html", {"figure": FIGURES[slug], "name": name, "sql": text, "slow": slow}
    )


@page("figures.see")
def download(request: Request, slug: str, kind: str) -> HttpResponseBase:
    """GET: all periods of a figure, the whole and by market as far as they may be seen; CSV or JSON as the command gives."""
    if slug not in FIGURES:
        raise Http404
    asked = asked_of(request)
    if asked is None:
        raise Http404
    rows = [] if asked.reach.markets is not None else insights.figure_rows(slug, asked.grain)
    for of in insights.by_market(slug, asked.grain, asked.markets).values():
        rows += of
    records = [row.as_json() for row in rows]
    name = f"{slug}-{asked.grain}.{kind}"
    if kind == "csv":
        own = sorted({key for row in rows for key, _value in row.dimensions if key != "market"})
        header = (*_COLUMNS[:3], "market", *own, *_COLUMNS[4:])
        flat = (
            [{**record, **dict(record["dimensions"])}.get(column) for column in header] for record in records
        )  # type: ignore[call-overload]
        return csv_response(name, header, ([_cell(value) for value in line] for line in flat))
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
    path("figures/<slug:slug>.csv", download, {"kind": "csv"}, name="figure-csv"),
    path("figures/<slug:slug>.json", download, {"kind": "json"}, name="figure-json"),
]
