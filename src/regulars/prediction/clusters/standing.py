"""What stands out in a group against everybody else: traits with effect sizes, and the group's name by rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from regulars.prediction.clusters.grouping import Grouping
from regulars.prediction.clusters.traits import Trait, TraitTable

Floats = npt.NDArray[np.float64]
Side = Literal["high", "low"]

NAMED = 0.5  # a medium effect (J. Cohen, Statistical Power Analysis, 1988)
_Z = 1.959964


@dataclass(frozen=True)
class Standing:
    """One trait of one group: `median` and `rest_median` (shares: means), `effect`, the standardised difference of means (of
    logarithms, for days, counts and money) over the spread within, with a 95 % interval (L. Hedges and I. Olkin, Statistical Methods for
    Meta-Analysis, 1985). `known`: customers of the group who have the trait."""

    trait: Trait
    known: int
    median: float
    rest_median: float
    effect: float
    low: float
    high: float

    @property
    def side(self) -> Side:
        return "high" if self.effect > 0 else "low"

    @property
    def key(self) -> str:
        """Such as `orders.high`: what translations go by; `trait.of` is the category or channel."""
        return f"{self.trait.name.partition(':')[0]}.{self.side}"


@dataclass(frozen=True)
class GroupName:
    """Parts of a name, strongest first, and the name in English. `number` tells groups with the same parts apart (else 0)."""

    parts: tuple[tuple[str, str | None], ...]
    number: int
    english: str


_WORDS = {
    "recency_days.low": "bought lately", "recency_days.high": "long away",
    "orders.high": "frequent", "orders.low": "few orders",
    "gap_days.low": "short intervals", "gap_days.high": "long intervals",
    "average_order_value.high": "large baskets", "average_order_value.low": "small baskets",
    "discounted_share.high": "buys discounted", "discounted_share.low": "pays full price",
    "refunded_share.high": "sends much back", "refunded_share.low": "keeps what is bought",
    "season_share.high": "before Christmas", "season_share.low": "outside the season",
    "weekend_share.high": "at weekends", "weekend_share.low": "on weekdays",
    "category.high": "{}", "category.low": "no {}",
    "channel.high": "by {}", "channel.low": "not by {}",
}  # fmt: skip


def standings(
    grouping: Grouping, table: TraitTable, labels: npt.NDArray[np.int64]
) -> dict[int, tuple[Standing, ...]]:
    """By group key all traits that vary, strongest first. `labels`: the key of each customer (N,)."""
    found: dict[int, list[Standing]] = {key: [] for key in grouping.keys}
    for trait in table.traits:
        values = table.values[trait.name]
        known = np.isfinite(values)
        compared = values if trait.kind == "share" else np.log1p(np.maximum(values, 0.0))
        for key in grouping.keys:
            one, rest = known & (labels == key), known & (labels != key)
            standing = _standing(trait, values, compared, one, rest)
            if standing is not None:
                found[key].append(standing)
    return {key: tuple(sorted(rows, key=lambda row: -abs(row.effect))) for key, rows in found.items()}


def names(by_group: dict[int, tuple[Standing, ...]]) -> dict[int, GroupName]:
    """A name for each group: its two strongest traits of medium effect or more, one a block; a third, then a number, where two
    groups would be called the same."""
    chosen = {key: _parts(rows, 2) for key, rows in by_group.items()}
    for key, rows in by_group.items():
        if sum(parts == chosen[key] for parts in chosen.values()) > 1:
            chosen[key] = _parts(rows, 3)
    found: dict[int, GroupName] = {}
    for key, parts in chosen.items():
        alike = [other for other in sorted(chosen) if chosen[other] == parts]
        number = alike.index(key) + 1 if len(alike) > 1 else 0
        words = ", ".join(_WORDS[part].format(of) for part, of in parts) or "like most"
        english = words[0].upper() + words[1:] + (f" ({number})" if number else "")
        found[key] = GroupName(parts, number, english)
    return found


def _parts(rows: tuple[Standing, ...], most: int) -> tuple[tuple[str, str | None], ...]:
    blocks: dict[str, Standing] = {}
    for row in rows:
        if abs(row.effect) >= NAMED and row.low * row.high > 0:
            blocks.setdefault(row.trait.block, row)
    return tuple((row.key, row.trait.of) for row in list(blocks.values())[:most])


def _standing(
    trait: Trait, values: Floats, compared: Floats, one: npt.NDArray[np.bool_], rest: npt.NDArray[np.bool_]
) -> Standing | None:
    n, m = int(one.sum()), int(rest.sum())
    if n < 2 or m < 2:
        return None
    spread = np.sqrt(
        ((n - 1) * compared[one].var(ddof=1) + (m - 1) * compared[rest].var(ddof=1)) / (n + m - 2)
    )
    # Where a group is all alike the spread of everybody stands in: no effect is endless.
    spread = max(float(spread), float(compared[one | rest].std()) / 10)
    if spread < 1e-12:
        return None
    effect = float((compared[one].mean() - compared[rest].mean()) / spread)
    reach = _Z * float(np.sqrt(1 / n + 1 / m + effect**2 / (2 * (n + m))))
    middle = np.mean if trait.kind == "share" else np.median
    return Standing(
        trait,
        n,
        float(middle(values[one])),
        float(middle(values[rest])),
        effect,
        effect - reach,
        effect + reach,
    )
