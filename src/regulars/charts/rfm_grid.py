"""Where do customers stand by recency and frequency? A grid of scores with the customers in each cell."""

from __future__ import annotations

import altair as alt

from regulars.charts.data import Rows, records, values
from regulars.charts.finish import finish
from regulars.charts.theme import COLOURS, Look, heat
from regulars.charts.words import Words


def rfm_grid(rows: Rows, look: Look | None = None) -> alt.LayerChart:
    """Columns: `recency`, `frequency` (scores 1-5, 5 = most recent, most orders), `customers`."""
    look = look or Look()
    cells = records(rows)
    most = max((cell["customers"] for cell in cells), default=1) or 1
    for cell in cells:
        cell["opacity"] = heat(cell["customers"] / most)
        cell["label"] = look.words.number(cell["customers"])
    score = {"labelAngle": 0, "domain": False, "ticks": False, "grid": False}
    x = alt.X(
        "recency:O", axis=alt.Axis(title=look.words.t("Recency score (5 = ordered most recently)"), **score)
    )
    y = alt.Y(
        "frequency:O", sort="descending",
        axis=alt.Axis(title=look.words.t("Frequency score (5 = most orders)"), **score),
    )  # fmt: skip
    base = alt.Chart(values(cells)).encode(x=x, y=y)
    boxes = base.mark_rect(color=COLOURS.heat, stroke=COLOURS.paper, strokeWidth=2).encode(
        fillOpacity=alt.FillOpacity("opacity:Q", scale=None)
    )
    numbers = base.mark_text().encode(text=alt.Text("label:N"))
    return finish(alt.layer(boxes, numbers), look, height=300)


def rfm_grid_summary(rows: Rows, words: Words) -> str:
    """The chart in a sentence."""
    cells = records(rows)
    best = sum(c["customers"] for c in cells if c["recency"] >= 4 and c["frequency"] >= 4)
    fading = sum(c["customers"] for c in cells if c["recency"] <= 2 and c["frequency"] >= 4)
    return words.t(
        "{best} customers order often and recently (both scores 4 or 5); {fading} used to order often but have not "
        "for long (frequency 4 or 5, recency 1 or 2).",
        best=words.number(best), fading=words.number(fading),
    )  # fmt: skip
