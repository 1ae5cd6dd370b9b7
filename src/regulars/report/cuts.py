"""The cut points of RFM as bands: which values earn which score."""

from __future__ import annotations

from collections.abc import Sequence

from regulars.charts.words import Words
from regulars.metrics import CutPoints

DASH = "\N{EN DASH}"


def cut_points(cuts: CutPoints, currency: str, w: Words) -> list[tuple[int, str, str, str]]:
    """One row a score from 5 to 1: the values that earn it."""
    known = [
        (cuts.recency, [w.number(cut) for cut in cuts.recency]),
        (cuts.frequency, [w.number(cut) for cut in cuts.frequency]),
        (cuts.monetary, [w.money(cut, currency, 0) for cut in cuts.monetary]),
    ]
    rows = []
    for place in range(5):
        recency, orders, money = (
            _band(values, texts, at)
            for (values, texts), at in zip(known, (place, 4 - place, 4 - place), strict=True)
        )
        rows.append((5 - place, recency, orders, money))
    return rows


def _band(values: Sequence[object], texts: list[str], place: int) -> str:
    """The values between two cut points; a dash where they are equal, so that nobody is between them."""
    if not texts or (0 < place < len(texts) and values[place] == values[place - 1]):
        return DASH
    if place == 0:
        return f"\N{LESS-THAN OR EQUAL TO} {texts[0]}"
    if place >= len(texts):
        return f"> {texts[-1]}"
    return f"> {texts[place - 1]}, \N{LESS-THAN OR EQUAL TO} {texts[place]}"
