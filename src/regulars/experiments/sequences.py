"""Intervals that stay valid however often somebody looks: the normal mixture of H. Robbins (Ann. Math. Stat. 41, 1970).

For a Brownian motion W with variance `clock`, the probability that |W| is ever above
sqrt((clock + rho) log((clock + rho) / (rho alpha^2))) is alpha (S. R. Howard, A. Ramdas, J. McAuliffe and J. Sekhon, Ann.
Statist. 49, 2021, equation 14). Differences of means of many customers behave so (I. Waudby-Smith, D. Arbour, R. Sinha,
E. H. Kennedy and A. Ramdas, 'Time-uniform central limit theory and asymptotic confidence sequences', Ann. Statist. 52,
2024). Here everything is in units of rho: `clock` is V / rho, a bound is a number of standard errors.
"""

from __future__ import annotations

from typing import overload

import numpy as np
import numpy.typing as npt
from scipy.special import lambertw
from scipy.stats import norm

from regulars.kernel.errors import InputError

Floats = npt.NDArray[np.float64]

# Where the clock of a path starts: bounds begin at 3.7 standard errors, are narrowest (3.04) once the clock has grown
# eightfold and under 3.3 until it has grown a hundredfold, which is where months of daily looks end.
START = 1.0


def checked_alpha(alpha: float) -> float:
    """The probability of error, strictly between 0 and 1. Raises InputError."""
    if not 0 < alpha < 1:
        raise InputError(f"the probability of error must lie between 0 and 1; given: {alpha:g}.")
    return alpha


@overload
def bound(clock: float, alpha: float = 0.05) -> float: ...
@overload
def bound(clock: Floats, alpha: float = 0.05) -> Floats: ...
def bound(clock: float | Floats, alpha: float = 0.05) -> float | Floats:
    """Standard errors within which the estimate stays of the truth at all looks at once, with probability 1 - alpha."""
    checked_alpha(alpha)
    found = np.sqrt((1 + 1 / np.asarray(clock)) * (np.log1p(clock) - 2 * np.log(alpha)))
    return float(found) if np.isscalar(clock) else found


@overload
def always_valid_p(z: float, clock: float) -> float: ...
@overload
def always_valid_p(z: Floats, clock: Floats) -> Floats: ...
def always_valid_p(z: float | Floats, clock: float | Floats) -> float | Floats:
    """The p-value that goes with `bound`: under alpha exactly where the interval at 1 - alpha leaves out no effect.

    One over the mixture's likelihood ratio exp(z^2 clock / (2 (1 + clock))) / sqrt(1 + clock), at most 1.
    """
    evidence = np.square(z) * clock / (2 * (1 + np.asarray(clock))) - np.log1p(clock) / 2
    found = np.exp(-np.maximum(evidence, 0.0))
    return float(found) if np.isscalar(z) else found


def narrowest(alpha: float = 0.05) -> float:
    """The clock at which the bound is the fewest standard errors: -W(-alpha^2 / e) - 1, W the lower branch of Lambert's
    function (Howard et al. 2021, section 3.5). 8.2 for alpha .05, where the bound is 3.04."""
    return float(-lambertw(-(checked_alpha(alpha) ** 2) / np.e, -1).real - 1)


def fixed_bound(alpha: float = 0.05) -> float:
    """Standard errors of the usual interval, for who looks once, on a day fixed beforehand: 1.96 for alpha .05."""
    return float(norm.isf(checked_alpha(alpha) / 2))


def clock_of(correlations: Floats, start: float = START) -> Floats:
    """The clock at each look, from the correlations (0..1) of the estimates at neighbouring looks; shape (looks - 1,).

    A Brownian motion's values at clocks s < t correlate with sqrt(s / t), so the clock grows by 1 / r^2 from look to
    look. Estimates over the same customers whose outcomes go on are no Brownian motion in their variance; their
    neighbouring values correlate as those of one with this clock, their distant values at least as much (a customer who
    bought much so far goes on to). By Slepian's inequality (Bell Syst. Tech. J. 41, 1962) the bound then errs less often.
    """
    steps = -2 * np.log(np.clip(correlations, 1e-2, 1.0))
    return np.asarray(start * np.exp(np.concatenate([[0.0], np.cumsum(steps)])))
