"""How do the markets compare? A dot a market with its 95 % interval, and a line for all together."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import share_axis
from regulars.charts.data import Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words


def markets(rows: Rows, overall: float | None = None, look: Look | None = None) -> alt.LayerChart:
    """Columns: `name` (market), `value`, `low`, `high` (per cent), `customers`, `small` (too few to say).
    `overall`: the figure over all markets, in per cent."""
    look = look or Look()
    found = [row for row in records(rows) if row["value"] is not None]
    for row in found:
        row["label"] = look.words.percent(row["value"])
        row["ink"] = COLOURS.faint if row["small"] else COLOURS.accent
        row["text_ink"] = COLOURS.muted if row["small"] else COLOURS.ink
    x_axis, x_scale = share_axis(
        0,
        max([row["high"] or row["value"] for row in found] + [overall or 0]),
        look,
        count=2 if look.narrow else 4,
    )
    x = alt.X("value:Q", axis=x_axis, scale=x_scale)
    y = alt.Y(
        "name:N", sort=[row["name"] for row in found], axis=alt.Axis(title=None, grid=True, labelLimit=180)
    )
    base = alt.Chart(values(found)).encode(y=y)
    colour = alt.Color("ink:N", scale=None)
    spans = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", scale=x_scale), x2=alt.X2("high:Q"), color=colour
    )
    dots = base.mark_circle(size=70, opacity=1).encode(x=x, color=colour)
    labels = base.mark_text(align="left", dx=6).encode(
        x=alt.X("high:Q", scale=x_scale), text=alt.Text("label:N"), color=alt.Color("text_ink:N", scale=None)
    )
    layers = [spans, dots, labels]
    if overall is not None:
        line = alt.Chart(values([{"overall": overall}]))
        layers.insert(
            0,
            line.mark_rule(strokeDash=[4, 3], color=COLOURS.muted).encode(
                x=alt.X("overall:Q", scale=x_scale)
            ),
        )
    return finish(alt.layer(*layers), look, height=26 * len(found) + 34, start=14, end=34)


def markets_summary(rows: Rows, words: Words) -> str:
    """The chart in a sentence."""
    firm = [row for row in records(rows) if row["value"] is not None and not row["small"]]
    if not firm:
        return words.t("No market has enough customers to be compared.")
    best, worst = max(firm, key=lambda r: r["value"]), min(firm, key=lambda r: r["value"])
    return words.t(
        "Among markets with enough customers, {best} keeps the most ({best_value}) and {worst} the fewest "
        "({worst_value}).",
        best=best["name"], best_value=words.percent(best["value"]),
        worst=worst["name"], worst_value=words.percent(worst["value"]),
    )  # fmt: skip
