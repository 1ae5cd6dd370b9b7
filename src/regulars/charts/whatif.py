"""What would more retention be worth? A line from fewer points kept to more."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import labelled, money_axis
from regulars.charts.data import Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words


def whatif(rows: Rows, currency: str, look: Look | None = None) -> alt.LayerChart:
    """Columns: `points` (of retention, may be negative), `worth` (money a year, against today)."""
    look = look or Look()
    found = sorted(records(rows), key=lambda row: row["points"])
    last = {**found[-1], "label": look.words.short_money(found[-1]["worth"], currency)}
    ticks = sorted({row["points"] for row in found if row["points"] % 5 == 0})
    axis = labelled(
        ticks, lambda v: look.words.points(v, 0) if v else "0", look.words.t("Percentage points of retention")
    )
    domain = [found[0]["points"], found[-1]["points"]]
    x = alt.X("points:Q", axis=axis, scale=alt.Scale(domain=domain, nice=False))
    worths = [row["worth"] for row in found]
    y_axis, y_scale = money_axis(min(0.0, *worths), max(0.0, *worths), currency, look, title=None)
    y = alt.Y("worth:Q", axis=y_axis, scale=y_scale)
    line = alt.Chart(values(found)).mark_line(strokeWidth=2.4).encode(x=x, y=y)
    zero = alt.Chart(values([{"zero": 0}])).mark_rule(color=COLOURS.muted).encode(y=alt.Y("zero:Q"))
    end = alt.Chart(values([last])).encode(x=x, y=y)
    dot = end.mark_circle(size=64, color=COLOURS.accent, opacity=1)
    label = end.mark_text(align="left", dx=8, fontWeight=600).encode(text=alt.Text("label:N"))
    return finish(alt.layer(zero, line, dot, label), look, height=220, end=64, top=12)


def whatif_summary(rows: Rows, currency: str, words: Words) -> str:
    """The chart in a sentence."""
    best = max(records(rows), key=lambda row: row["points"])
    return words.t(
        "{points} points of retention would be worth {worth} a year.",
        points=words.points(best["points"], 0), worth=words.money(best["worth"], currency, 0),
    )  # fmt: skip
