"""How does one total become another? A waterfall from top to bottom."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import money_axis
from regulars.charts.data import Record, Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words


def bridge(rows: Rows, currency: str, look: Look | None = None) -> alt.LayerChart:
    """Columns: `name`, `amount`, `total` (true: a sum so far, drawn from zero; false: added to or taken from it)."""
    look = look or Look()
    steps = _laid_out(records(rows), currency, look.words)
    low, high = min(s["from"] for s in steps), max(max(s["from"], s["to"]) for s in steps)
    x_axis, x_scale = money_axis(
        min(low, 0), high, currency, look, 2 if look.narrow else 4, grid=True, title=None
    )
    y = alt.Y(
        "name:N", sort=[step["name"] for step in steps], scale=alt.Scale(paddingInner=0.3),
        axis=alt.Axis(title=None, grid=False, labelLimit=150 if look.narrow else 260),
    )  # fmt: skip
    base = alt.Chart(values(steps)).encode(y=y)
    bars = base.mark_bar().encode(
        x=alt.X("from:Q", axis=x_axis, scale=x_scale),
        x2=alt.X2("to:Q"),
        color=alt.Color("fill:N", scale=None),
    )
    labels = base.mark_text(align="left", dx=5).encode(
        x=alt.X("edge:Q", scale=x_scale), text=alt.Text("label:N")
    )
    return finish(alt.layer(bars, labels), look, height=28 * len(steps) + 34, start=24, end=70)


def _laid_out(found: list[Record], currency: str, words: Words) -> list[Record]:
    running = 0.0
    for row in found:
        amount = row["amount"]
        start = 0.0 if row["total"] else running
        running = amount if row["total"] else running + amount
        row["from"], row["to"] = start, running
        row["edge"] = max(start, running)
        row["fill"] = COLOURS.accent if row["total"] else COLOURS.faint if amount < 0 else COLOURS.accent2
        row["label"] = words.money(amount, currency, 0)
    return found


def bridge_summary(rows: Rows, currency: str, words: Words) -> str:
    """The chart in a sentence."""
    totals = [row for row in records(rows) if row["total"]]
    return words.t(
        "From {first} ({first_name}) to {last} ({last_name}).",
        first=words.money(totals[0]["amount"], currency, 0), first_name=totals[0]["name"],
        last=words.money(totals[-1]["amount"], currency, 0), last_name=totals[-1]["name"],
    )  # fmt: skip
