"""What a goal says and whether it says enough: target, letters, progress, outlook. Plain values in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from regulars.kernel.periods import Grain, Period, floor, shift
from regulars.platform.insights.rules.forecast import FEWEST, forecast

Kind = Literal["relative", "points"]
Direction = Literal["raise", "lower"]
Letter = Literal["S", "M", "A", "R", "T"]
LETTERS: tuple[Letter, ...] = ("S", "M", "A", "R", "T")
SEASONS: dict[str, int] = {"month": 12, "quarter": 4, "year": 1}
SMALL = 30  # customers that a share should rest on
_WINDOWS = 4  # stretches of history without which nothing can be compared


@dataclass(frozen=True)
class Point:
    """A figure in one period. `base`: what a share is of (None where it is no share)."""

    start: date
    end: date
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    base: Decimal | None
    complete: bool


@dataclass(frozen=True)
class Aim:
    """From where to where, by when. `end`: the first day after the period that is judged."""

    baseline: Decimal
    target: Decimal
    end: date

    @property
    def up(self) -> bool:
        return self.target > self.baseline

    def missing(self, value: Decimal) -> Decimal:
        """How much a value falls short; negative or zero where it is enough."""
        return self.target - value if self.up else value - self.target


@dataclass(frozen=True)
class Check:
    """One letter: `code` names the sentence, `values` what stands in it."""

    letter: Letter
    ok: bool
    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outlook:
    """What is to be expected at the end. `gap`: how much the forecast falls short. Values None where it is too early."""

    state: Literal["reached", "missed", "on_track", "may_miss", "will_miss", "too_early", "dropped"]
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    gap: Decimal | None = None
    known: int = 0
    method: str = ""


def known(points: Sequence[Point]) -> list[Point]:
    """Complete periods that have a value, oldest first."""
    return [point for point in points if point.complete and point.value is not None]


def target_of(baseline: Decimal, kind: Kind, direction: Direction, change: Decimal) -> Decimal:
    """What is to be reached: `change` is per cent of the baseline itself, or points (units) of the figure."""
    step = abs(baseline) * change / 100 if kind == "relative" else change
    return baseline + step if direction == "raise" else baseline - step


def last_whole_period(due: date, grain: Grain) -> Period:
    """The last period that is over when the day `due` is."""
    start = floor(due, grain)
    if shift(start, grain, 1) > shift(due, "day", 1):
        start = shift(start, grain, -1)
    return Period(start, shift(start, grain, 1))


def steps_between(first_end: date, last_end: date, grain: Grain) -> int:
    """Periods from the one that ends at `first_end` to the one that ends at `last_end`; negative where it lies before."""
    months = (last_end.year - first_end.year) * 12 + last_end.month - first_end.month
    return months // {"month": 1, "quarter": 3, "year": 12}[grain]


def how_often(points: Sequence[Point], steps: int, aim: Aim, *, relative: bool) -> tuple[int, int]:
    """In how many stretches of so many periods the figure ever moved as much as is wanted, and of how many."""
    values = [point.value for point in known(points) if point.value is not None]
    pairs = list(zip(values, values[steps:], strict=False)) if steps > 0 else []
    if relative:
        pairs = [(a, b) for a, b in pairs if a > 0]
        moves = [(b - a) / a for a, b in pairs]
        wanted = (aim.target - aim.baseline) / abs(aim.baseline) if aim.baseline else Decimal(0)
    else:
        moves = [b - a for a, b in pairs]
        wanted = aim.target - aim.baseline
    done = sum(1 for move in moves if (move >= wanted if aim.up else move <= wanted))
    return done, len(moves)


def specific(*, owner: bool, whole: bool) -> Check:
    if not owner:
        return Check("S", False, "no_owner")
    return Check("S", True, "specific_whole" if whole else "specific_part")


def measurable(points: Sequence[Point], *, share: bool) -> Check:
    """The figure is known for the scope, and rests on enough customers where it is a share."""
    found = known(points)
    if not found:
        return Check("M", False, "not_known")
    last = found[-1]
    if share and last.base is not None and last.base < SMALL:
        return Check("M", False, "small", {"base": int(last.base), "enough": SMALL})
    return Check("M", True, "measured", {"periods": len(found)})


def attainable(points: Sequence[Point], aim: Aim, grain: Grain, *, relative: bool, share: bool) -> Check:
    """Whether it ever happened in that time; a share beyond its limits never can."""
    if share and not 0 <= aim.target <= 100:
        return Check("A", False, "impossible")
    if aim.target < 0 <= aim.baseline:
        return Check("A", False, "impossible")
    found = known(points)
    steps = steps_between(found[-1].end, aim.end, grain) if found else 0
    done, of = how_often(points, steps, aim, relative=relative)
    values = {"times": done, "of": of, "steps": steps, "grain": grain}
    if of < _WINDOWS:
        return Check("A", False, "short_history", values)
    return Check("A", done > 0, "happened" if done else "never_happened", values)


def relevant(worth: Decimal | None, basis: str, reason: str) -> Check:
    """What reaching it is worth, in money a year where that can be said; else a reason in words is needed."""
    if worth is not None:
        return Check("R", worth > 0, f"worth_{basis}", {"worth": worth})
    return Check("R", bool(reason.strip()), "reason" if reason.strip() else "no_reason")


def time_bound(due: date, grain: Grain, points: Sequence[Point]) -> Check:
    """A date at which a whole period after the baseline's is over."""
    period = last_whole_period(due, grain)
    found = known(points)
    values = {"start": period.start, "end": period.end, "due": due}
    if not found or period.end <= found[-1].end:
        return Check("T", False, "too_soon", values)
    if shift(due, "day", 1) != period.end:
        return Check("T", True, "mid_period", values)
    return Check("T", True, "dated", values)


def outlook(points: Sequence[Point], aim: Aim, grain: Grain, *, share: bool, amount: bool) -> Outlook:
    """Reached or missed where the last period is complete; else what the figure's own history lets expect.

    `share`: it lies between 0 and 100. `amount`: it cannot be negative.
    """
    found = known(points)
    judged = next((point for point in found if point.end == aim.end), None)
    if judged is not None and judged.value is not None:
        gap = aim.missing(judged.value)
        return Outlook(
            "missed" if gap > 0 else "reached", judged.value, judged.low, judged.high, gap, len(found)
        )
    ahead = steps_between(found[-1].end, aim.end, grain) if found else 0
    said = forecast(
        [float(point.value) for point in found if point.value is not None],
        season=SEASONS[grain],
        ahead=ahead,
        floor=0.0 if share or amount else None,
        ceiling=100.0 if share else None,
    )
    if said is None:
        return Outlook("too_early", known=len(found))
    value, low, high = (_rounded(x) for x in (said.value, said.low, said.high))
    gap = aim.missing(value)
    best = aim.missing(high if aim.up else low)
    state: Literal["on_track", "may_miss", "will_miss"] = (
        "on_track" if gap <= 0 else "may_miss" if best <= 0 else "will_miss"
    )
    return Outlook(state, value, low, high, gap, len(found), said.method)


def progress(aim: Aim, value: Decimal) -> Decimal:
    """The part of the way that is done, 0..1; a value on the wrong side of the baseline has done none of it."""
    whole = aim.target - aim.baseline
    return max(Decimal(0), min(Decimal(1), (value - aim.baseline) / whole)) if whole else Decimal(1)


def too_few() -> int:
    """Complete periods from which on a forecast is made."""
    return FEWEST


def _rounded(value: float) -> Decimal:
    return Decimal(repr(round(value, 6)))
