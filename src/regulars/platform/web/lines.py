"""A line over time, or over periods since, as SVG: quick enough to be drawn for each page, with a sentence at every point.

Texts and marks take their colours from the page's variables by presentation attributes, which the content policy allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from regulars.charts.ticks import steps

WIDE, MEDIUM, NARROW = 880, 620, 350
HEIGHT = 250
_TOP, _BOTTOM = 12, 26
_APART = 15  # pixels between the names of two lines
_LETTER = 7.4  # pixels that a digit of a label takes, in the widest of usual fonts


@dataclass(frozen=True)
class Point:
    """`at`: place along the line, in equal steps or days. `says`: the sentence that the mark says."""

    at: float
    value: float
    says: str
    low: float | None = None
    high: float | None = None
    finished: bool = True


@dataclass(frozen=True)
class Line:
    """One line with its name at the end. `quiet`: context, in grey and without marks."""

    points: tuple[Point, ...]
    label: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Graph:
    """Lines, labels below (`ticks`: place and text), how a value is written on the axis, whether zero must be seen."""

    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    write: Callable[[float], str]
    title: str
    summary: str
    from_zero: bool = False
    name: str = "line"
    top: float | None = None
    bottom: float | None = None


@dataclass
class _Space:
    """From values to pixels."""

    width: int
    left: float
    right: float
    first: float
    last: float
    low: float
    high: float
    parts: list[SafeString] = field(default_factory=list)

    def x(self, at: float) -> float:
        span = (self.last - self.first) or 1.0
        return self.left + (at - self.first) / span * (self.width - self.left - self.right)

    def y(self, value: float) -> float:
        span = (self.high - self.low) or 1.0
        return HEIGHT - _BOTTOM - (value - self.low) / span * (HEIGHT - _TOP - _BOTTOM)

    def add(self, template: str, **values: object) -> None:
        self.parts.append(format_html(template, **values))


def picture(graph: Graph) -> SafeString:
    """The graph for a whole page, for a column and for a phone; the style sheet shows the one that there is room for."""
    wide, medium = draw(graph, WIDE, graph.name), draw(graph, MEDIUM, f"{graph.name}-column")
    return format_html(
        '<div class="wide">{}</div><div class="medium">{}</div><div class="narrow">{}</div>',
        wide, medium, draw(graph, NARROW, f"{graph.name}-phone"),
    )  # fmt: skip


def draw(graph: Graph, width: int, name: str) -> SafeString:
    """One SVG of the width in pixels."""
    space, ticks = _space(graph, width)
    for tick in ticks:
        y = f"{space.y(tick):.1f}"
        space.add(
            '<line x1="{a}" x2="{b}" y1="{y}" y2="{y}" stroke="var(--rule)"/>'
            '<text x="{t}" y="{y}" dy="4" text-anchor="end" font-size="12" fill="var(--muted)">{text}</text>',
            a=_n(space.left), b=_n(width - space.right), y=y, t=_n(space.left - 8), text=graph.write(tick),
        )  # fmt: skip
    _places(graph, space)
    for line in sorted(graph.lines, key=lambda one: not one.quiet):
        _line(line, space)
    _labels([line for line in graph.lines if line.label and line.points], space)
    body = mark_safe("".join(space.parts))
    return format_html(
        '<svg class="chart" role="img" aria-labelledby="{0}-t {0}-d" width="{1}" viewBox="0 0 {1} {2}">'
        '<title id="{0}-t">{3}</title><desc id="{0}-d">{4}</desc>{5}</svg>',
        name, width, HEIGHT, graph.title, graph.summary, body,
    )  # fmt: skip


def _n(value: float) -> str:
    """A coordinate: digits with a full stop, whatever the reader's language."""
    return f"{value:.1f}"


