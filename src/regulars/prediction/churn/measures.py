"""How good probabilities are: ranking, log-loss, Brier score, calibration with its noise floor, lift, bootstrap errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.prediction.churn.odds import Floats, log_loss, log_odds

_BINS = 15
_BOOTSTRAPS = 100
_FLOORS = 50


@dataclass(frozen=True)
class Quality:
    """Measures of probabilities against outcomes. `auc` None where all had the same outcome.

    `ece`: mean distance of said and seen over 15 groups of equal size; `ece_floor`: what perfect probabilities would show in
    so many customers, by chance alone. Names ending in `_se`: bootstrap standard errors over customers.
    """

    customers: int
    left: int
    auc: float | None
    log_loss: float
    brier: float
    ece: float
    ece_floor: float
    auc_se: float | None
    log_loss_se: float
    brier_se: float


@dataclass(frozen=True)
class CalibrationPoint:
    """Customers of about the same risk: what was said on average, what was seen (shares 0..1)."""

    customers: int
    said: float
    seen: float


@dataclass(frozen=True)
class LiftPoint:
    """Of the `called` customers called most at risk `left` left; by chance it would have been `by_chance`."""

    called: int
    left: int
    by_chance: float

    @property
    def lift(self) -> float | None:
        """How many times chance."""
        return self.left / self.by_chance if self.by_chance else None


def auc(risk: Floats, left: Floats) -> float | None:
    """The share of pairs of one who left and one who stayed that are in order; ties count half (Mann and Whitney 1947)."""
    positive = float(left.sum())
    negative = len(left) - positive
    if positive == 0 or negative == 0:
        return None
    _, place, count = np.unique(risk, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2.0)[place]
    return float((rank[left > 0].sum() - positive * (positive + 1) / 2) / (positive * negative))


def quality(risk: Floats, left: Floats, *, seed: int = 0, bootstraps: int = _BOOTSTRAPS) -> Quality:
    """All measures of probabilities (rows,) against outcomes 0 or 1 (rows,)."""
    score = log_odds(risk)
    generator = np.random.default_rng(seed)
    drawn = [generator.integers(0, len(left), len(left)) for _ in range(bootstraps if len(left) else 0)]
    areas = [found for rows in drawn if (found := auc(risk[rows], left[rows])) is not None]
    return Quality(
        customers=len(left),
        left=int(left.sum()),
        auc=auc(risk, left),
        log_loss=log_loss(score, left),
        brier=_brier(risk, left),
        ece=calibration_error(risk, left),
        ece_floor=float(
            np.mean([calibration_error(risk, one) for one in _perfect(risk, generator)] or [0.0])
        ),
        auc_se=float(np.std(areas)) if areas else None,
        log_loss_se=_error(lambda rows: log_loss(score[rows], left[rows]), drawn),
        brier_se=_error(lambda rows: _brier(risk[rows], left[rows]), drawn),
    )


def calibration(risk: Floats, left: Floats, bins: int = _BINS) -> tuple[CalibrationPoint, ...]:
    """Groups of equal size by risk, lowest first."""
    order = np.argsort(risk, kind="stable")
    groups = [rows for rows in np.array_split(order, bins) if len(rows)]
    return tuple(
        CalibrationPoint(len(rows), float(risk[rows].mean()), float(left[rows].mean())) for rows in groups
    )


def calibration_error(risk: Floats, left: Floats, bins: int = _BINS) -> float:
    """Expected calibration error over groups of equal size (M. Naeini et al., AAAI 2015)."""
    points = calibration(risk, left, bins)
    total = sum(point.customers for point in points)
    return sum(point.customers * abs(point.said - point.seen) for point in points) / total if total else 0.0


def lift(risk: Floats, left: Floats, called: tuple[int, ...] = (100,)) -> tuple[LiftPoint, ...]:
    """Who left among those called most at risk; equal risks in the order given."""
    order = np.argsort(-risk, kind="stable")
    share = float(left.mean()) if len(left) else 0.0
    sizes = [min(size, len(left)) for size in called]
    return tuple(LiftPoint(n, int(left[order[:n]].sum()), n * share) for n in sizes)


def _brier(risk: Floats, left: Floats) -> float:
    return float(np.mean((risk - left) ** 2)) if len(left) else 0.0


def _perfect(risk: Floats, generator: np.random.Generator) -> list[Floats]:
    return (
        [(generator.random(len(risk)) < risk).astype(np.float64) for _ in range(_FLOORS)] if len(risk) else []
    )


def _error(measure: Callable[[npt.NDArray[np.int64]], float], drawn: list[npt.NDArray[np.int64]]) -> float:
    return float(np.std([measure(rows) for rows in drawn])) if drawn else 0.0
