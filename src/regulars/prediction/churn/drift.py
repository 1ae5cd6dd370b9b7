"""How much customers have changed since training: the population stability index of each feature and of the scores.

PSI = sum over tenths of (now - then) log(now / then) (N. Siddiqi, Credit Risk Scorecards, 2006, who reads under 0.1 as stable
and over 0.25 as changed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.prediction.churn.odds import Floats

_TENTHS = np.linspace(0, 1, 11)[1:-1]
_LEAST = 1e-3


@dataclass(frozen=True)
class Tenths:
    """Cut points of a column, and the share of customers in each part and (last) without a value."""

    points: tuple[float, ...]
    shares: tuple[float, ...]

    @classmethod
    def none(cls) -> Tenths:
        """Of nobody."""
        return cls((), ())

    @classmethod
    def of(cls, values: Floats) -> Tenths:
        known = values[~np.isnan(values)]
        points = tuple(np.unique(np.quantile(known, _TENTHS)).tolist()) if len(known) else ()
        return cls(points, _shares(values, points))

    def psi(self, values: Floats) -> float:
        """The index of other values against these; 0 where nothing was there to compare with."""
        if not self.shares:
            return 0.0
        now = np.maximum(_shares(values, self.points), _LEAST)
        then = np.maximum(self.shares, _LEAST)
        return float(np.sum((now - then) * np.log(now / then)))


@dataclass(frozen=True)
class Shape:
    """The customers that a model was trained for: each feature and the score in tenths, and each feature's typical value."""

    features: Mapping[str, Tenths]
    typical: Mapping[str, float | None]
    score: Tenths

    @classmethod
    def of(cls, features: pa.Table, names: tuple[str, ...], score: Floats) -> Shape:
        """From the features (a row a customer; texts are left out) and the scores (customers,)."""
        columns = {name: numbers(features, name) for name in names if _is_number(features[name].type)}
        return cls(
            {name: Tenths.of(values) for name, values in columns.items()},
            {name: _median(values) for name, values in columns.items()},
            Tenths.of(score),
        )

    def drift(self, features: pa.Table, score: Floats) -> dict[str, float]:
        """The index of each feature, and of `score`, since training; 0: no change."""
        found = {name: tenths.psi(numbers(features, name)) for name, tenths in self.features.items()}
        return {"score": self.score.psi(score), **found}

    def to_dict(self) -> dict[str, Any]:
        plain = {name: [list(one.points), list(one.shares)] for name, one in self.features.items()}
        score = [list(self.score.points), list(self.score.shares)]
        return {"features": plain, "typical": dict(self.typical), "score": score}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Shape:
        features = {name: Tenths(tuple(p), tuple(s)) for name, (p, s) in given["features"].items()}
        points, shares = given["score"]
        return cls(features, dict(given["typical"]), Tenths(tuple(points), tuple(shares)))


def numbers(features: pa.Table, name: str) -> Floats:
    """A column as doubles, NaN where it is not known."""
    found: Floats = features[name].cast(pa.float64()).to_numpy()
    return found


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _median(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(np.quantile(known, 0.5, method="lower")) if len(known) else None


def _shares(values: Floats, points: tuple[float, ...]) -> tuple[float, ...]:
    missing = np.isnan(values)
    place = np.where(missing, len(points) + 1, np.searchsorted(np.asarray(points), values, side="left"))
    counts = np.bincount(place, minlength=len(points) + 2)
    return tuple((counts / max(len(values), 1)).tolist())
