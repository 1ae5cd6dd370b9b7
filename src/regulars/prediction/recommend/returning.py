"""Who buys a product again, and when: the time from a customer's first purchase of it to the second.

Whoever has not bought it again yet may still do so, so that a plain share would be too low for what is new. The estimate is
that of E. L. Kaplan and P. Meier (JASA 53:282, 1958): with d_t who bought again after t days and n_t who had not before and
were watched so long, the share that has bought again by t is 1 - product over s <= t of (1 - d_s / n_s). Its standard error
is Greenwood's, its interval that of the log-log scale, which stays within 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regulars.kernel.errors import InputError
from regulars.prediction.recommend.interactions import Floats, Integers

FEWEST_WATCHED = 10  # buyers still watched: beyond that a share says nothing
_Z = 1.959964


@dataclass(frozen=True, eq=False)
class Returning:
    """Shares that bought again: `share`, `low`, `high` and `watched` are (products, days); NaN where too few were watched.

    `half`: days after which half had bought again; 0 where that never came. `products`: as they were asked for.
    """

    products: Integers
    days: Integers
    share: Floats
    low: Floats
    high: Floats
    watched: Integers
    half: Integers


def returning(
    product: Integers, wait: Integers, came: Integers, ended: Integers, *, days: Sequence[int]
) -> Returning:
    """Shares from counts: after `wait` days, `came` buyers of a product bought it again and `ended` were watched no longer.

    Arrays of equal length, each (product, wait) once. Raises InputError where they differ in length or days are not ascending.
    """
    if not len(product) == len(wait) == len(came) == len(ended):
        raise InputError("Products, waits and counts must be equally many.")
    asked = np.asarray(days, dtype=np.int64)
    if not len(asked) or (np.diff(asked) <= 0).any():
        raise InputError("Days must be ascending.", where="days", do="Ask for days such as 30, 60, 90.")
    order = np.lexsort((wait, product))
    what, when, back, gone = product[order], wait[order], came[order], ended[order]
    known, first = np.unique(what, return_index=True)
    group = np.repeat(np.arange(len(known)), np.diff(np.append(first, len(what))))
    watched = _watched(back + gone, first, group)
    with np.errstate(divide="ignore", invalid="ignore"):
        stayed = _running(np.log1p(-back / watched), first, group)
        spread = _running(back / (watched * np.maximum(watched - back, 0.0)), first, group)
    return _at(known, asked, _Steps(group, when, back, gone, watched, stayed, spread, first))


@dataclass(frozen=True, eq=False)
class _Steps:
    """One row a product and wait: still `watched` then, log of the share that `stayed` away, Greenwood's sum `spread`."""

    group: Integers
    when: Integers
    back: Integers
    gone: Integers
    watched: Floats
    stayed: Floats
    spread: Floats
    first: Integers


def _watched(counts: Integers, first: Integers, group: Integers) -> Floats:
    """How many were watched just before each row: all of the product that had not come or ended earlier."""
    if not len(counts):
        return np.zeros(0)
    total = np.add.reduceat(counts, first)
    before = np.cumsum(counts) - counts
    return np.asarray(total[group] - (before - before[first][group]), dtype=np.float64)


def _running(values: Floats, first: Integers, group: Integers) -> Floats:
    """Sums from each product's first row on; what is infinite (nobody stayed away) is kept so by a large number."""
    if not len(values):
        return values
    finite = np.where(np.isfinite(values), values, np.sign(values) * 1e6)
    sums = np.cumsum(finite)
    return np.asarray(sums - (sums - finite)[first][group])


def _at(known: Integers, asked: Integers, steps: _Steps) -> Returning:
    """The curves read at the days that are asked for."""
    width = int(max(steps.when.max(initial=0), asked.max())) + 2
    keys = steps.group * width + steps.when
    wanted = np.arange(len(known))[:, None] * width + asked[None, :]
    last = np.searchsorted(keys, wanted, side="right") - 1
    begun = last >= steps.first[:, None] if len(known) else last >= 0
    at = np.maximum(last, 0)
    if not len(keys):
        nothing = np.zeros((0, len(asked)))
        return Returning(
            known, asked, nothing, nothing, nothing, nothing.astype(np.int64), np.zeros(0, np.int64)
        )
    away = np.where(begun, steps.stayed[at], 0.0)
    spread = np.where(begun, steps.spread[at], 0.0)
    total = np.add.reduceat(steps.back + steps.gone, steps.first)[:, None]
    left = np.where(begun, steps.watched[at] - steps.back[at] - steps.gone[at], total)
    here = begun & (steps.when[at] == asked[None, :])
    watched = np.where(here, steps.watched[at], left).astype(np.int64)
    share = -np.expm1(away)
    low, high = _interval(away, spread)
    enough = watched >= FEWEST_WATCHED
    cut = [np.where(enough, values, np.nan) for values in (share, low, high)]
    return Returning(known, asked, cut[0], cut[1], cut[2], watched, _half(known, steps))


def _interval(away: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Bounds of the share by log(-log) of who stayed away; the share itself where nobody or everybody came."""
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = np.exp(_Z * np.sqrt(spread) / np.abs(away))
    wide = np.where(np.isfinite(wide), wide, 1.0)
    return -np.expm1(away / wide), -np.expm1(away * wide)


def _half(known: Integers, steps: _Steps) -> Integers:
    """The first wait by which half had come, while enough were watched; 0 where there is none."""
    reached = (steps.stayed <= np.log(0.5) + 1e-12) & (steps.watched >= FEWEST_WATCHED)
    found = np.zeros(len(known), dtype=np.int64)
    rows = np.flatnonzero(reached)[::-1]
    found[steps.group[rows]] = steps.when[rows]  # the earliest is written last
    return found
