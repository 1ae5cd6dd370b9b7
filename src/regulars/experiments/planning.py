"""Beforehand: how many customers and how long, and what can be seen with those that there are.

Two groups of n_held_out = share x n and n_treated = (1 - share) x n customers, two-sided, normal approximation:

    n = (z_error + z_power)^2 x (variance_held_out / share + variance_treated / (1 - share)) / difference^2

(J. L. Fleiss, B. Levin and M. C. Paik, Statistical Methods for Rates and Proportions, 2003, chapter 4, without continuity
correction and with the variances unpooled; for means the usual formula with unequal allocation). A covariate from before
that correlates with the outcome by r leaves 1 - r^2 of the variance (CUPED, A. Deng et al., WSDM 2013).

Who looks every day needs more than who looks once: where an interval is valid at all looks, z_error is its bound at the end
of the plan (3.04 for alpha .05 in place of 1.96; see sequences.py). That is what plans here are made with unless asked
otherwise. The power is that of the last look: crossing earlier only adds to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isfinite, sqrt

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import norm

from regulars.experiments.assignment import PROPOSED_SHARE
from regulars.experiments.gathered import Gathered
from regulars.experiments.sequences import bound, fixed_bound, narrowest
from regulars.kernel.errors import InputError

MOST_WEEKS = 520
_MOST_CUSTOMERS = 1e10  # more than there are people


@dataclass(frozen=True)
class Base:
    """What is to be expected of customers who are left alone: `mean` and `variance` of one customer's outcome, whether it is a
    share of customers (0..1), and `explained`, the share of the variance that covariates from before take away (0..1)."""

    mean: float
    variance: float
    is_share: bool = False
    explained: float = 0.0

    def __post_init__(self) -> None:
        fine = isfinite(self.mean) and isfinite(self.variance) and self.variance >= 0
        fine = fine and (not self.is_share or 0 <= self.mean <= 1)
        if not fine or not 0 <= self.explained < 1:
            raise InputError(
                "a base needs a mean (of a share: 0 to 1), a variance of 0 or more and an explained share from 0 to under 1."
            )

    @classmethod
    def proportion(cls, rate: float, explained: float = 0.0) -> Base:
        """Customers of whom a share of `rate` is kept. Raises InputError where it does not lie between 0 and 1."""
        if not 0 < rate < 1:
            raise InputError(
                f"the base rate must lie between 0 and 1; given: {rate:g}.",
                do="Where nobody or everybody comes back, nothing can be planned from it: take a longer horizon.",
            )
        return cls(rate, rate * (1 - rate), True, explained)

    def treated_variance(self, difference: float) -> float:
        """The variance among the treated, before covariates: that of the higher share, else the same."""
        if not self.is_share:
            return self.variance
        rate = self.mean + difference
        return max(rate * (1 - rate), 0.0)


@dataclass(frozen=True)
class Plan:
    """`customers` in all, of them `held_out`; `weeks` until all have joined and their horizon has passed (None where no
    number a week is known); what was asked: `difference` a customer, `power`, `alpha`, `share`, `daily`."""

    customers: int
    held_out: int
    weeks: int | None
    difference: float
    power: float
    alpha: float
    share: float
    daily: bool


def sample_size(
    base: Base,
    difference: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    share: float = PROPOSED_SHARE,
    daily: bool = True,
) -> int:
    """Customers needed in all to see a `difference` a customer with this power. Raises InputError where none would do."""
    _checked(share, power)
    if difference == 0 or not isfinite(difference):
        raise InputError(
            "no number of customers shows a difference of nothing.", do="Name the smallest that matters."
        )
    if base.is_share and not 0 <= base.mean + difference <= 1:
        raise InputError(
            f"a share of {base.mean:.1%} cannot change by {difference:+.1%}.", do="Name a smaller difference."
        )
    reach = _reach(alpha, daily) + float(norm.isf(1 - power))
    wanted = reach**2 * _spread(base, difference, share) / difference / difference
    if wanted > _MOST_CUSTOMERS:
        raise InputError(
            f"no number of customers that there are shows a difference of {difference:g}.",
            do="Name a larger difference.",
        )
    return max(ceil(wanted - 1e-9), ceil(2 / min(share, 1 - share)))


def power_of(
    base: Base,
    difference: float,
    customers: int,
    *,
    alpha: float = 0.05,
    share: float = PROPOSED_SHARE,
    daily: bool = True,
) -> float:
    """The probability (0..1) that a true `difference` is seen with so many customers, on its own side of nothing."""
    _checked(share)
    if not isfinite(difference):
        raise InputError("a difference must be a number.")
    spread = _spread(base, difference, share)
    if customers <= 0:
        return 0.0
    if spread == 0:
        return 1.0 if difference else 0.0
    return float(norm.sf(_reach(alpha, daily) - abs(difference) / sqrt(spread / customers)))


def detectable(
    base: Base,
    customers: int,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    share: float = PROPOSED_SHARE,
    daily: bool = True,
) -> float | None:
    """The smallest rise a customer that is seen with this power; None where even the largest possible would not be.

    For means in closed form, for shares the root of `power_of`, since the variance changes with the rise.
    """
    _checked(share, power)
    if customers <= 0:
        return None
    reach = _reach(alpha, daily) + float(norm.isf(1 - power))
    if not base.is_share:
        return reach * sqrt(_spread(base, 0.0, share) / customers)

    def short(rise: float) -> float:
        return rise - reach * sqrt(_spread(base, rise, share) / customers)

    most = 1 - base.mean
    return float(brentq(short, 0.0, most)) if short(most) >= 0 else None


def plan(
    base: Base,
    difference: float,
    *,
    horizon: int,
    at_once: int = 0,
    per_week: float = 0.0,
    power: float = 0.8,
    alpha: float = 0.05,
    share: float = PROPOSED_SHARE,
    daily: bool = True,
) -> Plan:
    """How many and how long: `at_once` customers are handed over on the first day, `per_week` join in each later week, and
    the last to join have `horizon` days. `weeks` is None where they never become enough (or not in ten years)."""
    if horizon < 1 or at_once < 0 or not 0 <= per_week < inf:
        raise InputError(
            f"a plan needs a horizon of one day or more and numbers of customers; given: {horizon}, {at_once}, {per_week:g}."
        )
    needed = sample_size(base, difference, power=power, alpha=alpha, share=share, daily=daily)
    later = max(needed - at_once, 0)
    joining: float = 0 if not later else ceil(later / per_week) if per_week > 0 else inf
    weeks = joining + ceil(horizon / 7)
    held_out = ceil(needed * share)
    return Plan(
        needed, held_out, int(weeks) if weeks <= MOST_WEEKS else None, difference, power, alpha, share, daily
    )


def base_of(past: Gathered, outcome: str) -> Base:
    """The base from what like customers did in the past: `gather` them as of a day that lies a horizon back.

    Give those who were in the segment on that day, not those who are in it today: who is at risk today has by definition not
    bought lately. Raises InputError for fewer than 30 customers, or where nobody differs.
    """
    values = past.totals(outcome)
    if values.size < 30:
        raise InputError(
            f"{values.size} customers are too few to plan from.", do="Take a wider segment or a longer past."
        )
    explained = _explained(values, past.covariates)
    if outcome == "kept":
        return Base.proportion(float(values.mean()), explained)
    variance = float(values.var(ddof=1))
    if variance == 0:
        raise InputError(f"all customers have the same {outcome}: nothing can be planned from it.")
    return Base(float(values.mean()), variance, False, explained)


def _explained(values: npt.NDArray[np.float64], covariates: npt.NDArray[np.float64]) -> float:
    """R squared of the regression on the covariates, adjusted for their number (M. Ezekiel, 1930), not under 0."""
    n, k = covariates.shape
    centred = values - values.mean()
    whole = float(centred @ centred)
    if whole == 0 or n <= k + 1:
        return 0.0
    slopes = np.linalg.lstsq(covariates, centred, rcond=None)[0]
    left = centred - covariates @ slopes
    return float(min(max(1 - float(left @ left) / whole * (n - 1) / (n - k - 1), 0.0), 0.99))


def _spread(base: Base, difference: float, share: float) -> float:
    """Variance of the difference of means, times the number of customers."""
    left = 1 - base.explained
    return left * (base.variance / share + base.treated_variance(difference) / (1 - share))


def _reach(alpha: float, daily: bool) -> float:
    return bound(narrowest(alpha), alpha) if daily else fixed_bound(alpha)


def _checked(share: float, power: float = 0.5) -> None:
    if not 0 < share < 1:
        raise InputError(f"the share held out must lie between 0 and 1; given: {share:g}.")
    if not 0 < power < 1:
        raise InputError(f"the power must lie between 0 and 1; given: {power:g}.")
