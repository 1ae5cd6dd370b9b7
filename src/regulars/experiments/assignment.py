"""Who is held out: a number in [0, 1) from the experiment's key and the customer's number, the same for ever.

The key is hashed to two 64-bit words (SHA-256), the customer's number goes through the finaliser of SplitMix64 (G. L.
Steele, D. Lea and C. H. Flood, OOPSLA 2014; constants of D. Stafford's variant 13) once with each word. Nothing is stored and
nothing is drawn: who was assigned yesterday is assigned alike today, on every machine, and experiments with different
keys do not know of each other. The arithmetic must never change; tests/experiments pins values of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt

from regulars.kernel.errors import InputError

HELD_OUT = "held_out"
TREATED = "treated"
PROPOSED_SHARE = 0.1

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Arm:
    """One arm: its name and the share of customers that it gets, 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True)
class Experiment:
    """An experiment: its key, which never changes, and its arms, the held-out one first; shares add up to 1.

    Arms lie side by side on [0, 1) in their order. A held-out share that grows or shrinks therefore keeps as many of its
    customers as it can; but who changes an arm in the middle of an experiment no longer knows what the effect is of.
    """

    key: str
    arms: tuple[Arm, ...]

    def __post_init__(self) -> None:
        if not self.key:
            raise InputError("an experiment needs a key.", do="Give it a name that no other has.")
        names = [arm.name for arm in self.arms]
        if len(names) < 2 or len(set(names)) != len(names) or not all(names):
            raise InputError(
                f"an experiment needs two arms or more, each with a name of its own; given: {', '.join(names) or 'none'}.",
                where=self.key,
            )
        shares = [arm.share for arm in self.arms]
        if (
            not all(isfinite(share) and 0 < share < 1 for share in shares)
            or abs(sum(shares) - 1) > _TOLERANCE
        ):
            told = ", ".join(f"{arm.name} {arm.share:g}" for arm in self.arms)
            raise InputError(
                f"the shares of the arms must lie between 0 and 1 and add up to 1; given: {told}.",
                where=self.key,
            )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(arm.name for arm in self.arms)

    @property
    def shares(self) -> tuple[float, ...]:
        return tuple(arm.share for arm in self.arms)


def holdout(key: str, share: float = PROPOSED_SHARE) -> Experiment:
    """The experiment of a hand-over: `share` of the customers is held out, the others are treated."""
    return Experiment(key, (Arm(HELD_OUT, share), Arm(TREATED, 1 - share)))


def uniforms(key: str, customers: npt.ArrayLike | Sequence[int]) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each customer number (whole numbers of 64 bits, any order, repeats alike).

    Multiples of 2^-53, equally likely; independent between customers and between keys for all that can be measured.
    """
    numbers = np.asarray(customers)
    if numbers.size == 0:
        return np.zeros(0)
    if numbers.dtype.kind not in "iu":
        raise InputError("customers must be whole numbers.", do="Give customer numbers, not names or shares.")
    start, twist = _words(key)
    mixed = _mix(numbers.astype(np.uint64) + start)
    mixed = _mix((mixed ^ twist) + _GOLDEN)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def assign(experiment: Experiment, customers: npt.ArrayLike | Sequence[int]) -> npt.NDArray[np.int8]:
    """For each customer number the place of its arm in `experiment.arms` (0: the first, the held-out one)."""
    if len(experiment.arms) > 127:
        raise InputError("an experiment can have 127 arms at most.", where=experiment.key)
    # The last bound is left out: what rounding leaves over belongs to the last arm.
    bounds = np.cumsum(experiment.shares)[:-1]
    return np.searchsorted(bounds, uniforms(experiment.key, customers), side="right").astype(np.int8)


def _words(key: str) -> tuple[np.uint64, np.uint64]:
    digest = hashlib.sha256(key.encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "big")), np.uint64(int.from_bytes(digest[8:16], "big"))


def _mix(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finaliser; arrays of unsigned words wrap round, which is what is wanted."""
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))
