"""What goes with leaving, for the whole company (A7): differences of risk with intervals, and what they do not prove.

For each feature the customers with high values are compared with those with low ones (or those with a value and those without).
The difference of the shares that left is adjusted for what else differs: within tenths of the risk that all other stories
give, weighed after Mantel and Haenszel, with the variance of S. Greenland and J. Robins (Biometrics 41, 1985). Many are looked at,
so each has a q: the share of false finds among those with one so small (Y. Benjamini and Y. Hochberg, JRSS B 57, 1995).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import ndtr

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.prediction.churn.ensemble import RIDGE
from regulars.prediction.churn.examples import known_on, left_within, one_in
from regulars.prediction.churn.linear import Linear
from regulars.prediction.churn.matrix import Coding
from regulars.prediction.churn.odds import Floats
from regulars.prediction.features import FEATURES

CAUTION = "This is not proof of cause: customers who differ in this may differ in much else."
_STRATA = 10
_Z = 1.959963984540054  # 97.5 % of the standard normal distribution
_FEWEST = 20  # customers in either group
_FALSE = 0.05

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Effect:
    """Customers high in `feature` against those low in it.

    `high`, `low`: sizes; `above`, `below`: from which value on a customer is high, up to which low (None for a text's
    value). `high_left`, `low_left`: shares that left; `difference`: of the two; `adjusted` with `interval` (95 %): the same within
    tenths of the risk by all else, None where the tenths that have both have under 20 of either, or one outcome. `q`: see the module; `stands_out`: q under 0.05.
    """

    feature: str
    story: str
    words: str
    high: int
    low: int
    above: float | None
    below: float | None
    high_left: float
    low_left: float
    difference: float
    adjusted: float | None
    interval: tuple[float, float] | None
    q: float
    caution: str = CAUTION

    @property
    def stands_out(self) -> bool:
        return self.q < _FALSE


def what_goes_with_leaving(
    analysis: Analysis, horizon_days: int | None = None, as_of: date | None = None
) -> tuple[Effect, ...]:
    """Effects over the latest past day whose horizon is known by `as_of`, strongest first.

    Of very many customers every so-manieth by number is looked at, as in `fit_churn`. Raises InputError where nobody was a
    customer then.
    """
    horizon = horizon_days or analysis.window
    day = (as_of or analysis.as_of) - timedelta(days=horizon)
    (known,) = known_on(analysis, [day], horizon=horizon, one_in=one_in(analysis))
    if len(known.customer) == 0:
        raise InputError(f"Nobody was a customer before {day}.", do="Ask for a shorter horizon.")
    left = left_within(analysis, known, horizon)
    names = [name for name in known.features.column_names if name in FEATURES]
    return effects(
        known.features, left, names, stories={name: FEATURES[name].story for name in names},
        words={name: FEATURES[name].words for name in names},
    )  # fmt: skip


def effects(
    table: pa.Table, left: Floats, columns: Sequence[str], *, stories: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
) -> tuple[Effect, ...]:  # fmt: skip
    """Effects of these columns on outcomes (0 or 1, a row each), strongest first by |adjusted|, then those without.

    `stories`: columns of one story are not adjusted for each other (default: each is its own).
    """
    coding = Coding.of(table, columns)
    matrix = coding.matrix(table)
    if matrix.shape[1] == 0 or left.min(initial=1.0) == left.max(initial=0.0):
        return ()
    told = stories or {name: name for name in columns}
    parts = Linear.fit(matrix, left, np.zeros(len(left), np.int64), ridge=RIDGE).parts(matrix)
    of = np.array([told[name] for name in coding.sources])
    found = []
    for n, (label, name) in enumerate(zip(coding.names, coding.sources, strict=True)):
        split = _groups(matrix[:, n])
        if split is None:
            continue
        strata = _tenths(parts[:, of != told[name]].sum(axis=1))
        found.append((label, name, split, _adjusted(left, split[0], split[1], strata)))
    q = _false_shares(np.array([one[3][1] for one in found]))
    made = [
        _effect(label, told[name], (words or {}).get(name, label), left, split, adjusted, float(share))
        for (label, name, split, (adjusted, _)), share in zip(found, q, strict=True)
    ]
    return tuple(sorted(made, key=_strength))


def _strength(one: Effect) -> tuple[bool, float]:
    return (True, -abs(one.difference)) if one.adjusted is None else (False, -abs(one.adjusted))


def _effect(
    feature: str, story: str, words: str, left: Floats, split: tuple[Flags, Flags, float, float],
    adjusted: tuple[float, float] | None, q: float,
) -> Effect:  # fmt: skip
    high, low, above, below = split
    one, other = float(left[high].mean()), float(left[low].mean())
    interval = None if adjusted is None else (adjusted[0] - _Z * adjusted[1], adjusted[0] + _Z * adjusted[1])
    return Effect(
        feature, story, words, int(high.sum()), int(low.sum()), above, below, one, other, one - other,
        None if adjusted is None else adjusted[0], interval, q,
    )  # fmt: skip


def _groups(values: Floats) -> tuple[Flags, Flags, float, float] | None:
    """Who is in about the highest and the lowest third, never the same value in both; None where either is too small."""
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return None
    below, above = (float(v) for v in np.quantile(known, (1 / 3, 2 / 3), method="nearest"))
    if below == above:
        # Most have one value: those above it against the rest, or those below it.
        larger = known[known > above]
        if len(larger) >= _FEWEST:
            above = float(larger.min())
        else:
            smaller = known[known < below]
            below = float(smaller.max()) if len(smaller) else below
    with np.errstate(invalid="ignore"):
        high, low = values >= above, values <= below
    if below >= above or min(high.sum(), low.sum()) < _FEWEST:
        return None
    return high, low, above, below


def _tenths(score: Floats) -> npt.NDArray[np.int64]:
    points = np.unique(np.quantile(score, np.linspace(0, 1, _STRATA + 1)[1:-1]))
    return np.searchsorted(points, score).astype(np.int64)


def _adjusted(
    left: Floats, high: Flags, low: Flags, strata: npt.NDArray[np.int64]
) -> tuple[tuple[float, float] | None, float]:
    """The Mantel-Haenszel risk difference with its standard error, and the p of none; (None, 1) where the strata that have
    both have too few of either, or one outcome alone."""
    n1, n0 = (np.bincount(strata, group, _STRATA) for group in (high, low))
    a, b = (np.bincount(strata, group * left, _STRATA) for group in (high, low))
    both = (n1 > 0) & (n0 > 0)
    n1, n0, a, b = n1[both], n0[both], a[both], b[both]
    # Two customers who differ, or many of whom all or none left, would have no variance, and look certain.
    if min(n1.sum(), n0.sum()) < _FEWEST or a.sum() + b.sum() in (0, n1.sum() + n0.sum()):
        return None, 1.0
    n = n1 + n0
    weight = n1 * n0 / n
    difference = float(((a * n0 - b * n1) / n).sum() / weight.sum())
    variance = (a * (n1 - a) * n0**3 + b * (n0 - b) * n1**3) / (n1 * n0 * n**2)
    error = float(np.sqrt(variance.sum()) / weight.sum())
    p = 2 * float(ndtr(-abs(difference) / error)) if error > 0 else float(difference == 0)
    return (difference, error), p


def _false_shares(p: Floats) -> Floats:
    """Benjamini and Hochberg's q of each p."""
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    found = np.empty(len(p))
    found[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return found
