"""How every chart looks: one accent colour, hairlines, labels at the end of what they name, no legend."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import altair as alt

from regulars.charts.words import Words


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean. Each is used once, so that a page can replace it by its own variable."""

    accent: str = "#0a6a75"
    accent2: str = "#62a5ac"
    accent3: str = "#b4d5d8"
    ink: str = "#1b2226"
    muted: str = "#596369"
    faint: str = "#b9c1c5"
    rule: str = "#e2e6e8"
    good: str = "#17753b"
    bad: str = "#b3322a"
    hatch: str = "#eef1f2"
    paper: str = "#fffffe"
    heat: str = "#0a6a76"

    def named(self) -> dict[str, str]:
        return {item.name: getattr(self, item.name) for item in fields(self)}


COLOURS = Palette()
# At this opacity the strongest colour still leaves text in ink readable (contrast above 4.5 in both themes).
STRONGEST = 0.68
FONT = "Helvetica, Arial, sans-serif"


def heat(share: float) -> float:
    """Opacity of the heat colour for a value between 0 and 1 of the largest."""
    return round(0.04 + (STRONGEST - 0.04) * share, 3)


@dataclass(frozen=True)
class Look:
    """In which language and how wide (in pixels) to draw. Narrow charts get fewer ticks and shorter labels."""

    words: Words = field(default_factory=Words)
    width: int = 680

    @property
    def narrow(self) -> bool:
        return self.width < 480

    @property
    def ticks(self) -> int:
        return 3 if self.narrow else 7


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
