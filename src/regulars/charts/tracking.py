"""Does a purchase model keep up with what happened? Repeat purchases so far, made and expected."""

from __future__ import annotations

from datetime import date

import altair as alt

from regulars.charts.axes import count_axis, month_axis
from regulars.charts.data import Record, Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words


def tracking(rows: Rows, cut: date, look: Look | None = None) -> alt.LayerChart:
    """Columns: `day`, `actual` and `expected` (cumulative). `cut`: the day up to which the model saw what happened,
    drawn as a line."""
    look = look or Look()
    curve = records(rows)
    last = curve[-1]
    most = max(max(row["actual"], row["expected"]) for row in curve)
    x_axis, x_scale = month_axis(curve[0]["day"], last["day"], look)
    y_axis, y_scale = count_axis(0, most, look, look.words.t("Repeat purchases so far"))
    x = alt.X("day:Q", axis=x_axis, scale=x_scale)
    lines = []
    for name, colour, text in (
        ("expected", COLOURS.accent, look.words.t("expected")),
        ("actual", COLOURS.ink, look.words.t("made")),
    ):
        y = alt.Y(f"{name}:Q", axis=y_axis, scale=y_scale)
        dash = [5, 3] if name == "expected" else [1, 0]
        line = alt.Chart(values(curve)).mark_line(strokeWidth=2.2, color=colour, strokeDash=dash)
        lines.append(line.encode(x=x, y=y))
        # The higher of the two ends has its label above, so that they cannot lie on each other.
        higher = last[name] > last["expected" if name == "actual" else "actual"]
        label = alt.Chart(values([{**last, "label": text}])).mark_text(
            align="left", dx=6, dy=-6 if higher else 8, fontWeight=600, color=colour
        )
        lines.append(label.encode(x=x, y=y, text=alt.Text("label:N")))
    layers = [*_cut(cut, curve, most, x, look), *lines]
    return finish(alt.layer(*layers), look, height=240, end=78)


def tracking_summary(rows: Rows, cut: date, words: Words) -> str:
    """The chart in a sentence."""
    curve = records(rows)
    before = [row for row in curve if row["day"] < cut]
    start, last = before[-1] if before else curve[0], curve[-1]
    made, expected = last["actual"] - start["actual"], last["expected"] - start["expected"]
    return words.t(
        "From {start} to {end} the model expected {expected} repeat purchases; {made} were made.",
        start=words.day(start["day"]), end=words.day(last["day"]), expected=words.number(expected),
        made=words.number(made),
    )  # fmt: skip


def _cut(cut: date, curve: list[Record], most: float, x: alt.X, look: Look) -> list[alt.Chart]:
    if not curve[0]["day"] < cut <= curve[-1]["day"]:
        return []
    mark = alt.Chart(
        values([{"day": cut, "low": 0, "high": most, "label": look.words.t("fitted up to here")}])
    )
    rule = mark.mark_rule(strokeDash=[4, 3], color=COLOURS.muted).encode(
        x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q")
    )
    right = cut.toordinal() > (curve[0]["day"].toordinal() + curve[-1]["day"].toordinal()) / 2
    text = mark.mark_text(align="right" if right else "left", dx=-6 if right else 6, color=COLOURS.muted)
    return [rule, text.encode(x=x, y=alt.Y("high:Q"), text=alt.Text("label:N"))]
