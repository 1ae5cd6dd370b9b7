"""What retention work cost, per customer kept, and the profit that it added (K19), measured against who was held out."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from regulars.experiments.effects import Effect, Interval
from regulars.kernel.errors import InputError


@dataclass(frozen=True)
class RetentionReturn:
    """`cost` of the work; `kept`: customers kept that would not have been; `margin` that it added; `profit`: margin less cost.

    `cost_per_kept` is None where no customer was kept more (by the estimate); its bounds `cost_per_kept_low` and
    `cost_per_kept_high` are None where there is none (so many may have been kept as none). `roi` is profit over cost, with its
    interval, None where nothing was spent. Both effects are held to be true at once with 1 - 2 alpha at least.
    """

    cost: float
    kept: Interval
    margin: Interval | None
    profit: Interval | None
    roi: Interval | None
    cost_per_kept: float | None
    cost_per_kept_low: float | None
    cost_per_kept_high: float | None


def retention_return(cost: float, kept: Effect, margin: Effect | None = None) -> RetentionReturn | None:
    """The return of work that cost `cost` in all (incentives, sending, people), in the currency of `margin`.

    `kept`: the effect on customers kept; `margin`: on margin, None where it is not known. None while it is too early to say.
    Raises InputError for a cost that is negative, or effects of different arms.
    """
    if not 0 <= cost < inf:
        raise InputError(f"the cost cannot be negative or without end; given: {cost:g}.")
    if margin is not None and margin.arm != kept.arm:
        raise InputError(f"effects of different arms: {kept.arm} and {margin.arm}.")
    if kept.total is None:
        return None
    added = margin.total if margin is not None else None
    profit = Interval(added.estimate - cost, added.low - cost, added.high - cost) if added else None
    return RetentionReturn(
        cost,
        kept.total,
        added,
        profit,
        profit.times(1 / cost) if profit and cost else None,
        _each(cost, kept.total.estimate),
        _each(cost, kept.total.high),
        _each(cost, kept.total.low),
    )


def _each(cost: float, customers: float) -> float | None:
    return cost / customers if customers > 0 else None
