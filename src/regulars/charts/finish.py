"""A chart at its size with the theme on it."""

from __future__ import annotations

from typing import Any

import altair as alt

from regulars.charts.theme import COLOURS, FONT, Look
from regulars.charts.words import Words


def finish(
    chart: alt.LayerChart, look: Look, *, height: int, start: int = 0, end: int = 0, top: int = 6
) -> alt.LayerChart:
    """The chart at its size with the theme on it. `start`, `end`: room in pixels before the
    axis (for long labels, which a reader's font may draw wider) and after the last point."""
    # In place: `properties` and `configure` would copy all layers each.
    chart.width, chart.height = look.width, height
    chart.autosize = alt.AutoSizeParams(type="fit", contains="padding")
    chart.padding = {"left": 8 + start, "right": 4 + end, "top": top, "bottom": 2}
    chart.background = "transparent"
    chart.config = alt.Config(**_config(look))
    return chart


def _config(look: Look) -> dict[str, Any]:
    size = 12
    return {
        "font": FONT,
        "locale": _locale(look.words),
        "view": {"stroke": None},
        "mark": {"color": COLOURS.accent},
        "axis": {
            "labelColor": COLOURS.muted, "labelFontSize": size, "titleColor": COLOURS.muted,
            "titleFontSize": size, "titleFontWeight": "normal", "titlePadding": 8,
            "gridColor": COLOURS.rule, "domainColor": COLOURS.faint, "tickColor": COLOURS.faint,
            "labelPadding": 5, "tickSize": 4,
            "labelLimit": 0,  # to cut a label the engine measures it again; labels that may be long say their limit
        },
        "axisY": {"domain": False, "ticks": False},
        "axisX": {"grid": False},
        "text": {"color": COLOURS.ink, "fontSize": size},
        "line": {"color": COLOURS.accent, "strokeWidth": 2},
        "bar": {"color": COLOURS.accent},
        "rule": {"color": COLOURS.faint},
    }  # fmt: skip


def _locale(words: Words) -> dict[str, Any]:
    """Vega's number and date words from CLDR, for what a notebook's reader adds to a chart."""
    locale = words.locale
    symbols = locale.number_symbols.get("latn", locale.number_symbols)
    wide, short = locale.months["format"]["wide"], locale.months["format"]["abbreviated"]
    days, short_days = locale.days["format"]["wide"], locale.days["format"]["abbreviated"]
    order = (6, 0, 1, 2, 3, 4, 5)  # Vega's week starts on Sunday
    pattern = str(locale.percent_formats[None].pattern)
    return {
        "number": {
            "decimal": symbols["decimal"], "thousands": symbols["group"], "grouping": [3],
            "currency": ["", ""], "percent": pattern[pattern.index("0") + 1 :], "minus": "\N{MINUS SIGN}",
        },
        "time": {
            "dateTime": "%x, %X", "date": "%d.%m.%Y", "time": "%H:%M:%S", "periods": ["AM", "PM"],
            "days": [days[i] for i in order], "shortDays": [short_days[i] for i in order],
            "months": [wide[i] for i in range(1, 13)], "shortMonths": [short[i] for i in range(1, 13)],
        },
    }  # fmt: skip
