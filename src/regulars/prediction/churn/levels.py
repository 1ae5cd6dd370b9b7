"""How many will leave: the level of the scores, which changes with the season while who leaves first hardly does.

On each past day the purchase models' scores are off by some log-odds: the shift that makes their mean what came true. The
shift of a year before the day asked about holds the season; that of the latest days holds what has changed since. Without
a year of history two forecasts are averaged: that the models are half as far off as they were, the other half having
been the season; and that as many leave as did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from regulars.prediction.churn.odds import Floats

_YEAR = timedelta(days=365)
_NEAR = timedelta(days=10)
_SEASON = 0.75  # how much of the shift a year ago holds again
_LATEST = 2


def expected_shift(cuts: Sequence[date], shifts: Floats, same: float, day: date) -> float:
    """The shift to expect on `day` from those of past `cuts` (sorted, (cuts,)); `same` is the one for no change."""
    if len(cuts) == 0:
        return 0.0
    latest = float(np.mean(shifts[-_LATEST:]))
    season = [shift for cut, shift in zip(cuts, shifts, strict=True) if abs(cut + _YEAR - day) <= _NEAR]
    if season:
        return _SEASON * float(np.mean(season)) + (1 - _SEASON) * latest
    return (latest / 2 + same) / 2
