"""The forecast of a figure: by hand on small series, and by simulation for its interval."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from regulars.platform.insights.rules.forecast import damped_trend, forecast, same_season


def test_fewer_than_eight_periods_are_too_short() -> None:
    assert forecast([1.0] * 7, season=4, ahead=1) is None
    assert forecast([1.0] * 8, season=4, ahead=1) is not None


def test_a_series_that_never_moved_stays_where_it_is() -> None:
    said = forecast([70.0] * 10, season=4, ahead=3)
    assert said is not None and (said.value, said.low, said.high) == (70.0, 70.0, 70.0)


def test_the_same_season_repeats_the_last_one() -> None:
    assert same_season(4)([1, 2, 3, 4, 5, 6, 7, 8], 6) == [5, 6, 7, 8, 5, 6]


def test_a_seasonal_series_is_foreseen_by_its_season() -> None:
    said = forecast([10.0, 20.0, 40.0, 80.0] * 4, season=4, ahead=2)
    assert said is not None and said.method == "same_season" and said.value == 20.0


def test_a_rising_series_is_foreseen_to_rise_but_ever_less() -> None:
    path = damped_trend([float(n) for n in range(30)], 3)
    assert 29 < path[0] < path[1] < path[2] < 33 and path[2] - path[1] < path[1] - path[0]


def test_a_share_stays_within_its_limits() -> None:
    values = [80.0, 99.0, 82.0, 97.0, 99.0, 85.0, 99.5, 99.0, 88.0, 99.0]
    said = forecast(values, season=1, ahead=2, floor=0.0, ceiling=100.0)
    assert said is not None and said.high <= 100.0


def _walk(chance: random.Random) -> list[float]:
    level, path = 70.0, []
    for _ in range(40):
        level += chance.gauss(0.3, 2.0)
        path.append(level)
    return path


def _noise(chance: random.Random) -> list[float]:
    return [70 + chance.gauss(0, 3) for _ in range(40)]


def _seasons(chance: random.Random) -> list[float]:
    return [70 + (0, 8, -5, 20)[n % 4] + chance.gauss(0, 2) for n in range(40)]


@pytest.mark.parametrize("simulate", [_walk, _noise, _seasons])
@pytest.mark.parametrize("ahead", [1, 4])
def test_about_four_of_five_outcomes_lie_in_the_interval(
    simulate: Callable[[random.Random], list[float]], ahead: int
) -> None:
    chance, inside, runs = random.Random(7), 0, 150
    for _ in range(runs):
        path = simulate(chance)
        said = forecast(path[:24], season=4, ahead=ahead)
        assert said is not None
        inside += said.low <= path[23 + ahead] <= said.high
    assert 0.68 <= inside / runs <= 0.92
