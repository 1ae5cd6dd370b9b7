"""Which past days a shop is trained on: days from which the horizon has passed, the same season a year ago among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from regulars.kernel.errors import InputError

_MOST = 8
_YEAR = 365
_SHORTEST = 28  # days of horizon that can be learned from, if less is not asked for


@dataclass(frozen=True)
class Schedule:
    """`cuts` in order; outcomes of each are known for `horizons` days, which is `asked` unless the history is short."""

    cuts: tuple[date, ...]
    horizons: tuple[int, ...]
    asked: int


def schedule(first: date, as_of: date, horizon: int) -> Schedule:
    """The cuts for facts from `first` to before `as_of`.

    Half a horizon apart, at most 8 (9 with the season), the latest a horizon before `as_of`; each with at least half a horizon of history
    before it. Where they reach back a year, the one nearest to a year before `as_of` is that very day. Where the history
    is shorter than two horizons, the cuts are after a third, half and two thirds of it, and each looks ahead as far as it can.
    Raises InputError where the history is too short for any.
    """
    if horizon < 1:
        raise InputError(
            f"A horizon of {horizon} days is none.", where="horizon_days", do="Give 1 day or more."
        )
    length = (as_of - first).days
    shortest = min(horizon, _SHORTEST)
    if length < 3 * shortest:
        raise InputError(
            f"The facts reach back {max(length, 0)} days: too short to learn who comes back within {horizon}.",
            where=f"facts before {as_of}",
            do=f"Give at least {3 * shortest} days of history, or ask for a shorter horizon.",
        )
    ages = _ages(length, horizon)
    cuts = tuple(as_of - timedelta(days=age) for age in ages)
    return Schedule(cuts, tuple(min(age, horizon) for age in ages), horizon)


def _ages(length: int, horizon: int) -> list[int]:
    """Days from each cut to the day of training, longest first."""
    if length < 2 * horizon + min(horizon, _SHORTEST):
        return sorted({2 * length // 3, length // 2, length // 3}, reverse=True)
    step = max(horizon // 2, 1)
    oldest = length - step
    ages = [age for n in range(_MOST) if (age := horizon + n * step) <= oldest]
    return sorted(_with_season(ages, oldest, step), reverse=True)


def _with_season(ages: list[int], oldest: int, step: int) -> set[int]:
    """The ages with the nearest to a year moved there, or a year added where they end before it."""
    if oldest < _YEAR or ages[0] > _YEAR:
        return set(ages)
    near = [age for age in ages if abs(age - _YEAR) <= step / 2 and age != ages[0]]
    return (set(ages) - set(near[:1])) | {_YEAR}
