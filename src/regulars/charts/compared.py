"""How do two shares of the same compare, such as those of a group and of everybody else? Two dots a row, joined by a line."""

from __future__ import annotations

import altair as alt

from regulars.charts.axes import share_axis
from regulars.charts.data import Record, Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look
from regulars.charts.words import Words

_ROW = 28
_NAMED = 22  # room above the first row for what the dots are


def compared(rows: Rows, this: str, that: str, look: Look | None = None) -> alt.LayerChart:
    """Columns: `name`, `value`, `rest` (per cent). `this`, `that`: what the strong and the pale dots are; said above the first
    row, each on its own side."""
    look = look or Look()
    found = records(rows)
    top = max(max(row["value"], row["rest"]) for row in found)
    x_axis, x_scale = share_axis(0, top, look, count=2 if look.narrow else 4)
    y = alt.Y(
        "name:N", sort=[row["name"] for row in found],
        axis=alt.Axis(title=None, grid=True, labelLimit=150 if look.narrow else 260),
    )  # fmt: skip
    base = alt.Chart(values(found)).encode(y=y)
    value, rest = (alt.X(f"{name}:Q", axis=x_axis, scale=x_scale) for name in ("value", "rest"))
    layers = [
        base.mark_rule(strokeWidth=2, color=COLOURS.accent3).encode(x=rest, x2=alt.X2("value:Q")),
        base.mark_circle(size=60, opacity=1, color=COLOURS.faint).encode(x=rest),
        base.mark_circle(size=80, opacity=1, color=COLOURS.accent).encode(x=value),
        *_names(found[0], this, that, x_scale, y),
    ]
    return finish(
        alt.layer(*layers), look, height=_ROW * len(found) + 34 + _NAMED, start=14, end=34, top=_NAMED
    )


def _names(first: Record, this: str, that: str, scale: alt.Scale, y: alt.Y) -> list[alt.Chart]:
    """What the two dots are, above those of the first row; the left one's words end where the dots are, the right one's begin."""
    left = first["value"] <= first["rest"]
    texts = (("value", this, COLOURS.accent, left), ("rest", that, COLOURS.muted, not left))
    return [
        alt.Chart(values([first | {"text": text}]))
        .mark_text(align="right" if ends else "left", dx=6 if ends else -6, dy=-14, color=ink)
        .encode(x=alt.X(f"{name}:Q", scale=scale), y=y, text=alt.Text("text:N"))
        for name, text, ink, ends in texts
    ]


def compared_summary(rows: Rows, words: Words) -> str:
    """The chart in a sentence."""
    largest = max(records(rows), key=lambda row: abs(row["value"] - row["rest"]))
    return words.t(
        "The largest difference: {name}, {value} against {rest}.",
        name=largest["name"], value=words.percent(largest["value"]), rest=words.percent(largest["rest"]),
    )  # fmt: skip
