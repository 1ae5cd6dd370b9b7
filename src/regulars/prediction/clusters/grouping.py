"""Groups found, saved as plain data, and who belongs to which: the same customers the same group tomorrow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from regulars.kernel.errors import InputError
from regulars.prediction.clusters.finding import (
    FEWEST,
    MOST,
    Candidate,
    centres_of,
    distances,
    group_stability,
    jaccard,
    nearest,
    search,
)
from regulars.prediction.clusters.scaling import Scale, matrix, scales_of
from regulars.prediction.clusters.traits import Trait, TraitTable

Labels = npt.NDArray[np.int64]
Kind = Literal["groups", "slices", "none"]
Pairs = tuple[Labels, Labels]
Reason = Literal["separate", "no_boundaries", "not_stable", "too_few", "all_alike"]

FORMAT = 1
SAME = 0.5  # a group is that of before if they have more than half of their customers in common
STAY = 0.1  # who has a group keeps it until another is nearer by this share of the distance
_CHUNK = 100_000


@dataclass(frozen=True)
class Group:
    """One group: `key` (1, 2, ...; stays when groups are found anew, and is never used twice), `centre` on the scaled traits,
    `customers` and `share` (0..1) when it was found, `stability` (mean Jaccard similarity, 0..1)."""

    key: int
    centre: tuple[float, ...]
    customers: int
    share: float
    stability: float


@dataclass(frozen=True)
class Grouping:
    """What was found. `kind`: `groups` are separate; `slices` are not, they divide what has no boundaries, but the same way
    each time; `none`: nothing that would come out again. `reason` says why it is no better.

    `candidates`: every number of groups that was tried. `next_key`: the next free one.
    """

    kind: Kind
    reason: Reason
    groups: tuple[Group, ...]
    scales: tuple[Scale, ...]
    candidates: tuple[Candidate, ...]
    customers: int
    seed: int
    next_key: int

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(group.key for group in self.groups)

    @property
    def categories(self) -> tuple[str, ...]:
        return self._named("categories")

    @property
    def channels(self) -> tuple[str, ...]:
        return self._named("channels")

    def assign(self, table: TraitTable, before: Mapping[int, int] | Pairs | None = None) -> Labels:
        """The key of each customer's group (N,); 0 for all where there are none.

        `before`: keys by customer number as they were (or numbers and keys, two arrays): who is about as near to another
        group stays. Raises InputError where the table lacks a trait: collect it with `categories` and `channels` of this
        grouping.
        """
        if not self.groups:
            return np.zeros(len(table), dtype=np.int64)
        missing = [s.trait.name for s in self.scales if s.factor and s.trait.name not in table.values]
        if missing:
            raise InputError(
                f"the table of traits lacks {', '.join(missing)}.",
                do="Collect it with the categories and channels of the grouping.",
            )
        keys, centres = np.array(self.keys), np.array([group.centre for group in self.groups])
        starts = range(0, len(table), _CHUNK)
        known = _sorted(before) if before else None
        parts = [self._chunk(table.part(start, start + _CHUNK), centres, keys, known) for start in starts]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Grouping:
        """From `to_dict`. Raises InputError for another format."""
        if data.get("format") != FORMAT:
            raise InputError(f"groups of format {data.get('format')} cannot be read; this is {FORMAT}.")
        plain = {name: value for name, value in data.items() if name != "format"}
        groups = tuple(Group(**{**group, "centre": tuple(group["centre"])}) for group in plain["groups"])
        scales = tuple(Scale.from_dict(scale) for scale in plain["scales"])
        tried = tuple(Candidate(**candidate) for candidate in plain["candidates"])
        return cls(**{**plain, "groups": groups, "scales": scales, "candidates": tried})

    def _named(self, block: str) -> tuple[str, ...]:
        return tuple(s.trait.of for s in self.scales if s.trait.block == block and s.trait.of is not None)

    def _chunk(
        self,
        table: TraitTable,
        centres: npt.NDArray[np.float64],
        keys: Labels,
        before: Pairs | None,
    ) -> Labels:
        apart = np.sqrt(distances(matrix(table, self.scales), centres))
        place = apart.argmin(axis=1)
        if before is not None:
            old = _places(before, table.customer, keys)
            row = np.arange(len(old))
            stays = (old >= 0) & (apart[row, old] * (1 - STAY) <= apart[row, place])
            place = np.where(stays, old, place)
        return np.asarray(keys[place], dtype=np.int64)


def find_groups(
    table: TraitTable, *, seed: int = 0, most: int = MOST, previous: Grouping | None = None
) -> Grouping:
    """Look for groups of customers. `previous`: groups found before keep their keys where most of their customers are the same.

    Deterministic for a seed. Looks at 6,000 customers to choose the number of groups and at 50,000 to place them.
    """
    scales = scales_of(table) if len(table) else ()
    x = matrix(table, scales)
    found = search(x, seed, most)
    next_key = previous.next_key if previous else 1
    empty = Grouping("none", "not_stable", (), scales, found.candidates, len(table), seed, next_key)
    if not found.candidates:
        return replace(empty, reason="too_few" if len(table) < FEWEST else "all_alike")
    chosen = found.chosen or _stable(found.candidates)
    if chosen is None:
        return empty
    centres = centres_of(x, chosen.groups, seed)
    labels = nearest(x, centres)
    order = np.argsort(-np.bincount(labels, minlength=len(centres)), kind="stable")
    centres, labels = centres[order], np.argsort(order)[labels]
    sizes = np.bincount(labels, minlength=len(centres))
    stability = group_stability(x, centres, seed)
    keys = _keys(labels, len(centres), table, previous)
    groups = tuple(
        Group(key, tuple(centre), int(size), float(size / len(table)), float(stable))
        for key, centre, size, stable in zip(keys, centres.tolist(), sizes, stability, strict=True)
    )
    separate = found.chosen is not None
    return replace(
        empty,
        kind="groups" if separate else "slices",
        reason="separate" if separate else "no_boundaries",
        groups=groups,
        next_key=max(next_key, max(keys) + 1),
    )


def grouped_traits(grouping: Grouping) -> tuple[Trait, ...]:
    """The traits that the groups were found by."""
    return tuple(scale.trait for scale in grouping.scales if scale.factor)


def _sorted(before: Mapping[int, int] | Pairs) -> Pairs | None:
    """Customers, rising, and the key of each; None where there is nobody."""
    if isinstance(before, tuple):
        customer, key = before
    else:
        customer = np.fromiter(before.keys(), np.int64, len(before))
        key = np.fromiter(before.values(), np.int64, len(before))
    order = np.argsort(customer, kind="stable")
    return (customer[order], key[order]) if len(customer) else None


def _places(before: Pairs, customers: Labels, keys: Labels) -> Labels:
    """The place among `keys` of the group that each customer was in (N,); -1 for none, or one that there is no more."""
    known, key = before
    at = np.minimum(np.searchsorted(known, customers), len(known) - 1)
    order = np.argsort(keys)
    place = np.minimum(np.searchsorted(keys[order], key[at]), len(keys) - 1)
    there = (known[at] == customers) & (keys[order][place] == key[at])
    return np.where(there, order[place], -1)


def _stable(candidates: tuple[Candidate, ...]) -> Candidate | None:
    """The largest number of groups that halves agree on, although nothing separates them."""
    return max((c for c in candidates if c.stable), key=lambda candidate: candidate.groups, default=None)


def _keys(labels: Labels, count: int, table: TraitTable, previous: Grouping | None) -> list[int]:
    """Keys of the groups in their order: those of before where they are the same, else new ones."""
    if previous is None or not previous.groups:
        first = previous.next_key if previous else 1
        return list(range(first, first + count))
    old = np.searchsorted(np.sort(previous.keys), previous.assign(table))
    alike = jaccard(labels, old, count, len(previous.groups))
    mine, theirs = linear_sum_assignment(-alike)
    kept = {int(m): sorted(previous.keys)[t] for m, t in zip(mine, theirs, strict=True) if alike[m, t] > SAME}
    fresh = iter(range(previous.next_key, previous.next_key + count))
    return [kept[n] if n in kept else next(fresh) for n in range(count)]
