"""How many customers are at how much risk? A bar a step of the risk."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import count_axis, share_axis
from regulars.charts.data import Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words

_GAP = 0.15  # per cent left white at either side of a bar


def risks(rows: Rows, at_risk: float | None = None, look: Look | None = None) -> alt.LayerChart:
    """Columns: `low`, `high` (per cent, the step's ends), `customers`. `at_risk`: from how much per cent on somebody is
    called at risk; those steps have the strong colour. None: all have."""
    look = look or Look()
    found = [
        {
            **row,
            "zero": 0,
            "ink": COLOURS.accent if at_risk is None or row["low"] >= at_risk else COLOURS.accent3,
        }
        for row in sorted(records(rows), key=lambda row: row["low"])
    ]
    for row in found:
        row["from"], row["to"] = row["low"] + _GAP, row["high"] - _GAP
    most = max(row["customers"] for row in found)
    x_axis, x_scale = share_axis(0, 100, look, look.words.t("Risk not to come back"))
    y_axis, y_scale = count_axis(0, most, look, look.words.t("Customers"))
    bars = alt.Chart(values(found)).mark_bar().encode(
        x=alt.X("from:Q", axis=x_axis, scale=x_scale), x2=alt.X2("to:Q"),
        y=alt.Y("customers:Q", axis=y_axis, scale=y_scale), y2=alt.Y2("zero:Q"), color=alt.Color("ink:N", scale=None),
    )  # fmt: skip
    layers = [bars]
    if at_risk is not None:
        mark = {"low": at_risk, "top": most, "zero": 0, "label": look.words.t("at risk")}
        right = at_risk > 75
        line = alt.Chart(values([mark])).encode(x=alt.X("low:Q", scale=x_scale))
        layers.append(
            line.mark_rule(strokeDash=[4, 3], color=COLOURS.muted).encode(
                y=alt.Y("zero:Q", scale=y_scale), y2=alt.Y2("top:Q")
            )
        )
        layers.append(
            line.mark_text(
                align="right" if right else "left", dx=-6 if right else 6, dy=8, fontWeight=600
            ).encode(y=alt.Y("top:Q", scale=y_scale), text=alt.Text("label:N"))
        )
    return finish(alt.layer(*layers), look, height=220, end=16, top=12)


def risks_summary(rows: Rows, at_risk: float | None, words: Words) -> str:
    """The chart in a sentence."""
    found = records(rows)
    everyone = sum(row["customers"] for row in found)
    line = 50.0 if at_risk is None else at_risk
    over = sum(row["customers"] for row in found if row["low"] >= line)
    return words.n(
        "{n} customer of {everyone} has a risk of {line} or more.", "{n} customers of {everyone} have a risk of {line} or more.",
        over, everyone=words.number(everyone), line=words.percent(line),
    )  # fmt: skip
