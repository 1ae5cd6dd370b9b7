"""Whether the arms have the shares that they were given: a sample ratio mismatch says that something is broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln
from scipy.stats import chi2

from regulars.experiments.assignment import Experiment
from regulars.kernel.errors import InputError

SUSPICIOUS = 0.001


@dataclass(frozen=True)
class ShareCheck:
    """`counts` and `expected` customers by arm; `p_fixed`: chi-square, for one look; `p`: valid at all looks at once.

    `mismatch`: `p` is under 0.001. Then no effect of this experiment can be trusted: find out who was lost first.
    """

    counts: dict[str, int]
    expected: dict[str, float]
    p_fixed: float
    p: float
    mismatch: bool


def check_shares(
    experiment: Experiment, counts: Mapping[str, int], *, strength: float = 1000.0
) -> ShareCheck:
    """Compare customers by arm with the experiment's shares.

    `p_fixed` is Pearson's chi-square test. `p` is one over the Bayes factor of a Dirichlet(strength x shares) prior on the
    shares against the shares themselves (M. Lindon and A. Malek, 'Anytime-valid inference for multinomial count data',
    NeurIPS 2022): at any time under alpha with probability alpha at most. Raises InputError where an arm has no count.
    """
    missing = [name for name in experiment.names if name not in counts]
    if missing or any(not 0 <= counts[name] < np.inf for name in experiment.names):
        raise InputError(
            f"no count for {', '.join(missing)}." if missing else "counts cannot be negative or missing.",
            where=experiment.key,
        )
    n = np.array([counts[name] for name in experiment.names], dtype=np.float64)
    shares, total = np.array(experiment.shares), float(n.sum())
    expected = shares * total
    statistic = float(np.sum((n - expected) ** 2 / expected)) if total else 0.0
    prior = strength * shares
    evidence = (
        gammaln(strength) - gammaln(strength + total)
        + np.sum(gammaln(prior + n) - gammaln(prior)) - np.sum(n * np.log(shares))
    )  # fmt: skip
    p = float(np.exp(-max(float(evidence), 0.0)))
    return ShareCheck(
        {name: int(counts[name]) for name in experiment.names},
        dict(zip(experiment.names, expected.tolist(), strict=True)),
        float(chi2.sf(statistic, len(n) - 1)),
        p,
        p < SUSPICIOUS,
    )
