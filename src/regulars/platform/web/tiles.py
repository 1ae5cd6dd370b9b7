"""A figure as pages show it: value, change, a small line, how sure it is, what it means, and the people behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.charts import Words, spark
from regulars.metrics.figures import Row
from regulars.platform.insights import api as insights
from regulars.platform.web.asked import Asked, address
from regulars.platform.web.lines import Graph, Line, Point, picture
from regulars.report import phrases, sentences
from regulars.report.content import KeyFigure

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tile:
    """One key figure. `change`, `year`: (text, css class) against the period before and the same one a year ago."""

    slug: str
    name: str
    value: str
    change: tuple[str, str] | None
    year: tuple[str, str] | None
    spark: str
    interval: str
    note: str
    definition: phrases.Definition
    people: str


def tile(slug: str, rows: Sequence[Row], asked: Asked, *, people: bool) -> Tile | None:
    """The figure in the page's period; None where it is not known for any. `people`: link to who is behind it."""
    now = asked.at(rows)
    if now is None or all(row.value is None for row in rows):
        return None
    w = asked.w
    before = change(now, asked.at(rows, asked.back(1)), w)
    year = None if asked.grain == "year" else change(now, asked.at(rows, asked.back(asked.in_a_year)), w)
    known = [row.value for row in asked.until(rows) if row.complete and row.value is not None]
    (definition,) = phrases.definitions([slug], w)
    return Tile(
        slug=slug,
        name=definition.name,
        value=phrases.value(now, w),
        change=before and (_("%(change)s against the period before") % {"change": before[0]}, before[1]),
        year=year and (_("%(change)s against a year before") % {"change": year[0]}, year[1]),
        spark=spark(known) if len(known) > 2 else "",  # two points are no line
        interval=interval(now, w),
        note=note(now),
        definition=definition,
        people=people_behind(slug, asked) if people else "",
    )


def change(now: Row, before: Row | None, w: Words) -> tuple[str, str] | None:
    """The change and whether it is good or bad (a CSS class); None where it cannot be said."""
    if before is None:
        return None
    figure = KeyFigure(now.metric, now, before, ())
    said = sentences.change(figure, w, now.currency or "")
    # 'up-good' is how the report's style sheet calls it; a sign says up or down here.
    return None if said is None else (said, phrases.verdict(figure).rpartition("-")[2])


def interval(row: Row, w: Words) -> str:
    """The 95 % interval in words; empty where there is none."""
    if row.value is None or row.low is None or row.high is None:
        return ""
    return _("95%% interval: %(interval)s") % {"interval": phrases.interval(row, w)}


def note(row: Row) -> str:
    """What a reader must know: unfinished, few customers, why there is no value."""
    if row.value is None:
        return row.remark or _("Nothing to divide by in this period.")
    if not row.complete:
        return _("Incomplete: the data does not cover all that it needs.")
    if phrases.few(row):
        n = int(row.denominator or 0)
        return ngettext("Small sample: %(n)s customer", "Small sample: %(n)s customers", n) % {"n": n}
    return ""


def people_behind(slug: str, asked: Asked) -> str:
    """The address of the customers whom a figure is about in the page's period; empty where it cannot be said."""
    what = insights.SETS_OF.get(slug)
    if what is None or asked.info.contract:
        return ""
    query = insights.CountedIn(what, asked.period.start, asked.period.end).query()
    if asked.market:
        query += "&" + asked.scope.query(span=None, end=None)
    return address("customers", query)


def trend(slug: str, rows: Sequence[Row], w: Words, *, name: str = "trend") -> dict[str, Any] | None:
    """A figure over periods as a picture with its summary; None with fewer than three values."""
    known = _reliable([row for row in rows if row.value is not None])
    if len(known) < 3:
        return None
    title = phrases.figure_name(slug, w)
    points = tuple(
        Point(float(i), float(row.value or 0), _says(title, row, w), _f(row.low), _f(row.high), row.complete)
        for i, row in enumerate(known)
    )
    first, last = known[0], known[-1]
    rolling = known[1].period_start < known[0].period_end or known[0].period_start.day != 1
    ticks = tuple((float(i), _below(row, w, rolling=rolling)) for i, row in enumerate(known))
    summary = _("%(figure)s from %(first)s to %(last)s: from %(a)s to %(b)s.") % {
        "figure": title, "first": ticks[0][1], "last": ticks[-1][1], "a": phrases.value(first, w), "b": phrases.value(last, w),
    }  # fmt: skip
    if rolling:
        summary = f"{summary} {_each(last)}"
    line = Line(points, label=phrases.value(last, w))
    graph = Graph(
        (line,), ticks, writer(last, w), title, summary, from_zero=last.unit in ("count", "money"), name=name,
        top=100 if last.unit == "percent" and max(p.value for p in points) <= 100 else None,
        bottom=0 if min(p.value for p in points) >= 0 else None,
    )  # fmt: skip
    return {"picture": picture(graph), "summary": summary}


def _below(row: Row, w: Words, *, rolling: bool) -> str:
    """What stands below a point: the period, or only its last day where its name would be long."""
    return w.day(row.period_end - _DAY) if rolling else w.period(row.period_start, row.period_end)


def _each(row: Row) -> str:
    """What a point is of where only its last day is named."""
    start, end = row.period_start, row.period_end
    n = (end.year - start.year) * 12 + end.month - start.month
    return ngettext(
        "Each point is of the month up to its day.", "Each point is of the %(n)s months up to its day.", n
    ) % {"n": n}  # fmt: skip


def _reliable(rows: Sequence[Row]) -> list[Row]:
    """Without the first periods, whose beginning the data does not reach; those that are not over yet stay."""
    first = next((i for i, row in enumerate(rows) if row.complete), 0)
    return list(rows[first:])


def writer(row: Row, w: Words) -> Any:
    """How a value of the row's unit is written on an axis."""
    if row.unit == "percent":
        return lambda value: w.percent(Decimal(str(value)), 0 if float(value).is_integer() else 1)
    if row.unit == "money" and row.currency:
        currency = row.currency
        return lambda value: w.short_money(Decimal(str(value)), currency)
    if row.unit in ("count", "days"):
        return lambda value: w.short_number(Decimal(str(value)))
    return lambda value: w.number(Decimal(str(value)), 0 if float(value).is_integer() else 2)


def _says(title: str, row: Row, w: Words) -> str:
    places = {
        "figure": title,
        "period": w.period(row.period_start, row.period_end),
        "value": phrases.value(row, w),
    }
    if row.complete:
        return _("%(period)s: %(figure)s %(value)s") % places
    return _("%(period)s: %(figure)s %(value)s, incomplete") % places


def _f(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
