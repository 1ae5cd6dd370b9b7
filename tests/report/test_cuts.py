"""Cut points as bands."""

from __future__ import annotations

from decimal import Decimal

from regulars.metrics import CutPoints
from regulars.report.cuts import DASH, cut_points
from regulars.report.texts import words


def test_a_band_between_equal_cut_points_is_nobodys() -> None:
    cuts = CutPoints((30, 60, 90, 200), (1, 1, 2, 4), tuple(Decimal(n) for n in (10, 20, 30, 40)))
    orders = [row[2] for row in cut_points(cuts, "EUR", words("en"))]
    assert orders == ["> 4", "> 2, ≤ 4", "> 1, ≤ 2", DASH, "≤ 1"]
