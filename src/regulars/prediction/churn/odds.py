"""Probabilities on the log-odds scale, where scores add up, and the level that gives a wanted mean."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# A model that is certain is wrong sometimes; beyond this a probability says nothing more.
_CERTAIN = 1e-4


def log_odds(probability: Floats) -> Floats:
    """log(p / (1 - p)), of probabilities kept away from 0 and 1."""
    p = np.clip(probability, _CERTAIN, 1 - _CERTAIN)
    return np.log(p) - np.log1p(-p)


def chance(score: Floats) -> Floats:
    """The probability of log-odds, without overflow."""
    small = np.exp(-np.abs(score))
    return np.where(score >= 0, 1.0, small) / (1.0 + small)


def level_for(score: Floats, wanted: float) -> float:
    """What to add to the scores so that the mean probability is `wanted` (0 < wanted < 1), by bisection."""
    if len(score) == 0:
        return 0.0
    target = float(np.clip(wanted, _CERTAIN, 1 - _CERTAIN))
    centre = float(log_odds(np.array(target)))
    low, high = centre - float(score.max()), centre - float(score.min())
    for _ in range(60):
        middle = (low + high) / 2
        if chance(score + middle).mean() < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def log_loss(score: Floats, left: Floats) -> float:
    """Mean -log-likelihood of the outcomes (0 or 1) under these log-odds."""
    return float(np.mean(np.logaddexp(0.0, score) - left * score)) if len(score) else 0.0
