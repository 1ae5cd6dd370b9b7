"""How many and how long, against values of textbooks and of simulation."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.worlds import World, shown
from regulars.experiments import Base, base_of, detectable, plan, power_of, sample_size
from regulars.kernel.errors import InputError


@pytest.mark.parametrize(
    ("base", "difference", "share", "wanted"),
    [
        # (1.959964 + 0.841621)^2 = 7.848880 in every line.
        (Base.proportion(0.2), 0.02, 0.5, 2 * 6507),  # 7.84888 x (.16 + .1716) / .02^2 = 6506.7 in each half
        (Base.proportion(0.5), 0.1, 0.5, 2 * 385),  # 7.84888 x (.25 + .24) / .01 = 384.6
        (Base(10.0, 16.0), 1.0, 0.5, 503),  # 7.84888 x (32 + 32) = 502.3
        (Base(10.0, 16.0), 1.0, 0.1, 1396),  # 7.84888 x (160 + 17.778) = 1395.4
        (Base(10.0, 16.0, explained=0.5), 1.0, 0.1, 698),  # half of it
    ],
)
def test_sample_sizes_of_the_usual_test(base: Base, difference: float, share: float, wanted: int) -> None:
    found = sample_size(base, difference, share=share, daily=False)
    assert found == pytest.approx(wanted, abs=1)


def test_looking_every_day_takes_nearly_twice_as_many() -> None:
    base = Base(10.0, 16.0)
    ratio = sample_size(base, 0.1) / sample_size(base, 0.1, daily=False)
    assert ratio == pytest.approx((3.0351 + 0.8416) ** 2 / 7.84888, rel=1e-3)


@pytest.mark.parametrize("base", [Base.proportion(0.2), Base(10.0, 16.0), Base(10.0, 16.0, explained=0.4)])
def test_size_power_and_detectable_difference_agree(base: Base) -> None:
    size = sample_size(base, 0.05, power=0.9)
    assert power_of(base, 0.05, size) == pytest.approx(0.9, abs=1e-3)
    assert detectable(base, size, power=0.9) == pytest.approx(0.05, rel=1e-3)


def test_a_planned_hand_over_finds_what_it_was_planned_for() -> None:
    """Planned from one world in which nothing is done, run in another in which it is."""
    past = World(customers=20_000, held_out=0.5).gathered(0)
    base = base_of(past, "orders")
    difference = 0.3 * base.mean
    size = sample_size(base, difference, power=0.8)
    found = [shown(World(customers=size, effect=0.3), "orders", seed)[-1].answer for seed in range(60)]
    assert 0.7 <= found.count("added") / 60 <= 1


def test_the_base_of_the_past_is_its_mean_variance_and_what_covariates_explain() -> None:
    past = World(customers=5_000).gathered(0)
    orders = past.totals("orders")
    base = base_of(past, "orders")
    assert (base.mean, base.variance) == pytest.approx((orders.mean(), orders.var(ddof=1)))
    r = np.corrcoef(past.covariates[:, 0], orders)[0, 1]
    assert base.explained == pytest.approx(r**2, abs=1e-3)
    assert base_of(past, "kept").mean == pytest.approx(past.totals("kept").mean())


def test_weeks_are_those_of_joining_and_of_the_last_horizon() -> None:
    base = Base(10.0, 16.0)
    needed = sample_size(base, 1.0)
    found = plan(base, 1.0, horizon=90, at_once=needed - 1000, per_week=300)
    assert (found.customers, found.weeks) == (needed, 4 + 13)
    assert plan(base, 1.0, horizon=90, at_once=needed).weeks == 13
    assert plan(base, 1.0, horizon=90).weeks is None
    assert found.held_out == pytest.approx(needed / 10, abs=1)


def test_what_cannot_be_seen_with_so_few() -> None:
    assert detectable(Base.proportion(0.9), 50) is None
    assert power_of(Base.proportion(0.2), 0.02, 0) == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Base.proportion(0.0),
        lambda: sample_size(Base.proportion(0.9), 0.2),
        lambda: sample_size(Base(1.0, 1.0), 0.0),
        lambda: sample_size(Base(1.0, 1.0), 0.1, share=1.0),
        lambda: power_of(Base(1.0, 1.0), 0.1, 100, alpha=0.0),
        lambda: base_of(World(customers=20).gathered(0), "orders"),
        lambda: Base(1.0, float("nan")),
    ],
)
def test_what_cannot_be_planned_is_refused(ask: object) -> None:
    with pytest.raises(InputError):
        ask()  # type: ignore[operator]
