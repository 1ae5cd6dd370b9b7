"""Are more customers won than lost? Won above the line, lost below, by period."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import count_axis
from regulars.charts.data import Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words


def movement(rows: Rows, look: Look | None = None) -> alt.LayerChart:
    """Columns: `start` (date), `won`, `kept`, `lost` (customers), `complete`. Only complete periods are drawn."""
    look = look or Look()
    found = [row for row in records(rows) if row["complete"]]
    for row in found:
        row["month"] = look.words.month(row["start"])
        row["below"] = -row["lost"]
    months = [row["month"] for row in found]
    every = max(1, -(-len(months) // look.ticks))
    y_axis, y_scale = count_axis(min(r["below"] for r in found), max(r["won"] for r in found), look)
    x = alt.X(
        "month:O", sort=months, scale=alt.Scale(paddingInner=0.25),
        axis=alt.Axis(title=None, labelAngle=0, values=months[::every], labelOverlap=False, ticks=False, domain=False, offset=8),
    )  # fmt: skip
    base = alt.Chart(values(found)).encode(x=x)
    won = base.mark_bar(color=COLOURS.accent).encode(y=alt.Y("won:Q", axis=y_axis, scale=y_scale))
    lost = base.mark_bar(color=COLOURS.faint).encode(y=alt.Y("below:Q", scale=y_scale))
    zero = alt.Chart(values([{"zero": 0}])).mark_rule(color=COLOURS.muted).encode(y=alt.Y("zero:Q"))
    names = [
        {
            "month": months[-1],
            "at": found[-1]["won"] / 2,
            "name": look.words.t("won"),
            "colour": COLOURS.accent,
        },
        {
            "month": months[-1],
            "at": found[-1]["below"] / 2,
            "name": look.words.t("lost"),
            "colour": COLOURS.muted,
        },
    ]
    labels = alt.Chart(values(names)).mark_text(
        align="left", dx=int((look.width - 130) / len(months) / 2) + 6, fontWeight=600
    )
    labels = labels.encode(
        x=x, y=alt.Y("at:Q", scale=y_scale), text=alt.Text("name:N"), color=alt.Color("colour:N", scale=None)
    )
    return finish(alt.layer(won, lost, zero, labels), look, height=220, end=74)


def movement_summary(rows: Rows, words: Words) -> str:
    """The chart in a sentence."""
    found = [row for row in records(rows) if row["complete"]]
    won, lost = sum(row["won"] for row in found), sum(row["lost"] for row in found)
    return words.t(
        "From {first} to {last}, {won} customers were won and {lost} were lost.",
        first=words.month(found[0]["start"]), last=words.month(found[-1]["start"]),
        won=words.number(won), lost=words.number(lost),
    )  # fmt: skip
