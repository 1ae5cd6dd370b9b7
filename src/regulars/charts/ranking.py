"""Are those who leave found first? The share of them among the customers called most at risk, by how many are called."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import share_axis
from regulars.charts.data import Record, Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words

_ROOM = 45  # per cent of the width that a line's name needs on a phone, twice


def ranking(rows: Rows, left: float | None = None, look: Look | None = None) -> alt.LayerChart:
    """Columns: `called` (per cent of the customers, most at risk first), `found` (per cent of those who left). `left`: per
    cent of the customers who left, from which follows what nobody could better; None leaves that line out."""
    look = look or Look()
    curve = _from_zero(rows)
    x_axis, x_scale = share_axis(0, 100, look, look.words.t("Customers, most at risk first"))
    y_axis, y_scale = share_axis(0, 100, look, look.words.t("Found, of those who left"))
    x = alt.X("called:Q", axis=x_axis, scale=x_scale)
    y = alt.Y("found:Q", axis=y_axis, scale=y_scale)

    ends = [{"called": 0.0, "found": 0.0}, {"called": 100.0, "found": 100.0}]
    lines = [_line(ends, x, y, COLOURS.muted, 1.4, [4, 3])]
    names = [_name({"called": 40.0, "found": 40.0}, look.words.t("by chance"), x, y, COLOURS.muted)]
    if left is not None and 0 < left < 100:
        best = {"called": left, "found": 100.0}
        lines.append(_line([ends[0], best, ends[1]], x, y, COLOURS.faint, 1.4, [1, 0]))
        beside = left > _ROOM  # else its upper end has no other line near
        point = {"called": left / 2, "found": 50.0} if beside else best
        names.append(_name(point, look.words.t("perfect"), x, y, COLOURS.muted, before=beside))
    lines.append(_line(curve, x, y, COLOURS.accent, 2.4, [1, 0]))
    middle = min(curve, key=lambda row: abs(row["called"] - 50))
    names.append(_name(middle, look.words.t("prediction"), x, y, COLOURS.accent))
    return finish(
        alt.layer(*lines, *(mark for pair in names for mark in pair)), look, height=280, end=12, top=12
    )


def _line(points: list[Record], x: alt.X, y: alt.Y, colour: str, width: float, dash: list[int]) -> alt.Chart:
    mark = alt.Chart(values(points)).mark_line(color=colour, strokeWidth=width, strokeDash=dash)
    return mark.encode(x=x, y=y)


def _name(
    point: Record, text: str, x: alt.X, y: alt.Y, colour: str, *, before: bool = False
) -> list[alt.Chart]:
    """A line's name below its point (or `before` it), on a rim of paper, since another line may run there."""
    align, dx, dy = ("right", -6, 0) if before else ("left", 6, 14)
    base = alt.Chart(values([{**point, "label": text}])).encode(x=x, y=y, text=alt.Text("label:N"))
    rim = base.mark_text(
        align=align, dx=dx, dy=dy, fontWeight=600, color=COLOURS.paper, stroke=COLOURS.paper, strokeWidth=4
    )
    return [rim, base.mark_text(align=align, dx=dx, dy=dy, fontWeight=600, color=colour)]


def ranking_summary(rows: Rows, words: Words) -> str:
    """The chart in a sentence."""
    near = min(_from_zero(rows)[1:], key=lambda row: abs(row["called"] - 20))
    return words.t(
        "Among the {called} of customers called most at risk are {found} of those who left; by chance it would be {called}.",
        called=words.percent(near["called"]), found=words.percent(near["found"]),
    )  # fmt: skip


def _from_zero(rows: Rows) -> list[Record]:
    curve = sorted((row for row in records(rows) if row["called"] > 0), key=lambda row: row["called"])
    return [{"called": 0.0, "found": 0.0}, *curve]
