"""How good probabilities are: ranking, log-loss, Brier score, calibration with its noise floor, lift, bootstrap errors."""

from __future__ import annotations

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
    if left.min(initial=1.0) >= left.max(initial=0.0):
        return None
    place = np.unique(risk, return_inverse=True)[1]
    return _area(place, left, np.ones(len(left)))


def quality(risk: Floats, left: Floats, *, seed: int = 0, bootstraps: int = _BOOTSTRAPS) -> Quality:
    """All measures of probabilities (rows,) against outcomes 0 or 1 (rows,)."""
    score = log_odds(risk)
    generator = np.random.default_rng(seed)
    area_error, loss_error, brier_error = _errors(risk, left, score, generator, bootstraps)
    return Quality(
        customers=len(left),
        left=int(left.sum()),
        auc=auc(risk, left),
        log_loss=log_loss(score, left),
        brier=_brier(risk, left),
        ece=calibration_error(risk, left),
        ece_floor=_floor(risk, generator),
        auc_se=area_error,
        log_loss_se=loss_error,
        brier_se=brier_error,
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


def _area(place: npt.NDArray[np.int64], left: Floats, times: Floats) -> float:
    """The share of pairs in order: `place` of each customer's risk among the different ones, `times` that each counts."""
    positive, negative = (np.bincount(place, times * one).astype(np.float64) for one in (left, 1 - left))
    below = np.cumsum(negative) - negative / 2
    return float((positive * below).sum() / (positive.sum() * negative.sum()))


def _errors(
    risk: Floats, left: Floats, score: Floats, generator: np.random.Generator, bootstraps: int
) -> tuple[float | None, float, float]:
    """Standard errors of the area, the log-loss and the Brier score over customers drawn again.

    A draw is how often each customer is in it, so that nothing is sorted again and one draw is held at a time.
    """
    size = len(left)
    if not size or not bootstraps:
        return None, 0.0, 0.0
    order = np.argsort(risk)
    left, score, risk = left[order], score[order], risk[order]
    place = np.unique(risk, return_inverse=True)[1]
    losses, distances = np.logaddexp(0.0, score) - left * score, (risk - left) ** 2
    areas, means = [], np.empty((bootstraps, 2))
    for turn in range(bootstraps):
        times = np.bincount(generator.integers(0, size, size), minlength=size).astype(np.float64)
        gone = float((times * left).sum())
        if 0 < gone < size:
            areas.append(_area(place, left, times))
        means[turn] = (times * losses).mean(), (times * distances).mean()
    loss, brier = means.std(axis=0)
    return float(np.std(areas)) if areas else None, float(loss), float(brier)


def _floor(risk: Floats, generator: np.random.Generator) -> float:
    """The mean calibration error of perfect probabilities: outcomes drawn from the risks themselves."""
    if not len(risk):
        return 0.0
    ranked = np.sort(risk)
    starts = [rows[0] for rows in np.array_split(np.arange(len(risk)), _BINS) if len(rows)]
    off = [np.add.reduceat((generator.random(len(ranked)) < ranked) - ranked, starts) for _ in range(_FLOORS)]
    return float(np.abs(off).sum(axis=1).mean() / len(ranked))
