"""When an alert fires. Plain values in and out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Literal

Side = Literal["above", "below"]
FACTOR = 3.5  # robust spreads (B. Iglewicz and D. C. Hoaglin, 1993)
BEFORE = 4  # differences to a year earlier that a spread is taken from
_TO_NORMAL = 1.4826  # a median absolute deviation to a standard deviation
_LEAST = 0.01  # of the usual size: the least spread that is believed
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Crossing:
    """`fires` now; `armed`: may fire next time, having been on the right side since."""

    fires: bool
    armed: bool


@dataclass(frozen=True)
class Unusual:
    """The newest value against its own season. `waits`: complete periods still missing; then nothing else is said."""

    waits: int
    fires: bool = False
    value: float = 0.0
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0


def beyond(value: Decimal, limit: Decimal, side: Side) -> bool:
    """Whether a value is on the wrong side; on the limit itself it is not."""
    return value > limit if side == "above" else value < limit


def crossing(value: Decimal, limit: Decimal, side: Side, *, armed: bool) -> Crossing:
    """It fires once, and again only after the value was back."""
    out = beyond(value, limit, side)
    return Crossing(out and armed, not out)


def crossings(values: Iterable[Decimal], limit: Decimal, side: Side) -> list[bool]:
    """For each value, oldest first, whether the alert would have fired."""
    fired, armed = [], True
    for value in values:
        found = crossing(value, limit, side, armed=armed)
        armed = found.armed
        fired.append(found.fires)
    return fired


def unusual(values: Sequence[float], season: int, *, amounts: bool) -> Unusual:
    """The last of the complete periods, compared with a year earlier and with how such comparisons usually come out.

    `amounts`: compared as a ratio (sums of money, counts); else as a difference (shares, scores). Nothing is said
    before there is a whole season, and four comparisons beside the newest.
    """
    if (missing := season + BEFORE + 1 - len(values)) > 0:
        return Unusual(missing)
    if amounts:
        pairs = [(old, new) for old, new in zip(values, values[season:], strict=False) if old > 0]
        moves = [new / old - 1 for old, new in pairs]
    else:
        moves = [new - old for old, new in zip(values, values[season:], strict=False)]
    then, value = values[-1 - season], values[-1]
    if len(moves) <= BEFORE or (amounts and then <= 0):
        return Unusual(max(1, BEFORE + 1 - len(moves)))
    usual, reach = _spread(moves[:-1], amounts, values)
    ends = [then * (1 + move) if amounts else then + move for move in (usual, usual - reach, usual + reach)]
    return Unusual(0, abs(moves[-1] - usual) > reach, value, *ends)


def _spread(moves: Sequence[float], amounts: bool, values: Sequence[float]) -> tuple[float, float]:
    """The usual move, and how far from it is still usual."""
    usual = median(moves)
    deviation = median(abs(move - usual) for move in moves) * _TO_NORMAL
    least = _LEAST if amounts else _LEAST * median(abs(value) for value in values)
    return usual, FACTOR * max(deviation, least)


def would_have_been_unusual(values: Sequence[float], season: int, *, amounts: bool) -> list[bool]:
    """For each value, oldest first, whether it would have been unusual when it was the newest."""
    return [unusual(values[: end + 1], season, amounts=amounts).fires for end in range(len(values))]


def tell_after(last: datetime | None, now: datetime) -> timedelta:
    """How long a person's next mail has to wait: one an hour, the rest is collected."""
    return timedelta(0) if last is None else max(timedelta(0), last + HOUR - now)
