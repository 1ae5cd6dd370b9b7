"""Bounds that hold at all times at once."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.experiments.sequences import START, always_valid_p, bound, clock_of, fixed_bound, narrowest
from regulars.kernel.errors import InputError


def test_the_bound_is_that_of_robbins_normal_mixture() -> None:
    # At V = rho: sqrt(2 x log(2 / .05^2)) = sqrt(2 x 6.684612) = 3.656400.
    assert bound(1.0) == pytest.approx(3.6564, abs=1e-4)
    assert bound(narrowest()) == pytest.approx(3.0351, abs=1e-4)
    assert fixed_bound() == pytest.approx(1.959964)


@pytest.mark.parametrize("alpha", [0.2, 0.05, 0.001])
def test_it_is_narrowest_where_it_says(alpha: float) -> None:
    best = narrowest(alpha)
    assert bound(best, alpha) < min(bound(best * 1.1, alpha), bound(best / 1.1, alpha))


def test_a_brownian_motion_crosses_it_at_most_as_often_as_said() -> None:
    chance = np.random.default_rng(1)
    clocks = np.geomspace(0.01, 1_000, 600)
    steps = chance.normal(size=(4_000, clocks.size)) * np.sqrt(np.diff(clocks, prepend=0.0))
    z = np.cumsum(steps, axis=1) / np.sqrt(clocks)
    crossed = (np.abs(z) > bound(clocks, 0.2)).any(axis=1).mean()
    assert 0.12 < crossed < 0.2


def test_the_p_value_is_the_alpha_whose_bound_is_met() -> None:
    for alpha in (0.2, 0.01):
        assert always_valid_p(bound(3.0, alpha), 3.0) == pytest.approx(alpha)
    assert always_valid_p(0.0, 3.0) == 1


def test_the_clock_of_a_brownian_motion_is_its_variance() -> None:
    clocks = START * np.array([1.0, 2.0, 5.0, 9.0])
    assert clock_of(np.sqrt(clocks[:-1] / clocks[1:])) == pytest.approx(clocks)


def test_what_does_not_move_takes_no_time() -> None:
    assert clock_of(np.ones(3)).tolist() == [START] * 4


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1])
def test_impossible_probabilities_are_refused(alpha: float) -> None:
    with pytest.raises(InputError):
        bound(1.0, alpha)
