"""A forecast of a figure from its own history, with an interval from what the same method got wrong in the past.

Two methods compete on the series itself: a damped trend (E. S. Gardner and E. McKenzie, Management Science 1985) and the
value of the same period a season earlier. Each is tried from every earlier period as if the rest were not known; the
one with the smaller mean error is used, and the size of its errors makes the interval (four of five cases inside).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, sqrt
from typing import Literal

FEWEST = 8  # complete periods; with fewer nothing is said
SHARE = 0.8  # of the cases that the interval is to hold
_FIRST = 4  # values that a trial must have before it
_TRIALS = 24  # the newest origins: older errors say less
_ENOUGH = 10  # errors of one distance that make a quantile of their own

Method = Literal["damped_trend", "same_season"]
_Forecaster = Callable[[Sequence[float], int], list[float]]


@dataclass(frozen=True)
class Forecast:
    """The value so many periods ahead, with the ends of its interval. `trials`: errors that the interval rests on."""

    value: float
    low: float
    high: float
    method: Method
    trials: int


def forecast(
    values: Sequence[float],
    *,
    season: int,
    ahead: int,
    floor: float | None = None,
    ceiling: float | None = None,
) -> Forecast | None:
    """The value `ahead` periods after the last of `values` (complete periods, oldest first); None under eight of them.

    `season`: periods a year (1: none). `floor`, `ceiling`: what the figure cannot fall below or exceed.
    """
    if len(values) < FEWEST or ahead < 1:
        return None
    best: tuple[float, Method, list[tuple[int, float]]] | None = None
    start = max(_FIRST, season if _seasonal(values, season) else 0)
    for method, predict in _methods(values, season):
        errors = _trials(values, predict, ahead, start)
        mean = sum(abs(error) / sqrt(steps) for steps, error in errors) / len(errors)
        if best is None or mean < best[0]:
            best = (mean, method, errors)
    assert best is not None
    _, method, errors = best
    value = dict(_methods(values, season))[method](values, ahead)[-1]
    reach, trials = _reach(errors, ahead)
    ends = [_within(end, floor, ceiling) for end in (value, value - reach, value + reach)]
    return Forecast(ends[0], ends[1], ends[2], method, trials)


def damped_trend(values: Sequence[float], ahead: int) -> list[float]:
    """Level and damped trend, smoothed by the weights that would have erred least one period ahead."""
    grid = [
        (a, b, p) for a, b, p in product((0.2, 0.5, 0.8, 1.0), (0.0, 0.1, 0.3), (0.8, 0.95)) if b or p == 0.8
    ]
    return min((_smoothed(values, ahead, *weights) for weights in grid), key=lambda found: found[0])[1]


def same_season(season: int) -> _Forecaster:
    """The value of the same period a season earlier."""
    return lambda values, ahead: [values[len(values) - season + step % season] for step in range(ahead)]


def _smoothed(
    values: Sequence[float], ahead: int, a: float, b: float, damping: float
) -> tuple[float, list[float]]:
    level, trend, squares = values[0], 0.0, 0.0
    for value in values[1:]:
        expected = level + damping * trend
        error = value - expected
        squares += error * error
        level = expected + a * error
        trend = damping * trend + a * b * error
    path, reach = [], 0.0
    for step in range(1, ahead + 1):
        reach += damping**step
        path.append(level + reach * trend)
    return squares, path


def _seasonal(values: Sequence[float], season: int) -> bool:
    """Whether there are two seasons: one to look back to and one to try it on."""
    return season > 1 and len(values) >= 2 * season


def _methods(values: Sequence[float], season: int) -> list[tuple[Method, _Forecaster]]:
    found: list[tuple[Method, _Forecaster]] = [("damped_trend", damped_trend)]
    if _seasonal(values, season):
        found.append(("same_season", same_season(season)))
    return found


def _trials(values: Sequence[float], predict: _Forecaster, ahead: int, start: int) -> list[tuple[int, float]]:
    """(periods ahead, error) of forecasts made as if only the values before each origin were known."""
    errors = []
    for origin in range(max(start, len(values) - _TRIALS), len(values)):
        known = values[origin : origin + ahead]
        path = predict(values[:origin], len(known))
        errors += [
            (step, value - said) for step, (value, said) in enumerate(zip(known, path, strict=True), 1)
        ]
    return errors


def _reach(errors: Sequence[tuple[int, float]], ahead: int) -> tuple[float, int]:
    """Half the interval's width, and how many errors it rests on.

    Where too few trials reached so far ahead, nearer ones are taken as if errors grew with the root of the distance.
    The rank is that of conformal prediction, which holds its share with few errors too.
    """
    exact = [abs(error) for steps, error in errors if steps == ahead]
    if len(exact) < _ENOUGH:
        exact = [abs(error) * sqrt(ahead / steps) for steps, error in errors if steps <= ahead]
    exact.sort()
    rank = ceil((len(exact) + 1) * SHARE)
    return exact[min(rank, len(exact)) - 1], len(exact)


def _within(value: float, floor: float | None, ceiling: float | None) -> float:
    if floor is not None:
        value = max(floor, value)
    return value if ceiling is None else min(ceiling, value)
