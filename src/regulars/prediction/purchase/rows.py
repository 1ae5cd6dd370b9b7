"""The histories that differ, and on which few values the expensive functions have to be computed.

A likelihood needs log(alpha + T) for each T that occurs, not for each customer, and so on: an axis holds the different
values and says which row has which. Customers with other covariates have other parameters: a *pattern* is one combination
of covariates, and an axis tells values apart by pattern. Without covariates there is one pattern.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from regulars.kernel.errors import InputError
from regulars.prediction.purchase.covariates import Covariates
from regulars.prediction.summary import PurchaseSummary

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Axis:
    """Different values (`x`, `time` or both), sorted by x, each with its pattern; `index` leads from rows to them."""

    x: Floats
    time: Floats
    pattern: Integers
    index: Integers


class Rows:
    """Unique (x, t_x, T, pattern) with `count`; `inverse[i]` is the row of customer i, `patterns` (P, C) the covariates."""

    def __init__(
        self,
        x: Floats,
        t: Floats,
        age: Floats,
        count: Floats,
        pattern: Integers,
        patterns: Floats,
        inverse: Integers,
    ) -> None:
        self.x, self.t, self.age, self.count = x, t, age, count
        self.pattern, self.patterns, self.inverse = pattern, patterns, inverse

    @classmethod
    def of(cls, summary: PurchaseSummary, covariates: Covariates | None = None) -> Rows:
        """Collapse a summary. Raises InputError where the covariates are of other customers."""
        if covariates is None or not covariates.names:
            rows = summary.collapsed()
            none = np.zeros(len(rows), np.int64)
            return cls(rows.repeats, rows.recency, rows.age, rows.count, none, np.zeros((1, 0)), rows.inverse)
        if len(covariates.values) != len(summary):
            raise InputError(f"Covariates of {len(covariates.values):,} for {len(summary):,} customers.")
        patterns, codes = np.unique(covariates.values, axis=0, return_inverse=True)
        codes = codes.astype(np.int64).reshape(-1)
        rows = summary.collapsed(codes)
        pattern = np.zeros(len(rows), np.int64)
        pattern[rows.inverse] = codes
        return cls(rows.repeats, rows.recency, rows.age, rows.count, pattern, patterns, rows.inverse)

    def __len__(self) -> int:
        return len(self.x)

    @cached_property
    def customers(self) -> float:
        return float(self.count.sum())

    @cached_property
    def by_x(self) -> Axis:
        return self._axis(self.x, np.zeros_like(self.x))

    @cached_property
    def by_age(self) -> Axis:
        return self._axis(np.zeros_like(self.x), self.age)

    @cached_property
    def by_recency(self) -> Axis:
        return self._axis(np.zeros_like(self.x), self.t)

    @cached_property
    def by_x_age(self) -> Axis:
        return self._axis(self.x, self.age)

    @cached_property
    def by_x_both(self) -> Axis:
        """The pairs (x, t_x) of all rows and then the pairs (x, T): `index` is twice as long as the rows."""
        twice = np.concatenate((self.pattern, self.pattern))
        return _axis(np.concatenate((self.x, self.x)), np.concatenate((self.t, self.age)), twice)

    def counted(self, axis: Axis, weight: Floats | None = None) -> Floats:
        """The sum of `weight` (rows; default: the counts) for each entry of an axis."""
        return np.asarray(
            np.bincount(axis.index, self.count if weight is None else weight, len(axis.x)), np.float64
        )

    def by_pattern(self, amounts: Floats, axis: Axis | None = None) -> Floats:
        """The sum (P,) of amounts of rows, or of an axis's entries, for each pattern."""
        if len(self.patterns) == 1:
            return np.array([float(amounts.sum())])
        return np.asarray(np.bincount((axis or self).pattern, amounts, len(self.patterns)), np.float64)

    def with_counts(self, count: Floats) -> Rows:
        """The same histories with other counts; axes are shared."""
        other = copy.copy(self)
        other.count = count
        other.__dict__.pop("customers", None)
        return other

    def sample(self, customers: int, seed: int) -> Rows:
        """So many customers drawn with replacement; rows that none of them has are left out."""
        share = self.count / self.count.sum()
        drawn = np.random.default_rng(seed).multinomial(customers, share).astype(np.float64)
        kept = np.flatnonzero(drawn)
        return Rows(
            self.x[kept], self.t[kept], self.age[kept], drawn[kept], self.pattern[kept], self.patterns, kept
        )

    def _axis(self, x: Floats, time: Floats) -> Axis:
        return _axis(x, time, self.pattern)


def at(parameter: Floats, pattern: Integers) -> Floats:
    """A parameter (P,) for entries with these patterns; one pattern's stays one number for all."""
    return parameter if len(parameter) == 1 else parameter[pattern]


def _axis(x: Floats, time: Floats, pattern: Integers) -> Axis:
    order = np.lexsort((pattern, time, x)) if pattern.any() else np.lexsort((time, x))
    new = np.ones(len(order), bool)
    new[1:] = False
    for column in (x, time, pattern):
        ranked = column[order]
        new[1:] |= ranked[1:] != ranked[:-1]
    first = order[new]
    index = np.empty(len(order), np.int64)
    index[order] = np.cumsum(new) - 1
    return Axis(x[first], time[first], pattern[first], index)
