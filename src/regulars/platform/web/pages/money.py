"""Two tabs of the overview: who the money comes from, and how the files' total becomes the revenue that is used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from regulars.metrics import Bridge
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import parts
from regulars.platform.web import report_charts
from regulars.platform.web.asked import Asked, asked_of, nothing
from regulars.platform.web.guard import Request, page
from regulars.platform.web.overview_tabs import overview_tabs
from regulars.platform.web.rhythm import too_few
from regulars.report import phrases, sentences

_KINDS = ("new", "returning", "loyal")
_SLUGS = tuple(f"revenue_{kind}_customers" for kind in _KINDS)
_BARS = 25


@page("figures.see")
def money(request: Request) -> HttpResponse:
    """GET: revenue by new, returning and loyal customers, and how much the best customers bring."""
    asked = asked_of(request)
    if asked is None:
        return nothing(request, _("Who the money comes from"))
    w, currency = asked.w, asked.info.currency
    best, rows = parts.best_customers(asked.market), _rows(asked)
    context = {
        "tabs": overview_tabs(asked, "money"),
        "lead": sentences.money(best.parts, w) if best else too_few(asked),
        "picture": report_charts.money(rows, currency, w),
        "lines": _lines(rows, asked),
        "best": [
            (w.percent(one.share_of_customers * 100), w.number(one.customers), w.percent(one.share_of_revenue * 100, 1))
            for one in (best.parts if best else ())
        ],
        "best_in": w.period(best.start, best.end) if best else "",
        "definitions": phrases.definitions(_SLUGS, w),
        "without_end": True,
    }  # fmt: skip
    return render(request, "overview/money.html", asked.context() | context)


def _rows(asked: Asked) -> list[dict[str, Any]]:
    """Revenue by period and kind. Rolling periods overlap, so they are shown by the quarter, or by the month."""
    span = asked.scope.span or ("quarter" if asked.grain == "year" else "month")
    found = insights.figures_rows(_SLUGS, span, asked.market)
    return [
        {"start": row.period_start, "end": row.period_end, "group": kind, "revenue": row.value or Decimal(0),
         "complete": row.complete}
        for kind, slug in zip(_KINDS, _SLUGS, strict=True)
        for row in found[slug][-_BARS:]
    ]  # fmt: skip


def _lines(rows: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    """One line a period, the newest first: revenue of each kind, their sum, and the share of those who came before."""
    periods: dict[tuple[date, date], dict[str, Any]] = {}
    for row in rows:
        of_it = periods.setdefault((row["start"], row["end"]), {"complete": row["complete"]})
        of_it[row["group"]] = row["revenue"]
    w, currency = asked.w, asked.info.currency
    lines = []
    for (start, end), of_it in sorted(periods.items(), reverse=True):
        each = [of_it.get(kind, Decimal(0)) for kind in _KINDS]
        whole = sum(each, Decimal(0))
        lines.append({
            "period": w.period(start, end), "complete": of_it["complete"],
            "each": [w.money(amount, currency, 0) for amount in each], "whole": w.money(whole, currency, 0),
            "again": w.percent((whole - each[0]) / whole * 100) if whole > 0 else phrases.DASH,
        })  # fmt: skip
    return lines


@page("figures.see")
def bridge(request: Request) -> HttpResponse:
    """GET: from the files' total to the revenue used, step by step. For those who may see all markets."""
    asked = asked_of(request)
    if asked is None:
        return nothing(request, _("From the files to the revenue"))
    if asked.reach.markets is not None:
        return redirect("money")
    found, w, currency = parts.bridge(), asked.w, asked.info.currency
    context: dict[str, Any] = {"tabs": overview_tabs(asked, "bridge"), "choosers": None, "found": found}
    if found is not None:
        context |= {
            "lead": sentences.bridge(found, currency, w),
            "picture": report_charts.bridge(found, currency, w),
            "lines": _steps(found, asked),
            "notes": [phrases.bridge_note(line, w) for line in found.lines if line.kind == "note"],
            "currencies": _currencies(found, asked),
        }
    return render(request, "overview/bridge.html", asked.context() | context)


def _steps(found: Bridge, asked: Asked) -> list[dict[str, Any]]:
    w, currency = asked.w, asked.info.currency
    return [
        {"name": phrases.bridge_step(line, w), "total": line.kind == "total",
         "amount": phrases.cents(line.amount, currency, w), "orders": phrases.whole(line.orders, w)}
        for line in found.lines if line.kind != "note"
    ]  # fmt: skip


def _currencies(found: Bridge, asked: Asked) -> list[tuple[str, str, str, str, str]]:
    """What was charged in each currency and what it is in the reporting currency, where there are several, with the
    mean rate: so many for one of the reporting currency."""
    w = asked.w
    if len(found.currencies) < 2:
        return []
    return [
        (one.currency or w.t("not known"), w.number(one.orders), w.number(one.total, 2),
         phrases.cents(one.converted, asked.info.currency, w),
         w.number(one.total / one.converted, 4) if one.converted else phrases.DASH)
        for one in found.currencies
    ]  # fmt: skip


urls = [
    path("overview/money", money, name="money"),
    path("overview/bridge", bridge, name="bridge"),
]
