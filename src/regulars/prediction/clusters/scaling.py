"""Traits on one scale: logarithms, few extremes, shares of few orders drawn to the average; saved as plain numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.prediction.clusters.traits import Trait, TraitTable

Floats = npt.NDArray[np.float64]

# A share counts as one of so many orders more, spread as everybody's: one order at a weekend makes nobody a weekend buyer.
PRIOR_ORDERS = 3.0
_REACH = 3.5  # in robust standard deviations
_NORMAL = 1.349  # interquartile range of a standard normal distribution
_FLAT = 1e-9


@dataclass(frozen=True)
class Scale:
    """One trait's way to its place: share or logarithm, held between `low` and `high`, less `centre`, times `factor`.

    `average`: the share of everybody's orders. `factor` 0: it does not vary and says nothing.
    """

    trait: Trait
    average: float
    low: float
    high: float
    centre: float
    factor: float

    def applied(self, values: Floats, orders: Floats) -> Floats:
        """Scaled values (N,); 0, the centre, where there is none."""
        raw = np.clip(raised(self.trait, values, orders, self.average), self.low, self.high)
        return np.where(np.isfinite(raw), (raw - self.centre) * self.factor, 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Scale:
        """From `to_dict`."""
        return cls(**{**data, "trait": Trait(**data["trait"])})


def raised(trait: Trait, values: Floats, orders: Floats, average: float) -> Floats:
    """A trait before scaling: the logarithm, or the share drawn to the average by few orders. NaN stays NaN."""
    if trait.kind != "share":
        return np.asarray(np.log1p(np.maximum(values, 0.0)))
    return (orders * values + PRIOR_ORDERS * average) / (orders + PRIOR_ORDERS)


def scales_of(table: TraitTable) -> tuple[Scale, ...]:
    """Scales that give each trait mean 0 and spread 1, divided so that a block weighs as one trait.

    Extremes are held at 3.5 robust standard deviations (interquartile range / 1.349) from the median, where that range is
    not nothing.
    """
    plain = [_scale(trait, table) for trait in table.traits]
    counted: dict[str, int] = {}
    for scale in plain:
        if scale.factor:
            counted[scale.trait.block] = counted.get(scale.trait.block, 0) + 1
    return tuple(_weighed(scale, counted.get(scale.trait.block, 1)) for scale in plain)


def matrix(table: TraitTable, scales: tuple[Scale, ...]) -> Floats:
    """Scaled traits (N, D), D those that vary."""
    columns = [s.applied(table.values[s.trait.name], table.orders) for s in scales if s.factor]
    return np.column_stack(columns) if columns else np.zeros((len(table), 0))


def _scale(trait: Trait, table: TraitTable) -> Scale:
    values, orders = table.values[trait.name], table.orders
    known = np.isfinite(values)
    if not known.any():
        return Scale(trait, 0.0, 0.0, 0.0, 0.0, 0.0)
    average = float(np.average(values[known], weights=np.maximum(orders[known], 1.0)))
    raw = raised(trait, values[known], orders[known], average)
    first, middle, third = np.quantile(raw, [0.25, 0.5, 0.75])
    reach = _REACH * (third - first) / _NORMAL
    low, high = (middle - reach, middle + reach) if reach > _FLAT else (float(raw.min()), float(raw.max()))
    held = np.clip(raw, low, high)
    spread = float(held.std())
    factor = trait.weight / spread if spread > _FLAT else 0.0
    return Scale(trait, average, float(low), float(high), float(held.mean()), factor)


def _weighed(scale: Scale, block: int) -> Scale:
    return Scale(
        scale.trait, scale.average, scale.low, scale.high, scale.centre, scale.factor / float(np.sqrt(block))
    )
