"""How long until the next order? The share that has come back by each day, and the window proposed from it."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import labelled, share_axis
from regulars.charts.data import Record, Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.ticks import steps
from regulars.charts.words import Words


def gaps(rows: Rows, window_days: int | None, look: Look | None = None) -> alt.LayerChart:
    """Columns: `day` (since an order), `returned` (per cent who have ordered again by then: 1 - Kaplan-Meier).
    `window_days`: the proposed window, drawn as a line; None draws none."""
    look = look or Look()
    curve = _thinned(records(rows))
    last = curve[-1]
    ticks = [tick for tick in steps(0, last["day"], look.ticks) if tick <= last["day"]]
    x = alt.X(
        "day:Q", scale=alt.Scale(domain=[0, last["day"]], nice=False),
        axis=labelled(ticks, look.words.number, look.words.t("Days since an order")),
    )  # fmt: skip
    y_axis, y_scale = share_axis(0, last["returned"], look)
    y = alt.Y("returned:Q", axis=y_axis, scale=y_scale)
    line = alt.Chart(values(curve)).mark_line(interpolate="step-after", strokeWidth=2.4).encode(x=x, y=y)
    end = [{**last, "label": look.words.percent(last["returned"])}]
    label = (
        alt.Chart(values(end))
        .mark_text(align="left", dx=6, fontWeight=600)
        .encode(x=x, y=y, text=alt.Text("label:N"))
    )
    layers = [line, label]
    if window_days is not None and window_days <= last["day"]:
        layers = [*_window(window_days, curve, x, y, look), *layers]
    return finish(alt.layer(*layers), look, height=240, end=36)


def _window(days: int, curve: list[Record], x: alt.X, y: alt.Y, look: Look) -> list[alt.Chart]:
    by_then = max(row["returned"] for row in curve if row["day"] <= days)
    text = look.words.n("{n} day", "{n} days", days)
    right = days > curve[-1]["day"] * 0.6
    mark = alt.Chart(values([{"day": days, "returned": by_then, "zero": 0, "label": text}]))
    rule = mark.mark_rule(strokeDash=[4, 3], color=COLOURS.muted).encode(
        x=x, y=alt.Y("zero:Q"), y2=alt.Y2("returned:Q")
    )
    dot = mark.mark_circle(size=64, color=COLOURS.accent, opacity=1).encode(x=x, y=y)
    label = mark.mark_text(align="right" if right else "left", dx=-8 if right else 8, dy=14).encode(
        x=x, y=y, text=alt.Text("label:N")
    )
    return [rule, dot, label]


def gaps_summary(rows: Rows, window_days: int | None, words: Words) -> str:
    """The chart in a sentence."""
    curve = records(rows)
    within = max((row["returned"] for row in curve if row["day"] <= 30), default=0.0)
    text = words.t(
        "After an order, {month} order again within 30 days and {end} within {days} days.",
        month=words.percent(within), end=words.percent(curve[-1]["returned"]), days=words.number(curve[-1]["day"]),
    )  # fmt: skip
    if window_days is None:
        return text
    return (
        text
        + " "
        + words.n("Proposed activity window: {n} day.", "Proposed activity window: {n} days.", window_days)
    )


def _thinned(curve: list[Record], most: int = 160) -> list[Record]:
    """At most about `most` points, always with the last; the eye cannot tell, and the page stays small."""
    step = max(1, len(curve) // most)
    kept = curve[::step]
    return kept if kept[-1] is curve[-1] else [*kept, curve[-1]]
