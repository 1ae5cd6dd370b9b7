"""What a snapshot holds, piece by piece: everything that pages show without asking the engine. Plain data for JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from regulars.kernel.definitions import as_plain
from regulars.kernel.errors import InputError
from regulars.kernel.periods import Grain, Period, add_months, shift, shortest_at_least
from regulars.metrics import FIGURES, Cohorts, triangles
from regulars.metrics.analysis import Analysis
from regulars.metrics.calendar import Calendar
from regulars.metrics.cohorts import Measure
from regulars.metrics.figures import Row
from regulars.metrics.homes import HOMES
from regulars.platform.insights.listing import LISTING

Standard = Literal["month", "quarter", "year"]
GRAINS: tuple[Standard, ...] = ("month", "quarter", "year")
# `rolling`: the headline's length, up to the day that figures are as of.
Span = Literal["rolling", "month", "quarter", "year"]
SPANS: tuple[Span, ...] = ("rolling", *GRAINS)
COHORT_GRAINS: tuple[Grain, ...] = ("month", "quarter")
COHORT_MEASURES: tuple[Measure, ...] = ("customers", "revenue", "margin")
MOST_PERIODS = 120  # of a grain: ten years of months
MOST_ROLLING = 25  # so that each of the newest thirteen has one a year before
MOST_MARKETS = 60  # those with the most customers
ENOUGH_FOR_COHORTS = 100  # customers that a market must have for a triangle of its own
MOST_COHORT_MARKETS = 25

Piece = tuple[str, dict[str, Any]]
Tell = Callable[[str, float | None], None]


def figure_key(span: str, market: str | None, slug: str) -> str:
    """Under which key a figure's rows of a market (None: the whole) stand."""
    return f"figures/{span}/{_place(market)}/{slug}"


def cohort_key(grain: str, market: str | None, measure: str) -> str:
    """Under which key a triangle of a market (None: the whole) stands."""
    return f"cohorts/{grain}/{_place(market)}/{measure}"


def _place(market: str | None) -> str:
    # A code never begins with a full stop (no country and no group of them does).
    return ".all" if market is None else market


def headline_grain(window_days: int) -> Grain:
    """How long the headline's period is: in one that is shorter than the activity window most customers are kept by
    construction."""
    found = shortest_at_least(window_days)
    return found if found in GRAINS else GRAINS[0]


def headline_periods(window_days: int, first: date, as_of: date) -> tuple[Period, ...]:
    """Periods of the headline's length, oldest first, the newest ending at `as_of`, each a month after the one before:
    they overlap, so that a line has points before there are years of data. None but the newest ends before the data begins."""
    grain = headline_grain(window_days)
    ends = [shift(as_of, "month", -back) for back in range(MOST_ROLLING)]
    return tuple(Period(shift(end, grain, -1), end) for end in reversed(ends) if end > first or end == as_of)


def span_calendar(analysis: Analysis, span: Span) -> Calendar:
    """The periods of one span by themselves."""
    if span != "rolling":
        return analysis.calendar(span)
    as_of = min(analysis.as_of, analysis.coverage.last + timedelta(days=1))
    return Calendar(span, headline_periods(analysis.window, analysis.coverage.first, as_of), analysis.window)


def calendars(analysis: Analysis) -> dict[Span, Calendar]:
    """The periods of every span, the newest of them where there are very many. They share one set of masks."""
    periods = {span: span_calendar(analysis, span).periods[-MOST_PERIODS:] for span in SPANS}
    every = _sorted(period for of_span in periods.values() for period in of_span)
    years = _sorted(_year_to(period) for period in every)
    wider = Calendar("site", tuple(dict.fromkeys([*every, *years])), analysis.window)
    return {span: Calendar(f"site_{span}", own, analysis.window, wider) for span, own in periods.items()}


def _sorted(periods: Iterable[Period]) -> tuple[Period, ...]:
    return tuple(sorted(set(periods), key=lambda period: (period.start, period.end)))


def markets_of(analysis: Analysis) -> list[tuple[str, int]]:
    """Home markets of customers with how many each has, most first. With contract, who subscribes need not have ordered."""
    people = LISTING.filter(LISTING.orders > 0).select("customer", "market")
    if analysis.contract:
        homes = HOMES.select("customer", "market")
        people = homes.union(people.anti_join(homes, "customer"))
    known = people.filter(people.market.notnull())
    rows = analysis.run(known.group_by("market").agg(n=known.count())).to_pylist()
    return sorted(((row["market"], row["n"]) for row in rows), key=lambda found: (-found[1], found[0]))


