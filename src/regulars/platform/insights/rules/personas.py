"""Which of the groups found today are the personas of before, and when groups are looked for anew. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Kind = Literal["groups", "slices", "none"]

SAME = 0.5  # of the customers of either: more than this in common, and a group is the persona of before
AFTER_DAYS = 28  # then groups are looked for anew: people change slowly, and names should not
GROWN = 0.25  # sooner where there are so many customers more or fewer


def same_as_before(before: Numbers, now: Numbers) -> dict[int, int]:
    """Group key to number of the persona that it is, for the groups that are one.

    `before`, `now`: of the customers known to both runs, in the same order, the persona then and the group now; 0 is none.
    A group is the persona with which it shares more than half of the customers of either (Jaccard similarity): two
    personas cannot both be that, nor two groups, so no pair has to be chosen.
    """
    found: dict[int, int] = {}
    both = (before > 0) & (now > 0)
    pairs, common = np.unique(np.column_stack([before[both], now[both]]), axis=0, return_counts=True)
    sizes_before, sizes_now = _sizes(before), _sizes(now)
    for (persona, group), count in zip(pairs.tolist(), common.tolist(), strict=True):
        if count > SAME * (sizes_before[persona] + sizes_now[group] - count):
            found[group] = persona
    return found


def look_anew(
    *, found_on: date | None, today: date, customers_then: int, customers: int, kind: Kind = "groups"
) -> bool:
    """Whether groups are looked for again, or customers only put to those of before.

    `found_on` None: they never were. Where nothing was found, more days may show more, so the wait is a quarter as long.
    """
    if found_on is None:
        return True
    wait = AFTER_DAYS // 4 if kind == "none" else AFTER_DAYS
    grown = abs(customers - customers_then) > GROWN * max(customers_then, 1)
    return grown or (today - found_on).days >= wait


def free_name(wanted: str, taken: set[str], longest: int = 120) -> str:
    """The name, or the name with the first number that makes it one of its own: names are compared without case."""
    used = {name.casefold() for name in taken}
    name, number = wanted[:longest], 1
    while name.casefold() in used:
        number += 1
        end = f" ({number})"
        name = wanted[: longest - len(end)] + end
    return name


def _sizes(numbers: Numbers) -> dict[int, int]:
    values, counts = np.unique(numbers, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))
