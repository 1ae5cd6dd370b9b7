"""Is retention rising or falling? A line over the periods' ends with its 95 % interval."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import month_axis, share_axis
from regulars.charts.data import Record, Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words


def retention_trend(rows: Rows, look: Look | None = None) -> alt.LayerChart:
    """Columns: `end` (date), `value`, `low`, `high` (per cent), `complete`. Incomplete periods are left out."""
    look = look or Look()
    found = [row for row in records(rows) if row["complete"] and row["value"] is not None]
    for row in found:
        row["label"] = look.words.percent(row["value"])
        row["says"] = f"{look.words.day(row['end'])}: {look.words.percent(row['value'], 1)}"
    last = found[-1]
    x_axis, x_scale = month_axis(found[0]["end"], last["end"], look)
    low = min(row["low"] if row["low"] is not None else row["value"] for row in found)
    high = max(row["high"] if row["high"] is not None else row["value"] for row in found)
    y_axis, y_scale = share_axis(low, high, look)
    x = alt.X("end:Q", axis=x_axis, scale=x_scale)
    base = alt.Chart(values(found)).encode(x=x)
    band = base.mark_area(color=COLOURS.accent, opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", axis=y_axis, scale=y_scale), y2=alt.Y2("high:Q")
    )
    line = base.mark_line().encode(y=alt.Y("value:Q", scale=y_scale))
    dots = base.mark_circle(size=36, opacity=0).encode(y=alt.Y("value:Q"), tooltip=alt.Tooltip("says:N"))
    end = alt.Chart(values([last])).encode(x=alt.X("end:Q"), y=alt.Y("value:Q"))
    dot = end.mark_circle(size=60, color=COLOURS.accent, opacity=1)
    label = end.mark_text(align="left", dx=8, fontWeight=600).encode(text=alt.Text("label:N"))
    return finish(alt.layer(band, line, dots, dot, label), look, height=240, end=36)


def retention_trend_summary(rows: Rows, words: Words) -> str:
    """The chart in a sentence."""
    found: list[Record] = [row for row in records(rows) if row["complete"] and row["value"] is not None]
    first, last = found[0], found[-1]
    return words.t(
        "Retention rate in periods that end between {first_day} and {last_day}: from {first} to {last}.",
        first_day=words.day(first["end"]), last_day=words.day(last["end"]),
        first=words.percent(first["value"], 1), last=words.percent(last["value"], 1),
    )  # fmt: skip
