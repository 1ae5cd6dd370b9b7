"""Axes whose ticks and labels are settled here, so that every label is written as the language writes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import altair as alt

from regulars.charts.theme import Look
from regulars.charts.ticks import steps
from regulars.kernel.periods import floor, shift


def labelled(
    ticks: Sequence[float], write: Callable[[float], str], title: str | None = None, **more: Any
) -> alt.Axis:
    """An axis with these ticks, each written by `write`."""
    texts = {_key(tick): write(tick) for tick in ticks}
    return alt.Axis(
        values=list(ticks),
        labelExpr=f"{json.dumps(texts)}[toString(datum.value)]",
        title=title,
        **more,
    )


def _key(tick: float) -> str:
    """How JavaScript writes the number."""
    return str(int(tick)) if float(tick).is_integer() else repr(float(tick))


def share_axis(
    low: float, high: float, look: Look, title: str | None = None, count: int = 4
) -> tuple[alt.Axis, alt.Scale]:
    """An axis in per cent, with about `count` steps."""
    ticks = [tick for tick in steps(low, high, count) if 0 <= tick <= 100]
    digits = 0 if all(float(tick).is_integer() for tick in ticks) else 1
    axis = labelled(ticks, lambda value: look.words.percent(value, digits), title)
    return axis, alt.Scale(domain=[ticks[0], ticks[-1]], nice=False)


def money_axis(
    low: float, high: float, currency: str, look: Look, count: int = 4, **more: Any
) -> tuple[alt.Axis, alt.Scale]:
    """An axis in money."""
    ticks = steps(low, high, count)
    axis = labelled(ticks, lambda value: look.words.short_money(value, currency), **more)
    return axis, alt.Scale(domain=[ticks[0], ticks[-1]], nice=False)


def count_axis(low: float, high: float, look: Look, title: str | None = None) -> tuple[alt.Axis, alt.Scale]:
    """An axis of counts."""
    ticks = steps(low, high, 4)
    axis = labelled(ticks, lambda value: look.words.short_number(abs(value)), title)
    return axis, alt.Scale(domain=[ticks[0], ticks[-1]], nice=False)


def month_axis(first: date, last: date, look: Look, *, inset: float = 0) -> tuple[alt.Axis, alt.Scale]:
    """A time axis of day numbers, labelled at starts of months, quarters or years as room allows."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    every = next(n for n in (1, 3, 6, 12, 24, 60, 120) if months / n <= look.ticks)
    tick = floor(first, "year")
    ticks = []
    while tick <= last:
        if tick >= first:
            ticks.append(tick.toordinal())
        tick = shift(tick, "month", every)
    axis = labelled(ticks, lambda value: look.words.month(date.fromordinal(int(value))), labelFlush=True)
    return axis, alt.Scale(domain=[first.toordinal() - inset, last.toordinal() + inset], nice=False)
