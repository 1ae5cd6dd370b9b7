"""A line the size of a word, as plain SVG coordinates: too small and too many for the drawing engine."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT = 120, 32


def spark(points: Sequence[Decimal | float]) -> str:
    """The `points` attribute of an SVG polyline in a box of WIDTH x HEIGHT; empty with fewer than two points."""
    if len(points) < 2:
        return ""
    numbers = [float(point) for point in points]
    low, high = min(numbers), max(numbers)
    span = (high - low) or 1.0
    step = (WIDTH - 6) / (len(numbers) - 1)
    return " ".join(
        f"{3 + index * step:.1f},{HEIGHT - 4 - (number - low) / span * (HEIGHT - 8):.1f}"
        for index, number in enumerate(numbers)
    )
