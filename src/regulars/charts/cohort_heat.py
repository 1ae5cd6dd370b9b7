"""Which cohorts come back, and when? A heat map with the numbers in its cells."""

from __future__ import annotations

import altair as alt

from regulars.charts.data import Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look, heat
from regulars.charts.words import Words


def cohort_heat(rows: Rows, look: Look | None = None) -> alt.LayerChart:
    """Columns as in `cohort_curves`. Unfinished cells and the cohort 'already there' are light, without colour."""
    look = look or Look()
    cells = [row for row in records(rows) if row["offset"] > 0 and row["share"] is not None]
    full = [cell for cell in cells if cell["complete"] and not cell["already_there"]]
    most = max((cell["share"] for cell in full), default=1) or 1
    for cell in cells:
        firm = cell["complete"] and not cell["already_there"]
        cell["depth"] = cell["share"] / most if firm else 0.0
        cell["fill"] = COLOURS.heat if firm else COLOURS.hatch
        cell["opacity"] = heat(cell["depth"]) if firm else 1.0
        cell["ink"] = COLOURS.ink if firm else COLOURS.muted
        cell["label"] = look.words.number(cell["share"])
        cell["row"] = (
            look.words.t("already there") if cell["already_there"] else look.words.month(cell["cohort"])
        )
    order = list(dict.fromkeys(cell["row"] for cell in sorted(cells, key=lambda c: c["cohort"])))
    side = 24
    x = alt.X(
        "offset:O",
        axis=alt.Axis(
            orient="top",
            title=look.words.t("Months since the first order"),
            labelAngle=0,
            domain=False,
            ticks=False,
        ),
    )
    y = alt.Y("row:N", sort=order, axis=alt.Axis(title=None))
    base = alt.Chart(values(cells)).encode(x=x, y=y)
    boxes = base.mark_rect(stroke=COLOURS.paper, strokeWidth=1).encode(
        fill=alt.Fill("fill:N", scale=None), fillOpacity=alt.FillOpacity("opacity:Q", scale=None)
    )
    numbers = base.mark_text(fontSize=10).encode(
        text=alt.Text("label:N"), color=alt.Color("ink:N", scale=None)
    )
    return finish(alt.layer(boxes, numbers), look, height=side * len(order) + 50)


def cohort_heat_summary(rows: Rows, words: Words) -> str:
    """The chart in a sentence."""
    full = [r for r in records(rows) if r["complete"] and not r["already_there"] and r["offset"] > 0]
    best, worst = max(full, key=lambda r: r["share"]), min(full, key=lambda r: r["share"])
    return words.t(
        "Share of each cohort that orders in a later month: at most {best} ({best_cohort}), at least {worst} "
        "({worst_cohort}).",
        best=words.percent(best["share"], 1), best_cohort=words.month(best["cohort"]),
        worst=words.percent(worst["share"], 1), worst_cohort=words.month(worst["cohort"]),
    )  # fmt: skip
