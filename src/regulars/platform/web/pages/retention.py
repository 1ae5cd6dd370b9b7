"""Retention: the rate over time with what lies behind it, cohorts as a triangle and as curves, the time between purchases,
and what more retention is worth."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from regulars.kernel.periods import Grain, shift
from regulars.metrics.figures import Row
from regulars.platform.insights import api as insights
from regulars.platform.web.asked import Asked, address, asked_of, nothing
from regulars.platform.web.cohort_tables import cohorts
from regulars.platform.web.downloads import csv_response
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages.overview import lead
from regulars.platform.web.rhythm import rhythm, worth
from regulars.platform.web.tiles import interval, note, people_behind, trend
from regulars.report import phrases

_TABS = ("rate", "cohorts", "curves", "gaps", "worth")
_BRIDGE = (
    "customers_at_start", "lost_customers", "kept_customers", "won_back", "won_first_time", "customers_at_end",
)  # fmt: skip
_BESIDE = ("retention_rate_first_time_n", "repurchase_rate", "by_construction_share", "came_and_went")


@page("figures.see")
def retention(request: Request) -> HttpResponse:
    """GET: `tab` rate, cohorts, curves, gaps or worth; `measure` customers, revenue or margin; `points` for worth."""
    asked = asked_of(request)
    if asked is None:
        return nothing(request, _("Retention"))
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else "rate"
    measure = request.GET.get("measure", "")
    measure = measure if measure in insights.COHORT_MEASURES else "customers"
    people = request.user.may("people.see")
    context = asked.context() | {"tab": tab, "measure": measure, "tabs": _tabs(asked, tab)}
    if tab == "rate":
        context |= _rate(asked, people)
    elif tab == "gaps":
        context |= rhythm(asked, request.user) | {"keep": {"tab": tab}, "without_span": True}
    elif tab == "worth":
        context |= worth(asked, request.GET.get("points", "")) | {"keep": {"tab": tab}, "without_span": True}
    else:
        context |= cohorts(asked, tab, measure, people)
    return render(request, "retention/retention.html", context)


def _tabs(asked: Asked, tab: str) -> list[tuple[str, str, bool]]:
    names = {
        "rate": _("The rate over time"), "cohorts": _("Cohorts"), "curves": _("Curves"),
        "gaps": _("Time between purchases"), "worth": _("What more is worth"),
    }  # fmt: skip
    found = []
    for key, name in names.items():
        query = "&".join(
            part for part in (asked.scope.query(), "" if key == "rate" else f"tab={key}") if part
        )
        found.append((address("retention", query), name, key == tab))
    return found


# ---- the rate


def _rate(asked: Asked, people: bool) -> dict[str, Any]:
    rows = insights.figures_rows(("retention_rate", *_BRIDGE, *_BESIDE), asked.span, asked.market)
    rate = rows["retention_rate"]
    complete = [row for row in asked.until(rate, 60) if row.complete]
    return {
        "lead": lead(rate, asked),
        "trend": trend("retention_rate", complete, asked.w),
        "lines": [_line(row, asked) for row in reversed(asked.until(rate, 60))],
        "bridge": _bridge(rows, asked, people),
        "beside": [(phrases.figure_name(slug, asked.w), slug, phrases.value(now, asked.w))
                   for slug in _BESIDE if (now := asked.at(rows[slug])) and now.value is not None],
        "definitions": phrases.definitions(("retention_rate", *_BESIDE), asked.w),
    }  # fmt: skip


def _line(row: Row, asked: Asked) -> dict[str, str]:
    w = asked.w
    return {
        "period": w.period(row.period_start, row.period_end),
        "value": phrases.value(row, w),
        "interval": phrases.interval(row, w) if interval(row, w) else "",
        "start": "" if row.denominator is None else w.number(row.denominator),
        "kept": "" if row.numerator is None else w.number(row.numerator),
        "note": note(row),
    }


def _bridge(rows: dict[str, list[Row]], asked: Asked, people: bool) -> list[dict[str, Any]]:
    """From the customers at the start to those at the end, each step with its share and its people."""
    names = {
        "customers_at_start": _("Customers at the start"), "lost_customers": _("Lost"),
        "kept_customers": _("Kept: the retention rate"), "won_back": _("Won back"),
        "won_first_time": _("Won for the first time"), "customers_at_end": _("Customers at the end"),
    }  # fmt: skip
    start = asked.at(rows["customers_at_start"])
    whole = int(start.value) if start is not None and start.value is not None else 0
    found = []
    for slug in _BRIDGE:
        now = asked.at(rows[slug])
        if now is None or now.value is None:
            return []
        n = int(now.value)
        signed = {
            "lost_customers": phrases.less,
            "won_back": phrases.more,
            "won_first_time": phrases.more,
        }.get(slug)
        found.append({
            "name": names[slug], "value": signed(n, asked.w) if signed else asked.w.number(n),
            "share": phrases.share(n, whole, asked.w), "total": signed is None,
            "people": people_behind(slug, asked) if people else "",
        })  # fmt: skip
    return found


@page("figures.see")
def cohorts_csv(request: Request) -> HttpResponseBase:
    """GET: the cells of a triangle."""
    asked = asked_of(request)
    measure = request.GET.get("measure", "customers")
    if asked is None or measure not in insights.COHORT_MEASURES:
        raise Http404
    grain: Grain = "month" if asked.grain == "month" else "quarter"
    piece = insights.cohort_piece(grain, asked.market, measure)
    if piece is None:
        raise Http404
    sizes = {cohort["key"]: cohort["size"] for cohort in piece["cohorts"]}
    header = (
        "cohort",
        "size",
        "offset",
        "period_start",
        "value",
        "numerator",
        "denominator",
        "complete",
        "small",
    )
    rows = (
        (key, sizes.get(key, 0), offset, _begins(key, offset, grain), value, numerator, denominator,
         "true" if complete else "false", "true" if small else "false")
        for key, offset, value, numerator, denominator, complete, small in piece["cells"]
    )  # fmt: skip
    return csv_response(f"cohorts-{measure}-{grain}.csv", header, rows)


def _begins(key: str, offset: int, grain: Grain) -> str:
    try:
        return shift(date.fromisoformat(key), grain, offset).isoformat()
    except ValueError:
        return ""


urls = [
    path("retention", retention, name="retention"),
    path("retention/cohorts.csv", cohorts_csv, name="retention-csv"),
]
