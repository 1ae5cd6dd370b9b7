"""Holding out, effects and groups for a million customers, beside what a careful person would write (`python -m benchmarks.experiments`).

Processor seconds of one process, peers in the same run. `--customers` for a smaller run.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from benchmarks.harness import publish, table
from regulars.experiments import Gathered, assign, holdout
from regulars.prediction.clusters import TraitTable, find_groups
from regulars.prediction.clusters.scaling import matrix, scales_of
from regulars.prediction.clusters.traits import PLAIN

DAYS, COHORTS = 90, 12
T = TypeVar("T")


def main(customers: int) -> None:
    """Measure and write the table."""
    numbers = np.arange(customers)
    experiment = holdout("benchmark")
    ours, held = _timed(lambda: assign(experiment, numbers))
    theirs, _ = _timed(lambda: _one_by_one("benchmark", numbers))
    rows: list[tuple[object, ...]] = [
        (
            "holding out",
            f"{ours:.2f} s",
            f"{theirs:.2f} s: SHA-256 of key and number, one by one",
            f"**{theirs / ours:.0f}**",
        )
    ]
    panel = _panel(numbers, held.astype(np.int64))
    ours, effect = _timed(lambda: panel.path("revenue", "treated"))
    theirs, last = _timed(lambda: _each_day(panel))
    rows.append(
        (f"effect on revenue, each of {DAYS} days", f"{ours:.2f} s",
         f"{theirs:.2f} s: sums of all customers anew each day, no covariates, usual interval", f"**{theirs / ours:.0f}**")
    )  # fmt: skip
    if abs(effect.latest.treated_mean - effect.latest.held_out_mean - last) > 1e-6 * max(1.0, abs(last)):
        raise SystemExit(f"plain differences of means differ: {effect.latest} and {last}")
    traits = _traits(customers)
    ours, grouping = _timed(lambda: find_groups(traits, seed=1))
    belongs, _ = _timed(lambda: grouping.assign(traits))
    theirs, _ = _timed(lambda: _all_at_once(traits, len(grouping.groups)))
    rows.append(
        (f"groups ({len(grouping.groups)} found), their number and stability too", f"{ours:.2f} s, then {belongs:.2f} s to assign all",
         f"{theirs:.2f} s: scikit-learn's k-means of all, 10 starts, number given", f"**{theirs / (ours + belongs):.1f}**")
    )  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    text = table(("what", "ours", "beside", "times faster"), rows)
    publish(
        "experiments",
        f"{customers:,} customers, processor seconds; peak memory of all of it {peak:,.0f} MB.\n\n{text}",
    )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def _one_by_one(key: str, numbers: npt.NDArray[np.int64]) -> list[bool]:
    return [
        int.from_bytes(hashlib.sha256(f"{key}:{n}".encode()).digest()[:8], "big") < 0.1 * 2**64
        for n in numbers.tolist()
    ]


def _panel(numbers: npt.NDArray[np.int64], arm: npt.NDArray[np.int64]) -> Gathered:
    """Two orders a customer on average, weekly hand-overs, one covariate."""
    chance = np.random.default_rng(1)
    joined = 7 * chance.integers(0, COHORTS, numbers.size)
    rate = chance.gamma(1.0, 2.0, numbers.size)
    who = np.repeat(numbers, chance.poisson(rate * (DAYS - joined) / DAYS))
    when = joined[who] + (chance.random(who.size) * (DAYS - joined[who])).astype(np.int64)
    cells = np.unique(who * DAYS + when)
    who, when = cells // DAYS, cells % DAYS
    before = np.log1p(chance.poisson(rate)).reshape(-1, 1)
    return Gathered(
        ("held_out", "treated"), date(1970, 1, 1) + timedelta(DAYS), DAYS, numbers, arm, joined,
        before - before.mean(), who, when, {"revenue": chance.lognormal(3, 1, who.size)},
    )  # fmt: skip


def _each_day(panel: Gathered) -> float:
    """The difference of means on the last day; on each day one with its standard error."""
    amount, difference = panel.amounts["revenue"], 0.0
    for day in range(DAYS):
        seen = panel.when <= day
        so_far = np.bincount(panel.who[seen], weights=amount[seen], minlength=panel.customer.size)
        there = panel.day <= day
        arms = [so_far[there & (panel.arm == side)] for side in (0, 1)]
        difference = float(arms[1].mean() - arms[0].mean())
        np.sqrt(sum(arm.var(ddof=1) / arm.size for arm in arms))
    return difference


def _traits(customers: int) -> TraitTable:
    """Three kinds of customers in eight traits."""
    chance = np.random.default_rng(2)
    kind = chance.integers(0, 3, customers)
    values = {}
    for place, trait in enumerate(PLAIN):
        middle = np.array([0.15, 0.5, 0.85])[(kind + place) % 3]
        drawn = np.clip(middle + chance.normal(0, 0.08, customers), 0.01, 1)
        values[trait.name] = drawn if trait.kind == "share" else np.ceil(drawn * 40)
    return TraitTable(np.arange(customers), PLAIN, values)


def _all_at_once(traits: TraitTable, groups: int) -> npt.NDArray[np.int32]:
    with threadpool_limits(1):
        return KMeans(max(groups, 2), n_init=10, random_state=1).fit_predict(
            matrix(traits, scales_of(traits))
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.experiments", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    main(parser.parse_args().customers)
