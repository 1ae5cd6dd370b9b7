"""Does what was predicted come true? A dot a group of customers: the share said against the share seen."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import share_axis
from regulars.charts.data import Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.ticks import steps
from regulars.charts.words import Words


def calibration(rows: Rows, look: Look | None = None) -> alt.LayerChart:
    """Columns: `said` and `seen` (per cent, of customers of about the same risk), `low` and `high` (the interval of what was
    seen), `customers`. Dots on the dashed line came true as said; above it more left than said."""
    look = look or Look()
    found = sorted(records(rows), key=lambda row: row["said"])
    most = max(max(row["said"], row["high"]) for row in found)
    count = 2 if look.narrow else 4  # of both axes, which so end at the same share
    x_axis, x_scale = share_axis(0, most, look, look.words.t("Risk that was said"), count)
    y_axis, y_scale = share_axis(0, most, look, look.words.t("Share that left"), count)
    end = steps(0, most, count)[-1]
    x = alt.X("said:Q", axis=x_axis, scale=x_scale)
    base = alt.Chart(values(found)).encode(x=x)
    spans = base.mark_rule(strokeWidth=2, color=COLOURS.accent2).encode(
        y=alt.Y("low:Q", scale=y_scale), y2=alt.Y2("high:Q")
    )
    dots = base.mark_circle(size=60, color=COLOURS.accent, opacity=1).encode(
        y=alt.Y("seen:Q", axis=y_axis, scale=y_scale)
    )
    as_said = alt.Chart(values([{"said": 0, "seen": 0}, {"said": end, "seen": end}]))
    line = as_said.mark_line(strokeDash=[4, 3], strokeWidth=1.4, color=COLOURS.muted).encode(
        x=x, y=alt.Y("seen:Q", axis=y_axis, scale=y_scale)
    )
    name = alt.Chart(values([{"said": end, "seen": end, "label": look.words.t("as said")}]))
    label = name.mark_text(align="left", dx=6, color=COLOURS.muted).encode(
        x=x, y=alt.Y("seen:Q", scale=y_scale), text=alt.Text("label:N")
    )
    return finish(alt.layer(line, spans, dots, label), look, height=280, end=64, top=12)


def calibration_summary(rows: Rows, words: Words) -> str:
    """The chart in a sentence."""
    found = records(rows)
    customers = sum(row["customers"] for row in found)
    said, seen = (sum(row["customers"] * row[name] for row in found) / customers for name in ("said", "seen"))
    held = sum(1 for row in found if row["low"] <= row["said"] <= row["high"])
    return words.t(
        "On average a risk of {said} was said, and {seen} left; in {held} of {groups} groups of customers what was said "
        "lies within the interval of what was seen.",
        said=words.percent(said), seen=words.percent(seen), held=words.number(held), groups=words.number(len(found)),
    )  # fmt: skip
