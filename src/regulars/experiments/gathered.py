"""What assigned customers did since, treated and held out alike, and the effects that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from regulars.experiments.effects import EffectPath, path
from regulars.experiments.moments import Happened, moments, summed
from regulars.kernel.errors import InputError

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

OUTCOMES = ("kept", "orders", "revenue", "margin")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Gathered:
    """Assigned customers and what they did. Arrays of N customers: `customer` (sorted), `arm` (place in `arms`), `day`
    (days since 1970), `covariates` (N, K; scaled). Arrays of rows, one a customer and day, in order: `who` (place of the
    customer), `when` (days since 1970), and by outcome `amounts`. `margin` is missing where one order's is not known.
    `arms`: names, the held-out one first; `as_of`: the first day that is not looked at.
    """

    arms: tuple[str, ...]
    as_of: date
    horizon: int
    customer: Whole
    arm: Whole
    day: Whole
    covariates: Floats
    who: Whole
    when: Whole
    amounts: Mapping[str, Floats]

    @property
    def outcomes(self) -> tuple[str, ...]:
        return tuple(name for name in OUTCOMES if name in self.amounts)

    def counts(self) -> dict[str, int]:
        """Customers by arm."""
        found = np.bincount(self.arm, minlength=len(self.arms))
        return {name: int(n) for name, n in zip(self.arms, found, strict=True)}

    def totals(self, outcome: str) -> Floats:
        """The outcome of each customer so far (N,)."""
        return summed(self.who, self._amount(outcome), self.customer.size)

    def path(
        self, outcome: str, arm: str, *, alpha: float = 0.05, looks: Sequence[date] | None = None
    ) -> EffectPath:
        """The effects of `arm` on an outcome at the end of each day (or of the `looks`, in order), from the first
        assignment to the day before `as_of`. Raises InputError for an outcome or an arm that is not there."""
        if arm not in self.arms[1:]:
            raise InputError(f"'{arm}' is no treated arm.", do=f"There are: {', '.join(self.arms[1:])}.")
        amount = self._amount(outcome)
        chosen = (self.arm == 0) | (self.arm == self.arms.index(arm))
        if not chosen.any():
            raise InputError("nobody was assigned before the day looked at.")
        days = self._looks(int(self.day[chosen].min()), looks)
        ends = np.array([_number(day) for day in days])
        here = chosen & (self.day <= ends[-1])
        place = np.cumsum(here) - 1
        first, stratum = np.unique(self.day[here], return_inverse=True)
        kept = here[self.who] & (self.when <= ends[-1])
        happened = _by_look(place[self.who[kept]], np.searchsorted(ends, self.when[kept]), amount[kept])
        sums = moments(
            stratum.astype(np.int64), (self.arm[here] > 0).astype(np.int64), self.covariates[here],
            np.searchsorted(ends, first), happened, len(days),
        )  # fmt: skip
        return path(sums, days, outcome=outcome, arm=arm, alpha=alpha, share=outcome == "kept")

    def effects(
        self, *, alpha: float = 0.05, simultaneous: bool = False
    ) -> dict[tuple[str, str], EffectPath]:
        """All outcomes of all arms, by (arm, outcome). `simultaneous`: all intervals together hold with 1 - alpha
        (Bonferroni); otherwise each by itself does."""
        pairs = [(arm, outcome) for arm in self.arms[1:] for outcome in self.outcomes]
        level = alpha / len(pairs) if simultaneous else alpha
        return {(arm, outcome): self.path(outcome, arm, alpha=level) for arm, outcome in pairs}

    def _amount(self, outcome: str) -> Floats:
        if outcome not in self.amounts:
            do = (
                "State a margin or give costs."
                if outcome == "margin"
                else f"There are: {', '.join(self.outcomes)}."
            )
            raise InputError(f"the outcome '{outcome}' is not known.", do=do)
        return self.amounts[outcome]

    def _looks(self, first: int, looks: Sequence[date] | None) -> tuple[date, ...]:
        begin, last = _EPOCH + timedelta(first), self.as_of - timedelta(1)
        if looks is None:
            return tuple(begin + timedelta(n) for n in range((last - begin).days + 1))
        days = tuple(sorted({day for day in looks if begin <= day <= last}))
        if not days:
            raise InputError(f"no look lies between {begin} and {last}.", do="Name a day in between.")
        return days


def _by_look(who: Whole, look: Whole, amount: Floats) -> Happened:
    """Rows of one customer and look together; they come in order."""
    if not who.size:
        return Happened(who, look, amount)
    new = np.concatenate([[True], (who[1:] != who[:-1]) | (look[1:] != look[:-1])])
    starts = np.flatnonzero(new)
    return Happened(who[starts], look[starts], np.add.reduceat(amount, starts))


def _number(day: date) -> int:
    return (day - _EPOCH).days
