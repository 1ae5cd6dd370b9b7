"""Made-up hand-overs: customers who buy at random, each at a rate of their own, some held out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from regulars.experiments.effects import Effect, Interval, scaled
from regulars.experiments.gathered import Gathered

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class World:
    """`weeks` hand-overs in a row; `effect`: the treated buy so much more often (0.2: a fifth); `uneven`: how much rates
    differ between customers (variance over squared mean); half of the customers' earlier year is known."""

    customers: int = 2_000
    days: int = 90
    weeks: int = 1
    held_out: float = 0.1
    rate: float = 0.02
    uneven: float = 1.0
    effect: float = 0.0

    def gathered(self, seed: int) -> Gathered:
        """One run of it."""
        chance = np.random.default_rng(seed)
        rates = chance.gamma(1 / self.uneven, self.rate * self.uneven, self.customers)
        joined = 7 * chance.integers(0, self.weeks, self.customers)
        arm = (chance.random(self.customers) >= self.held_out).astype(np.int64)
        before = chance.poisson(rates * 180).astype(np.float64)
        total = chance.poisson(rates * (1 + self.effect * arm) * (self.days - joined))
        who = np.repeat(np.arange(self.customers), total)
        when = joined[who] + (chance.random(who.size) * (self.days - joined[who])).astype(np.int64)
        cells, orders = np.unique(who * self.days + when, return_counts=True)
        who, when = cells // self.days, cells % self.days
        kept = np.zeros(who.size)
        kept[np.unique(who, return_index=True)[1]] = 1.0
        revenue = orders * chance.lognormal(3, 0.8, who.size)
        return Gathered(
            ("held_out", "treated"), EPOCH + timedelta(self.days), self.days, np.arange(self.customers), arm, joined,
            scaled(before[:, None]), who, when, {"orders": orders.astype(np.float64), "revenue": revenue, "kept": kept},
        )  # fmt: skip


def shown(world: World, outcome: str, seed: int) -> list[Effect]:
    """The looks of one run at which something was said."""
    return [
        look for look in world.gathered(seed).path(outcome, "treated").looks if look.answer != "too_early"
    ]


def leaves_out(interval: Interval | None, truth: float) -> bool:
    """Whether the interval is wrong."""
    return interval is not None and not interval.low <= truth <= interval.high