def figures(analysis: Analysis, markets: Sequence[str], tell: Tell) -> Iterator[Piece]:
    """One piece a figure, span and market, and one for the whole.

    The periods of all spans are asked for at once: going through the orders is what costs. Figures that measure the
    year before a period's end are asked once an end.
    """
    spans = calendars(analysis)
    shown = [(span, period) for span, calendar in spans.items() for period in calendar.periods]
    for kind, measured, share in (("period", _itself, 0.1), ("year", _year_to, 0.45)):
        places: dict[Period, list[tuple[Span, Period]]] = {}
        for span, period in shown:
            places.setdefault(measured(period), []).append((span, period))
        calendar = Calendar(f"site_{kind}s", _sorted(places), analysis.window, spans["rolling"].wider)
        catalogue = [figure for figure in FIGURES.values() if figure.span == kind]
        tell("figures", share)
        for rows in analysis.rows_by_figure(catalogue, calendar, by=("market",), total=True):
            tell("figures", share)
            yield from _placed(rows, places, set(markets))


def _itself(period: Period) -> Period:
    return period


def _year_to(period: Period) -> Period:
    return Period(add_months(period.end, -12), period.end)


def _placed(
    rows: Iterable[Row], places: Mapping[Period, Sequence[tuple[Span, Period]]], markets: Collection[str]
) -> Iterator[Piece]:
    """A figure's rows as pieces: each under the spans that show its period."""
    found: dict[str, list[list[Any]]] = {}
    for row in rows:
        market, own = _apart(row)
        if market is False or (market is not None and market not in markets):
            continue
        for span, shown in places[Period(row.period_start, row.period_end)]:
            key = figure_key(span, str(market) if market else None, row.metric)
            found.setdefault(key, []).append(_stored(row, own, shown))
    for key, body in found.items():
        yield key, {"rows": body}


def _apart(row: Row) -> tuple[str | bool | None, dict[str, str | None]]:
    """The row's market (None: the whole; False: that of which none is known) and the figure's own dimensions."""
    own = dict(row.dimensions)
    if "market" not in own:
        return None, own
    market = own.pop("market")
    return (market if market else False), own


def _stored(row: Row, own: dict[str, str | None], shown: Period) -> list[Any]:
    plain = row.as_json()
    return [
        shown.start.isoformat(), shown.end.isoformat(), plain["value"], plain["numerator"], plain["denominator"],
        plain["low"], plain["high"], row.complete, row.additive, row.remark, own,
    ]  # fmt: skip


def cohort_pieces(analysis: Analysis, market: str | None) -> Iterator[Piece]:
    """The triangles of all customers that this analysis knows, as those of a market."""
    for grain in COHORT_GRAINS:
        for measure, found in _triangles(analysis, grain).items():
            yield cohort_key(grain, market, measure), _plain_cohorts(found)


def _triangles(analysis: Analysis, grain: Grain) -> dict[Measure, Cohorts]:
    try:
        return triangles(analysis, COHORT_MEASURES, grain)
    except InputError:  # no margin is known
        return triangles(analysis, COHORT_MEASURES[:2], grain)


def _plain_cohorts(found: Cohorts) -> dict[str, Any]:
    """Cells as short lists: they are thousands."""
    return {
        "unit": found.unit,
        "currency": found.currency,
        "cohorts": [as_plain(cohort) for cohort in found.cohorts],
        "cells": [
            [
                cell.cohort,
                cell.offset,
                _text(cell.value),
                _text(cell.numerator),
                cell.denominator,
                cell.complete,
                cell.small,
            ]
            for cell in found.cells
        ],
        "average": [
            [
                point.offset,
                _text(point.value),
                _text(point.low),
                _text(point.high),
                point.customers,
                point.cohorts,
            ]
            for point in found.average
        ],
    }


def _text(value: Any) -> str | None:
    return None if value is None else f"{value:.6f}"


def covered(analysis: Analysis) -> tuple[str, str]:
    """The first and the last day that figures are about."""
    last = min(analysis.coverage.last, analysis.as_of - timedelta(days=1))
    return str(analysis.coverage.first), str(last)
