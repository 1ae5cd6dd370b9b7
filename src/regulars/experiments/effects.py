"""What it added: treated less held out, look by look, with intervals that stay valid however often somebody looks.

Everybody assigned is compared as assigned (intention to treat), whether reached or not. At each look the effect is that
on what customers did since their own day of assignment, so far. See estimates.py for the estimate, sequences.py for the
interval, docs/experiments.md for both in plain words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.experiments.estimates import Estimates, clock, estimated
from regulars.experiments.moments import Happened, Moments, moments
from regulars.experiments.sequences import always_valid_p, bound, checked_alpha, fixed_bound, narrowest
from regulars.kernel.errors import InputError

Answer = Literal["too_early", "no_effect_seen", "added", "took"]
Floats = npt.NDArray[np.float64]

# The held out and the treated must each rest on so many customers (`Moments.told_by`) before anything is said.
TOLD_BY = 15


@dataclass(frozen=True)
class Interval:
    """An estimate and where the truth lies, with the probability asked for."""

    estimate: float
    low: float
    high: float

    def times(self, factor: float) -> Interval:
        """All three times a number that is not negative."""
        return Interval(self.estimate * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Effect:
    """One outcome of one arm at one look.

    `treated`, `held_out`: customers; `treated_mean`, `held_out_mean`: their plain means, a share for `kept`.
    `per_customer`: the difference, adjusted and valid at all looks at once; `fixed`: the same with the usual interval,
    right only for who looks once on a day fixed beforehand; `total`: what all treated customers together did more.
    All three are None while `answer` is `too_early`. `p`: the always-valid p-value. `reduction`: the share of the variance
    that covariates took away, 0..1. `day` is None where outcomes were given without days.
    """

    outcome: str
    arm: str
    day: date | None
    alpha: float
    answer: Answer
    treated: int
    held_out: int
    treated_mean: float
    held_out_mean: float
    per_customer: Interval | None
    fixed: Interval | None
    total: Interval | None
    p: float
    reduction: float

    @property
    def relative(self) -> float | None:
        """The difference as a share of the mean of who was held out; None where that is not above 0."""
        if self.per_customer is None or self.held_out_mean <= 0:
            return None
        return self.per_customer.estimate / self.held_out_mean


@dataclass(frozen=True)
class EffectPath:
    """The effects on one outcome of one arm, look by look, oldest first."""

    outcome: str
    arm: str
    looks: tuple[Effect, ...]

    @property
    def latest(self) -> Effect:
        return self.looks[-1]

    def to_arrow(self) -> pa.Table:
        """One row a look: `day`, `answer`, `treated`, `held_out`, means, `estimate`, `low`, `high`, `fixed_low`, `fixed_high`
        (null while it is too early), `p`, `reduction`."""
        return pa.Table.from_pylist([_row(effect) for effect in self.looks], schema=_SCHEMA)


_SCHEMA = pa.schema(
    [
        ("day", pa.date32()),
        ("answer", pa.string()),
        ("treated", pa.int64()),
        ("held_out", pa.int64()),
        *((name, pa.float64()) for name in (
            "treated_mean", "held_out_mean", "estimate", "low", "high", "fixed_low", "fixed_high", "p", "reduction",
        )),
    ]
)  # fmt: skip


def _row(effect: Effect) -> dict[str, object]:
    per_customer, fixed = effect.per_customer, effect.fixed
    same = {name: getattr(effect, name) for name in _SCHEMA.names if hasattr(effect, name)}
    return same | {
        "estimate": per_customer and per_customer.estimate,
        "low": per_customer and per_customer.low,
        "high": per_customer and per_customer.high,
        "fixed_low": fixed and fixed.low,
        "fixed_high": fixed and fixed.high,
    }


def path(
    sums: Moments,
    days: Sequence[date],
    *,
    outcome: str,
    arm: str,
    alpha: float = 0.05,
    share: bool = False,
) -> EffectPath:
    """The effects at all looks; `days`: the day of each look, in order; `share`: whether the outcome is 0 or 1. Nothing is said
    before both arms tell enough."""
    checked_alpha(alpha)
    found = estimated(sums)
    told = sums.told_by(share=share).min(axis=1) >= TOLD_BY
    known = np.flatnonzero(told & (found.error > 0))
    start = int(known[0]) if known.size else len(days)
    reach = np.zeros(len(days))
    clocks = clock(found, start)
    reach[start:] = bound(clocks[start:], alpha)
    looks = tuple(
        _effect(sums, found, place, outcome, arm, day, alpha, float(reach[place]), float(clocks[place]))
        for place, day in enumerate(days)
    )
    return EffectPath(outcome, arm, looks)


def compare(
    treated: npt.NDArray[np.bool_],
    outcomes: Mapping[str, Floats],
    *,
    covariates: Floats | None = None,
    strata: npt.NDArray[np.int64] | None = None,
    share_of_plan: float = 1.0,
    alpha: float = 0.05,
    simultaneous: bool = False,
    arm: str = "treated",
) -> dict[str, Effect]:
    """The effect on each outcome, from one number a customer: the outcomes of an import, or of a test on a site.

    `treated` (N,), outcomes (N,) each, `covariates` (N, K) from before the assignment, `strata` (N,) for customers who are
    to be compared with their like alone (a week of assignment, a market). `share_of_plan`: how many of the planned
    customers are there; the interval is valid at all looks while customers arrive and their outcomes stay, and narrowest
    where the plan ends. `simultaneous`: all outcomes hold together with 1 - alpha (alpha is divided among them).
    Raises InputError for arrays of unequal length, without anybody in an arm, or with values that are not numbers.
    """
    flags = np.asarray(treated, dtype=np.bool_)
    if not outcomes:
        raise InputError("nothing is to be compared.", do="Name an outcome or more.")
    if not 0 < share_of_plan < np.inf:
        raise InputError(f"the share of the plan must be above 0; given: {share_of_plan:g}.")
    if not flags.any() or flags.all():
        raise InputError("an effect needs customers who are treated and customers who are held out.")
    alike = np.zeros(flags.size, np.int64) if strata is None else np.asarray(strata)
    if alike.shape != flags.shape:
        raise InputError(f"{alike.size} values for {flags.size} customers.", where="strata")
    groups = np.unique(alike, return_inverse=True)[1]
    known = np.zeros((flags.size, 0)) if covariates is None else np.asarray(covariates, np.float64)
    known = known[:, None] if known.ndim == 1 else known
    table = scaled(_numbers("covariates", known, flags.size, columns=True))
    level = checked_alpha(alpha) / (len(outcomes) if simultaneous else 1)
    progress = narrowest(level) * share_of_plan
    found = {}
    for name, values in outcomes.items():
        amount = _numbers(name, values, flags.size)
        everyone = Happened(np.arange(flags.size), np.zeros(flags.size, np.int64), amount)
        joined = np.zeros(int(groups.max()) + 1, np.int64)
        sums = moments(groups.astype(np.int64), flags.astype(np.int64), table, joined, everyone, 1)
        told = min(_told_by(amount[side]) for side in (flags, ~flags))
        reach = bound(progress, level) if told >= TOLD_BY else 0.0
        found[name] = _effect(sums, estimated(sums), 0, name, arm, None, level, reach, progress)
    return found


def linearised(treated: npt.NDArray[np.bool_], numerator: Floats, denominator: Floats) -> Floats:
    """One number a customer whose difference of means is the difference of two ratios, such as revenue per order.

    In each arm R + (numerator - R denominator) / mean denominator, R the arm's ratio of sums: the delta method (A. Deng,
    U. Knoblich and J. Lu, KDD 2018). Give the result to `compare`. Raises InputError where an arm's denominator is 0, and as `compare` does.
    """
    flags = np.asarray(treated, dtype=np.bool_)
    above = _numbers("numerator", numerator, flags.size)
    under = _numbers("denominator", denominator, flags.size)
    result = np.zeros(flags.size)
    for side in (flags, ~flags):
        below = float(np.sum(under[side]))
        if below <= 0:
            raise InputError("a ratio needs something to divide by in each arm.")
        ratio = float(np.sum(above[side])) / below
        result[side] = ratio + (above[side] - ratio * under[side]) * (int(side.sum()) / below)
    return result


def scaled(covariates: Floats) -> Floats:
    """Covariates (N, K) with mean 0 and spread 1; those that do not vary are left out."""
    centred = covariates - covariates.mean(axis=0) if covariates.size else covariates
    spread = centred.std(axis=0) if covariates.size else np.zeros(covariates.shape[1])
    varies = spread > 1e-12
    return np.asarray(centred[:, varies] / spread[varies])


def _effect(
    sums: Moments, found: Estimates, place: int, outcome: str, arm: str, day: date | None,
    alpha: float, reach: float, clock_there: float,
) -> Effect:  # fmt: skip
    n, y = sums.n[place].sum(axis=0), sums.y[place].sum(axis=0)
    difference, error = float(found.difference[place]), float(found.error[place])
    plain = float(found.unadjusted_error[place])
    silent = reach == 0.0 or error == 0.0
    per_customer = Interval(difference, difference - reach * error, difference + reach * error)
    usual = fixed_bound(alpha) * error
    return Effect(
        outcome=outcome,
        arm=arm,
        day=day,
        alpha=alpha,
        answer="too_early" if silent else _answer(per_customer),
        treated=int(n[1]),
        held_out=int(n[0]),
        treated_mean=float(y[1] / n[1]) if n[1] else 0.0,
        held_out_mean=float(y[0] / n[0]) if n[0] else 0.0,
        per_customer=None if silent else per_customer,
        fixed=None if silent else Interval(difference, difference - usual, difference + usual),
        total=None if silent else per_customer.times(float(n[1])),
        p=1.0 if silent else always_valid_p(difference / error, clock_there),
        reduction=max(0.0, 1 - (error / plain) ** 2) if plain > 0 else 0.0,
    )


def _told_by(values: Floats) -> float:
    """As `Moments.told_by`, for one arm whose values may also lie around 0."""
    if np.isin(values, (0.0, 1.0)).all():
        return float(min(values.sum(), values.size - values.sum()))
    squares = float(np.sum(values * values))
    return float(np.sum(np.abs(values))) ** 2 / squares if squares > 0 else 0.0


def _answer(interval: Interval) -> Answer:
    if interval.low > 0:
        return "added"
    return "took" if interval.high < 0 else "no_effect_seen"


def _numbers(name: str, values: Floats, count: int, *, columns: bool = False) -> Floats:
    """One finite number a customer (or a row of them, for `columns`). Raises InputError."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 + columns or array.shape[0] != count:
        told = " x ".join(map(str, array.shape)) or "1"
        raise InputError(f"{told} values for {count} customers.", where=name)
    if not np.isfinite(array).all():
        raise InputError(
            "values are missing or no numbers.", where=name, do="Give 0 to who did nothing; leave nobody out."
        )
    return array
