"""Who does the money come from: new, returning or loyal customers? Bars by period, from zero."""

from __future__ import annotations

import math
from datetime import date

import altair as alt

from regulars.charts.axes import money_axis
from regulars.charts.data import Record, Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words

_LABEL = 62  # pixels that the name of a quarter takes, with the space around it
GROUPS = ("loyal", "returning", "new")  # from the ground up
_FILL = {"loyal": COLOURS.accent, "returning": COLOURS.accent2, "new": COLOURS.accent3}


def revenue_mix(rows: Rows, currency: str, look: Look | None = None) -> alt.LayerChart:
    """Columns: `start`, `end` (dates, the end not included), `group` (new, returning, loyal), `revenue`, `complete`. Unfinished periods are light."""
    look = look or Look()
    bars, tops = _stacked(records(rows), look.words)
    starts = sorted(tops)
    ends = {bar["start"]: bar["end"] for bar in bars}
    months = [look.words.period(day, ends[day]) for day in starts]
    # Pixels that a bar has: the axis and the names of the groups take the rest.
    room = (look.width - (240 if look.narrow else 150)) / max(len(starts), 1)
    every = max(1, math.ceil(_LABEL / room))
    y_axis, y_scale = money_axis(0, max(tops.values(), default=1), currency, look)
    x = alt.X(
        "month:O", sort=months, scale=alt.Scale(paddingInner=0.18),
        axis=alt.Axis(title=None, labelAngle=0, values=months[::every], labelOverlap=False, ticks=False),
    )  # fmt: skip
    base = alt.Chart(values(bars)).encode(x=x)
    drawn = base.mark_bar(stroke=COLOURS.paper, strokeWidth=0.5).encode(
        y=alt.Y("low:Q", axis=y_axis, scale=y_scale), y2=alt.Y2("high:Q"),
        fill=alt.Fill("fill:N", scale=None), tooltip=alt.Tooltip("says:N"),
    )  # fmt: skip
    names = alt.Chart(values(_names(bars, starts[-1], tops, look.words))).encode(
        x=x,
        y=alt.Y("middle:Q", scale=y_scale),
        text=alt.Text("name:N"),
        color=alt.Color("colour:N", scale=None),
    )
    labels = names.mark_text(align="left", dx=_half_band(look, len(starts)), fontWeight=600)
    return finish(alt.layer(drawn, labels), look, height=250, end=92)


def _half_band(look: Look, count: int) -> int:
    return int((look.width - 150) / max(count, 1) / 2) + 6


def _stacked(found: list[Record], words: Words) -> tuple[list[Record], dict[date, float]]:
    tops: dict[date, float] = {}
    bars = []
    for row in sorted(found, key=lambda row: (row["start"], GROUPS.index(row["group"]))):
        low = tops.get(row["start"], 0.0)
        tops[row["start"]] = low + max(row["revenue"], 0.0)
        month = words.period(row["start"], row["end"])
        fill = _FILL[row["group"]] if row["complete"] else COLOURS.hatch
        bars.append({**row, "low": low, "high": tops[row["start"]], "month": month, "fill": fill,
                     "says": f"{month}: {words.number(row['revenue'])}"})  # fmt: skip
    return bars, tops


def _names(bars: list[Record], last: date, tops: dict[date, float], words: Words) -> list[Record]:
    """The groups' names beside the last bar, kept apart by at least a line's height."""
    texts = {"new": words.t("new"), "returning": words.t("returning"), "loyal": words.t("loyal")}
    apart = max(tops.values(), default=1.0) * 0.08
    names: list[Record] = []
    for bar in (bar for bar in bars if bar["start"] == last):
        middle = (bar["low"] + bar["high"]) / 2
        if names:
            middle = max(middle, names[-1]["middle"] + apart)
        colour = COLOURS.accent if bar["group"] == "loyal" else COLOURS.muted
        names.append({"month": bar["month"], "middle": middle, "name": texts[bar["group"]], "colour": colour})
    return names


def revenue_mix_summary(rows: Rows, currency: str, words: Words) -> str:
    """The chart in a sentence."""
    found = [row for row in records(rows) if row["complete"]]
    total = sum(row["revenue"] for row in found) or 1.0
    share = {group: sum(r["revenue"] for r in found if r["group"] == group) / total * 100 for group in GROUPS}
    return words.t(
        "Of {total} of revenue in complete periods, {new} came from new, {returning} from returning and {loyal} from "
        "loyal customers.",
        total=words.money(total, currency), new=words.percent(share["new"]),
        returning=words.percent(share["returning"]), loyal=words.percent(share["loyal"]),
    )  # fmt: skip
