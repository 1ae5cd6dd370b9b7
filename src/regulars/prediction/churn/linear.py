"""Ridge logistic regression on piecewise linear splines: one sum of a customer's numbers, so its parts are exact.

Each number becomes a line with knots at quantiles (a truncated power basis of degree 1, T. Hastie, R. Tibshirani and
J. Friedman, The Elements of Statistical Learning, 2nd ed., 5.2) after a signed logarithm, which tames long tails, and a flag where it is not
known. Fitted by Newton steps; the penalty is on standardised columns, and never on the groups' levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from regulars.prediction.churn.odds import Floats, chance, log_loss

_QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
_STEPS = 30
_ENOUGH = 1e-8
_CHUNK = 10_000


@dataclass(frozen=True)
class Spline:
    """One column's basis: `knots` on the logarithmic scale, whether it can be missing.

    The line starts at the first knot and ends at `end`: beyond what was seen in training it is level, for nothing is
    known there.
    """

    knots: tuple[float, ...]
    end: float
    missing: bool

    @property
    def width(self) -> int:
        return max(len(self.knots), 1) + self.missing

    def basis(self, values: Floats) -> Floats:
        """(rows, width): the value, what it exceeds each further knot by, and whether it is missing (all others 0)."""
        scaled = np.sign(values) * np.log1p(np.abs(values))
        unknown = np.isnan(scaled)
        start = self.knots[0] if self.knots else self.end
        scaled = np.clip(scaled, start, self.end)
        line = np.where(unknown, 0.0, scaled - start)
        parts = [line, *(np.where(unknown, 0.0, np.maximum(scaled - knot, 0.0)) for knot in self.knots[1:])]
        return np.column_stack([*parts, unknown.astype(np.float64)] if self.missing else parts)

    @classmethod
    def of(cls, values: Floats) -> Spline:
        known = values[~np.isnan(values)]
        scaled = np.sign(known) * np.log1p(np.abs(known))
        missing = len(known) < len(values)
        if len(known) == 0:
            return cls((), 0.0, missing)
        low, high = float(scaled.min()), float(scaled.max())
        inner = (
            np.unique(np.quantile(scaled, _QUANTILES)) if len(np.unique(scaled[:10_000])) > 2 else np.zeros(0)
        )
        return cls((low, *(float(k) for k in inner if low < k < high)), high, missing)


@dataclass(frozen=True)
class Linear:
    """`splines` a column, `centre` and `scale` of the basis, `weights` on its standardised columns. No level: see blend.py."""

    splines: tuple[Spline, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]

    @classmethod
    def fit(cls, matrix: Floats, left: Floats, groups: npt.NDArray[np.int64], *, ridge: float) -> Linear:
        """Fit outcomes (0 or 1) on a matrix (rows, columns); each of the `groups` (0, 1, ...) has a level of its own."""
        splines = tuple(Spline.of(matrix[:, column]) for column in range(matrix.shape[1]))
        basis = _bases(splines, matrix)
        centre = basis.mean(axis=0)
        # In place: the basis is by far the largest of all that a fit holds.
        basis -= centre
        scale = np.sqrt(np.einsum("ij,ij->j", basis, basis) / max(len(basis), 1))
        scale = np.where(scale > 1e-9, scale, np.inf)  # a column that does not vary gets no say
        # One thread: BLAS takes all cores otherwise, beside a web server that needs them.
        with threadpool_limits(1):
            basis /= scale
            weights = _newton(basis, left, groups, ridge)
        finite = np.where(np.isfinite(scale), scale, 0.0)
        return cls(splines, tuple(centre.tolist()), tuple(finite.tolist()), tuple(weights.tolist()))

    def parts(self, matrix: Floats) -> Floats:
        """(rows, columns): what each column adds to the log-odds, against the mean of those it was trained on."""
        found = np.empty(matrix.shape)
        weights, start = self._plain(), 0
        for column, spline in enumerate(self.splines):
            place = slice(start, start + spline.width)
            values = spline.basis(matrix[:, column]) - np.asarray(self.centre[place])
            found[:, column] = values @ weights[place]
            start += spline.width
        return found

    def score(self, matrix: Floats) -> Floats:
        """The log-odds up to a level, (rows,)."""
        total: Floats = self.parts(matrix).sum(axis=1)
        return total

    def _plain(self) -> Floats:
        scale = np.asarray(self.scale)
        plain: Floats = np.divide(np.asarray(self.weights), scale, out=np.zeros_like(scale), where=scale > 0)
        return plain

    def to_dict(self) -> dict[str, Any]:
        return {
            "splines": [
                {"knots": list(one.knots), "end": one.end, "missing": one.missing} for one in self.splines
            ],
            "centre": list(self.centre),
            "scale": list(self.scale),
            "weights": list(self.weights),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Linear:
        splines = tuple(Spline(tuple(one["knots"]), one["end"], one["missing"]) for one in given["splines"])
        return cls(splines, tuple(given["centre"]), tuple(given["scale"]), tuple(given["weights"]))


def _bases(splines: tuple[Spline, ...], matrix: Floats) -> Floats:
    found, start = np.empty((len(matrix), sum(one.width for one in splines))), 0
    for n, one in enumerate(splines):
        found[:, start : start + one.width] = one.basis(matrix[:, n])
        start += one.width
    return found


def _newton(design: Floats, left: Floats, groups: npt.NDArray[np.int64], ridge: float) -> Floats:
    """Weights of the standardised columns that maximise the penalised likelihood; levels of the groups beside them."""
    width, levels = design.shape[1], int(groups.max(initial=0)) + 1
    beta = np.zeros(width + levels)
    for group in range(levels):
        share = (left[groups == group].sum() + 0.5) / ((groups == group).sum() + 1.0)
        beta[width + group] = np.log(share) - np.log1p(-share)
    penalty = np.r_[np.full(width, ridge), np.full(levels, 1e-6)]
    loss = np.inf
    for _ in range(_STEPS):
        score = design @ beta[:width] + beta[width + groups]
        now = log_loss(score, left) * len(left) + 0.5 * float(penalty @ beta**2)
        if not now < loss - _ENOUGH * len(left):
            break
        loss = now
        p = chance(score)
        gradient, curve = _derivatives(design, groups, levels, left - p, p * (1 - p))
        step = np.linalg.solve(curve + np.diag(penalty), gradient - penalty * beta)
        beta = beta + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-9))
    return beta[:width]


def _derivatives(
    design: Floats, groups: npt.NDArray[np.int64], levels: int, off: Floats, weight: Floats
) -> tuple[Floats, Floats]:
    width = design.shape[1]
    curve = np.zeros((width + levels, width + levels))
    for start in range(0, len(design), _CHUNK):
        rows = slice(start, start + _CHUNK)
        part = design[rows]
        weighed = part * weight[rows, None]
        curve[:width, :width] += part.T @ weighed
        curve[:width, width:] += weighed.T @ (groups[rows, None] == np.arange(levels)).astype(np.float64)
    curve[width:, :width] = curve[:width, width:].T
    gradient = np.r_[design.T @ off, np.bincount(groups, off, levels)]
    curve[width:, width:] = np.diag(np.bincount(groups, weight, levels))
    return gradient, curve