def _space(graph: Graph, width: int) -> tuple[_Space, list[float]]:
    points = [point for line in graph.lines for point in line.points]
    values = [v for p in points for v in (p.value, p.low, p.high) if v is not None]
    low, high = min(values), max(values)
    if graph.from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    found = [
        tick
        for tick in steps(low, high, 4)
        if (graph.top is None or tick <= graph.top) and (graph.bottom is None or tick >= graph.bottom)
    ]
    left = 14 + max(len(graph.write(tick)) for tick in found) * _LETTER
    right = 18 + max((len(line.label) for line in graph.lines), default=0) * _LETTER
    places = [point.at for point in points]
    return _Space(width, left, right, min(places), max(places), found[0], found[-1]), found


def _places(graph: Graph, space: _Space) -> None:
    """Labels below, as many as there is room for, from the newest back."""
    free = float("inf")
    for at, text in reversed(graph.ticks):
        x, half = space.x(at), len(text) * _LETTER / 2
        # At the edges a label leans inwards.
        shown = min(max(x, half), space.width - half)
        if shown + half + 14 > free:
            continue
        free = shown - half
        space.add(
            '<text x="{x}" y="{y}" text-anchor="middle" font-size="12" fill="var(--muted)">{text}</text>',
            x=_n(shown), y=str(HEIGHT - 6), text=text,
        )  # fmt: skip


def _line(line: Line, space: _Space) -> None:
    if not line.points:
        return
    if not line.quiet:
        _band(line.points, space)
    finished = [point for point in line.points if point.finished]
    colour, width = ("var(--faint)", "1") if line.quiet else ("var(--accent)", "2.25")
    _path(finished, space, colour, width, "")
    if len(finished) < len(line.points):
        _path(line.points[max(0, len(finished) - 1) :], space, colour, width, "3 4")
    if line.quiet:
        return
    for point in line.points:
        # A wide mark that is not seen is easy to hit; the small one is what is seen.
        space.add(
            '<g data-says="{says}"><circle cx="{x}" cy="{y}" r="11" fill="transparent"/>'
            '<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}" stroke="var(--accent)"/></g>',
            says=point.says, x=_n(space.x(point.at)), y=_n(space.y(point.value)),
            r="2.5" if len(line.points) > 40 else "3.5", fill="var(--accent)" if point.finished else "var(--paper)",
        )  # fmt: skip


def _labels(lines: list[Line], space: _Space) -> None:
    """Names at the lines' ends. One of context moves out of the way of those before it."""
    taken: list[float] = []
    for line in sorted(lines, key=lambda one: one.quiet):
        last = line.points[-1]
        y = space.y(last.value)
        near = next((other for other in taken if abs(other - y) < _APART), None)
        if near is not None:
            y = near + (_APART if y >= near else -_APART)
        taken.append(y)
        space.add(
            '<text x="{x}" y="{y}" dy="4" dx="9" font-size="12" font-weight="{weight}" fill="{fill}">{text}</text>',
            x=_n(space.x(last.at)), y=_n(y), text=line.label, weight="400" if line.quiet else "600",
            fill="var(--muted)" if line.quiet else "var(--ink)",
        )  # fmt: skip


def _path(points: Sequence[Point], space: _Space, colour: str, width: str, dashes: str) -> None:
    if len(points) < 2:
        return
    space.add(
        '<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}" '
        'stroke-linejoin="round" stroke-linecap="round"/>',
        at=" ".join(f"{space.x(p.at):.1f},{space.y(p.value):.1f}" for p in points),
        colour=colour, width=width, dashes=dashes or "none",
    )  # fmt: skip


def _band(points: Sequence[Point], space: _Space) -> None:
    known = [point for point in points if point.low is not None and point.high is not None and point.finished]
    if len(known) < 2:
        return
    top = [f"{space.x(p.at):.1f},{space.y(min(p.high or 0.0, space.high)):.1f}" for p in known]
    bottom = [f"{space.x(p.at):.1f},{space.y(max(p.low or 0.0, space.low)):.1f}" for p in reversed(known)]
    space.add('<polygon points="{at}" fill="var(--accent)" fill-opacity="0.14"/>', at=" ".join(top + bottom))


__all__ = ["HEIGHT", "MEDIUM", "NARROW", "WIDE", "Graph", "Line", "Point", "draw", "picture"]
