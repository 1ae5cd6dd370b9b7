"""From an Altair chart to SVG that belongs to the page: no fixed colours, no script, a title for those who hear it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import vl_convert
from markupsafe import Markup, escape

from regulars.charts import COLOURS

if TYPE_CHECKING:
    import altair as alt

_ROOT = re.compile(r"<svg [^>]*?width=\"([\d.]+)\" height=\"([\d.]+)\" viewBox=\"([^\"]+)\">")
# What the drawing engine writes for its own interaction or fonts; the page has neither.
_NOISE = re.compile(
    r" (?:role|aria-roledescription|aria-hidden|aria-label|pointer-events|font-family|class)=\"[^\"]*\""
)
# Coordinates, which stand in tags: a text such as 1.435 (German for one thousand four hundred and thirty-five) stays.
_TAG = re.compile(r"<[^>]*>")
_LONG_NUMBER = re.compile(r"(\d+\.\d{2})\d+")


def inline(chart: alt.LayerChart, name: str, title: str, description: str) -> Markup:
    """The chart as an inline SVG whose colours are the page's CSS variables. `name` must be unique on the page."""
    drawn = vl_convert.vegalite_to_svg(chart.to_json(validate=False, indent=None), allowed_base_urls=[])
    head = _ROOT.search(drawn)
    if head is None:
        raise ValueError("the drawing engine's SVG has changed: no root with width, height and viewBox")
    body = _NOISE.sub("", drawn[head.end() :])
    body = _TAG.sub(lambda tag: _LONG_NUMBER.sub(r"\1", tag[0]), body)
    for colour, value in COLOURS.named().items():
        paint = "url(#hatch)" if colour == "hatch" else f"var(--{colour})"
        body = body.replace(f'"{value}"', f'"{paint}"')
    width, _, box = head.groups()
    ids = f"{name}-title {name}-desc"
    return Markup(
        f'<svg class="chart" role="img" aria-labelledby="{ids}" width="{width}" viewBox="{box}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>{body}'
    )
