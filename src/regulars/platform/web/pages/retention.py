"""Retention: the rate over time with what lies behind it, cohorts as a triangle, and their curves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.kernel.periods import Grain, shift
from regulars.metrics.figures import Row
from regulars.platform.insights import api as insights
from regulars.platform.web.asked import Asked, address, asked_of, nothing
from regulars.platform.web.downloads import csv_response
from regulars.platform.web.guard import Request, page
from regulars.platform.web.lines import Graph, Line, Point, picture
from regulars.platform.web.pages.overview import lead
from regulars.platform.web.tiles import interval, note, people_behind, trend
from regulars.report import phrases

_TABS = ("rate", "cohorts", "curves")
_COLUMNS = 24
_BRIDGE = (
    "customers_at_start", "lost_customers", "kept_customers", "won_back", "won_first_time", "customers_at_end",
)  # fmt: skip
_BESIDE = ("retention_rate_first_time_n", "repurchase_rate", "by_construction_share", "came_and_went")


@dataclass(frozen=True)
class Cell:
    """One cell of the triangle. `shade`: its class, such as h3 or unfinished; `says`: what hovering says."""

    text: str
    shade: str
    says: str
    link: str


@dataclass(frozen=True)
class CohortRow:
    """One cohort: its name, how many began, its cells up to the last column (None: not there yet)."""

    name: str
    size: str
    small: bool
    link: str
    cells: tuple[Cell | None, ...]


@page("figures.see")
def retention(request: Request) -> HttpResponse:
    """GET: `tab` rate, cohorts or curves; `measure` customers, revenue or margin."""
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
    else:
        context |= _cohorts(asked, tab, measure, people)
    return render(request, "retention/retention.html", context)


def _tabs(asked: Asked, tab: str) -> list[tuple[str, str, bool]]:
    names = {"rate": _("The rate over time"), "cohorts": _("Cohorts"), "curves": _("Curves")}
    found = []
    for key, name in names.items():
        query = "&".join(
            part for part in (asked.scope.query(), "" if key == "rate" else f"tab={key}") if part
        )
        found.append((address("retention", query), name, key == tab))
    return found


# ---- the rate


def _rate(asked: Asked, people: bool) -> dict[str, Any]:
    rows = insights.figures_rows(("retention_rate", *_BRIDGE, *_BESIDE), asked.grain, asked.market)
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


# ---- cohorts


def _cohorts(asked: Asked, tab: str, measure: str, people: bool) -> dict[str, Any]:
    grain: Grain = "month" if asked.grain == "month" else "quarter"
    piece = insights.cohort_piece(grain, asked.market, measure)
    common = {
        "measures": _measures(asked, tab, measure),
        "by_grain": grain,
        "csv": address(
            "retention-csv", "&".join(p for p in (asked.scope.query(end=None), f"measure={measure}") if p)
        ),
        "keep": {"tab": tab, "measure": measure},
        "without_end": True,
    }
    if piece is None or not piece["cells"]:
        return common | {"lead": _no_cohorts(asked, measure), "rows": []}
    common["lead"] = _cohort_lead(piece, grain, measure, asked)
    if tab == "curves":
        return common | {"curves": _curves(piece, grain, measure, asked)}
    return common | _triangle(piece, grain, measure, asked, people)


def _measures(asked: Asked, tab: str, chosen: str) -> list[tuple[str, str, bool]]:
    names = {"customers": _("Customers"), "revenue": _("Revenue"), "margin": _("Margin")}
    base = asked.scope.query()
    return [
        (
            address("retention", "&".join(p for p in (base, urlencode({"tab": tab, "measure": key})) if p)),
            name,
            key == chosen,
        )
        for key, name in names.items()
    ]


def _no_cohorts(asked: Asked, measure: str) -> str:
    if measure == "margin":
        return _(
            "The margin is not known for all orders: neither their cost nor a share of margin was given."
        )
    if asked.market:
        return _("%(place)s has too few customers for cohorts of its own.") % {"place": asked.place}
    return _("The data is too short for cohorts.")


def _cohort_lead(piece: dict[str, Any], grain: Grain, measure: str, asked: Asked) -> str:
    """How many of a cohort come back, or what they bring."""
    curve = {offset: Decimal(value) for offset, value, *_rest in piece["average"] if value is not None}
    if measure != "customers":
        if not curve:
            return _("The data is too short for cohorts.")
        last = min(curve, key=lambda offset: abs(offset - (12 if grain == "month" else 4)))
        amount = asked.w.money(curve[last], asked.info.currency)
        if grain == "month":
            return ngettext(
                "A new customer brings %(amount)s by %(n)s month after the first.",
                "A new customer brings %(amount)s by %(n)s months after the first.", last,
            ) % {"amount": amount, "n": last}  # fmt: skip
        return ngettext(
            "A new customer brings %(amount)s by %(n)s quarter after the first.",
            "A new customer brings %(amount)s by %(n)s quarters after the first.", last,
        ) % {"amount": amount, "n": last}  # fmt: skip
    if 1 not in curve:
        return _("The data is too short for cohorts.")
    later = min(curve, key=lambda offset: abs(offset - (6 if grain == "month" else 4)))
    places = {
        "first": asked.w.number(curve[1] * 100),
        "later": asked.w.number(curve[later] * 100),
        "n": later,
    }
    if grain == "month":
        return (
            _(
                "Of 100 new customers, %(first)s order again in the month after their first, and %(later)s in month %(n)s."
            )
            % places
        )
    return (
        _(
            "Of 100 new customers, %(first)s order again in the quarter after their first, and %(later)s in quarter %(n)s."
        )
        % places
    )


def _triangle(
    piece: dict[str, Any], grain: Grain, measure: str, asked: Asked, people: bool
) -> dict[str, Any]:
    """The table: one row a cohort, one column a period since."""
    share = piece["unit"] == "share"
    first = 1 if share else 0  # all of a cohort ordered in its first period
    cells = {(cell[0], cell[1]): cell for cell in piece["cells"] if cell[1] >= first and cell[2] is not None}
    there = {cohort["key"] for cohort in piece["cohorts"] if cohort["already_there"]}
    longest = max((offset for key, offset in cells if key not in there), default=first - 1)
    offsets = range(first, min(longest, first + _COLUMNS - 1) + 1)
    full = [Decimal(c[2]) for c in cells.values() if c[5] and c[0] not in there]
    most = max(full, default=Decimal(1)) or Decimal(1)
    rows = []
    for cohort in piece["cohorts"]:
        if cohort.get("start") is None and not cohort["already_there"]:
            continue
        rows.append(
            CohortRow(
                name=_cohort_name(cohort, asked),
                size=asked.w.number(cohort["size"]),
                small=cohort["small"],
                link=_people(asked, cohort, grain, None) if people else "",
                cells=tuple(
                    _cell(cells.get((cohort["key"], offset)), cohort, most, grain, share, asked, people)
                    for offset in offsets
                ),
            )
        )
    mean = {offset: value for offset, value, *_rest in piece["average"]}
    return {
        "rows": rows,
        "offsets": list(offsets),
        "mean": [_short(mean.get(offset), share, asked) for offset in offsets],
        "unit": _("Per cent of the cohort's customers who ordered in that period.") if share
        else _("Per customer of the cohort, added up from the first order, in %(currency)s.") % {"currency": asked.info.currency},
    }  # fmt: skip


def _cohort_name(cohort: dict[str, Any], asked: Asked) -> str:
    if cohort.get("start") is None:
        return _("already there")
    return asked.w.period(date.fromisoformat(cohort["start"]), date.fromisoformat(cohort["end"]))


def _cell(
    cell: list[Any] | None,
    cohort: dict[str, Any],
    most: Decimal,
    grain: Grain,
    share: bool,
    asked: Asked,
    people: bool,
) -> Cell | None:
    if cell is None:
        return None
    _key, offset, value, numerator, denominator, complete, _small = cell
    if cohort["already_there"]:
        shade = "already_there"
    elif not complete:
        shade = "unfinished"
    else:
        shade = f"h{max(0, min(9, int(Decimal(value) / most * 9)))}"
    text = _short(value, share, asked)
    places = {
        "cohort": _cohort_name(cohort, asked), "k": offset, "value": text,
        "part": asked.w.number(Decimal(numerator)), "whole": asked.w.number(denominator),
        "amount": asked.w.money(Decimal(value), asked.info.currency),
    }  # fmt: skip
    if share:
        says = _("%(cohort)s: %(part)s of %(whole)s ordered in period %(k)s, %(value)s %%") % places
    else:
        says = _("%(cohort)s: %(amount)s per customer up to period %(k)s") % places
    link = _people(asked, cohort, grain, offset if share else None) if people else ""
    return Cell(text, shade, says, link)


def _people(asked: Asked, cohort: dict[str, Any], grain: Grain, offset: int | None) -> str:
    """The customers of a cell; those who were already there are in no period of their own."""
    if cohort.get("start") is None:
        return ""
    query = insights.CohortCell(date.fromisoformat(cohort["start"]), grain, offset).query()
    if asked.market:
        query += "&" + urlencode({"market": asked.market})
    return address("customers", query)


def _short(value: str | None, share: bool, asked: Asked) -> str:
    if value is None:
        return ""
    amount = Decimal(value)
    return asked.w.number(amount * 100) if share else asked.w.number(amount)


def _curves(piece: dict[str, Any], grain: Grain, measure: str, asked: Asked) -> dict[str, Any] | None:
    """One quiet line a cohort, the newest long one named, and the mean of all with a sentence at every point."""
    share = piece["unit"] == "share"
    factor, first = (100, 1) if share else (1, 0)
    by_cohort: dict[str, list[Point]] = {}
    there = {cohort["key"] for cohort in piece["cohorts"] if cohort["already_there"]}
    for key, offset, value, _numerator, _denominator, complete, small in piece["cells"]:
        if complete and not small and value is not None and key not in there and first <= offset <= _COLUMNS:
            by_cohort.setdefault(key, []).append(Point(float(offset), float(value) * factor, ""))
    mean = tuple(
        Point(float(offset), float(value) * factor, _mean_says(offset, value, customers, share, asked))
        for offset, value, _low, _high, customers, _cohorts in piece["average"]
        if value is not None and first <= offset <= _COLUMNS
    )
    if len(mean) < 2:
        return None
    title = {"customers": _("How many of a cohort order again"), "revenue": _("Revenue per customer since the first order"),
             "margin": _("Margin per customer since the first order")}[measure]  # fmt: skip
    write = (
        (lambda v: asked.w.percent(Decimal(str(v))))
        if share
        else (lambda v: asked.w.short_money(Decimal(str(v)), asked.info.currency))
    )
    since = _("month %(n)s") if grain == "month" else _("quarter %(n)s")
    ticks = tuple((point.at, since % {"n": int(point.at)}) for point in mean)
    quiet = tuple(Line(tuple(points), quiet=True) for points in by_cohort.values() if len(points) > 1)
    summary = _("The line is the mean of all cohorts, weighted by customers; each grey line is one cohort.")
    graph = Graph(
        (*quiet, Line(mean, label=_("all cohorts"))), ticks, write, title, summary, from_zero=True, name="curves",
        top=100 if share else None, bottom=0,
    )  # fmt: skip
    lines = [
        (
            asked.w.number(offset),
            _short(value, share, asked),
            asked.w.number(customers),
            asked.w.number(cohorts),
        )
        for offset, value, _low, _high, customers, cohorts in piece["average"]
        if first <= offset <= _COLUMNS
    ]
    return {"picture": picture(graph), "summary": summary, "title": title, "lines": lines, "share": share}


def _mean_says(offset: int, value: str, customers: int, share: bool, asked: Asked) -> str:
    shown = (
        asked.w.percent(Decimal(value) * 100, 1)
        if share
        else asked.w.money(Decimal(value), asked.info.currency)
    )
    return _("Period %(k)s: %(value)s on average, of %(n)s customers") % {
        "k": offset,
        "value": shown,
        "n": asked.w.number(customers),
    }


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
