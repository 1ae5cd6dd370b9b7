"""Do newer customers stay longer than older ones? One curve a cohort, and the mean of all."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import labelled, share_axis
from regulars.charts.data import Record, Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.ticks import steps
from regulars.charts.words import Words


def cohort_curves(rows: Rows, look: Look | None = None) -> alt.LayerChart:
    """Columns: `cohort` (first day, date), `size` (customers), `offset` (periods since), `share` (per cent who order
    in that period), `complete`, `already_there`. Cells that are not complete, the cohort 'already there' and offset 0
    are left out; the mean is weighted by size."""
    look = look or Look()
    cells = _usable(rows)
    mean = _mean(cells)
    newest = max((cell["cohort"] for cell in cells if cell["offset"] >= 3), default=cells[-1]["cohort"])
    fresh = [cell for cell in cells if cell["cohort"] == newest]
    longest = max(cell["offset"] for cell in cells)
    x_ticks = [tick for tick in steps(0, longest, look.ticks) if tick == int(tick) and 1 <= tick <= longest]
    x_axis = labelled(
        [1, *[t for t in x_ticks if t > 1]], look.words.number, look.words.t("Months since the first order")
    )
    y_axis, y_scale = share_axis(0, max(cell["share"] for cell in cells), look)
    x = alt.X("offset:Q", axis=x_axis, scale=alt.Scale(domain=[1, longest], nice=False))
    y = alt.Y("share:Q", axis=y_axis, scale=y_scale)
    grey = alt.Chart(values(cells)).mark_line(color=COLOURS.faint, strokeWidth=1, opacity=0.7)
    grey = grey.encode(x=x, y=y, detail=alt.Detail("cohort:Q"))
    new_line = alt.Chart(values(fresh)).mark_line(color=COLOURS.ink, strokeWidth=1.6).encode(x=x, y=y)
    bold = alt.Chart(values(mean)).mark_line(strokeWidth=2.8).encode(x=x, y=y)
    ends = [
        {**mean[-1], "label": look.words.t("all cohorts"), "colour": COLOURS.accent},
        {**fresh[-1], "label": look.words.month(newest), "colour": COLOURS.ink},
    ]
    text = alt.Chart(values(ends)).encode(
        x=x, y=y, text=alt.Text("label:N"), color=alt.Color("colour:N", scale=None)
    )
    labels = text.mark_text(align="left", dx=6, fontWeight=600)
    return finish(alt.layer(grey, new_line, bold, labels), look, height=260, end=78)


def cohort_curves_summary(rows: Rows, words: Words) -> str:
    """The chart in a sentence."""
    mean = _mean(_usable(rows))
    last = mean[min(len(mean), 12) - 1]
    return words.t(
        "Of all cohorts together, {first} order again in the first month after the month of their first order, "
        "and {last} in month {month}.",
        first=words.percent(mean[0]["share"], 1), last=words.percent(last["share"], 1), month=last["offset"],
    )  # fmt: skip


def _usable(rows: Rows) -> list[Record]:
    return [
        row for row in records(rows)
        if row["complete"] and not row["already_there"] and row["offset"] > 0 and row["share"] is not None
    ]  # fmt: skip


def _mean(cells: list[Record]) -> list[Record]:
    """The share by offset over all cohorts, weighted by their size; offsets with at least half of the most cohorts."""
    by_offset: dict[int, list[Record]] = {}
    for cell in cells:
        by_offset.setdefault(cell["offset"], []).append(cell)
    result = []
    for offset, group in sorted(by_offset.items()):
        people = sum(cell["size"] for cell in group)
        result.append({"offset": offset, "share": sum(c["share"] * c["size"] for c in group) / people})
    return result
