"""Groups are found where they are, and not where they are not."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from prediction.clusters.made_up import TRAITS, heap, planted, sliding
from regulars.kernel.errors import InputError
from regulars.prediction.clusters import Grouping, TraitTable, find_groups
from regulars.prediction.clusters.finding import distances
from regulars.prediction.clusters.scaling import matrix


@pytest.mark.parametrize("seed", [1, 2])
def test_planted_groups_are_found(seed: int) -> None:
    table, kind = planted(1_500, seed)
    found = find_groups(table, seed=seed)
    assert (found.kind, len(found.groups)) == ("groups", 3)
    assert adjusted_rand_score(kind, found.assign(table)) > 0.9
    assert all(group.stability > 0.85 for group in found.groups)


@pytest.mark.parametrize("seed", [1, 2])
def test_where_there_are_none_it_says_so(seed: int) -> None:
    found = find_groups(heap(1_000, seed), seed=seed)
    assert (found.kind, found.reason, found.groups) == ("none", "not_stable", ())
    assert set(found.assign(heap(50, seed)).tolist()) == {0}
    assert all(candidate.agreement < 0.8 for candidate in found.candidates)


def test_what_has_no_boundaries_is_cut_and_it_says_so() -> None:
    found = find_groups(sliding(1_500, 1), seed=1)
    assert (found.kind, found.reason) == ("slices", "no_boundaries")
    assert not any(candidate.holds for candidate in found.candidates)


def test_the_same_seed_finds_the_same() -> None:
    table, _ = planted(600, 4)
    assert find_groups(table, seed=7, most=4) == find_groups(table, seed=7, most=4)


def test_what_is_saved_assigns_alike() -> None:
    table, _ = planted(600, 4)
    found = find_groups(table, seed=7, most=4)
    again = Grouping.from_dict(json.loads(json.dumps(found.to_dict())))
    assert again == found
    assert (again.assign(table) == found.assign(table)).all()
    with pytest.raises(InputError, match="format"):
        Grouping.from_dict({**found.to_dict(), "format": 99})


def test_found_anew_with_other_customers_groups_keep_their_keys() -> None:
    first, _ = planted(1_500, 5)
    later, _ = planted(1_500, 6, first=1_000)
    before = find_groups(first, seed=1, most=4)
    after = find_groups(later, seed=2, most=4, previous=before)
    assert sorted(after.keys) == sorted(before.keys)
    same = after.assign(later) == before.assign(later)
    assert same.mean() > 0.98


def test_a_group_that_is_new_gets_a_key_that_nobody_had() -> None:
    table, kind = planted(1_500, 5)
    before = find_groups(table.take(np.flatnonzero(kind != 2)), seed=1, most=4)
    after = find_groups(table, seed=1, most=4, previous=before)
    assert (before.keys, sorted(after.keys)) == ((1, 2), [1, 2, 3])
    gone = find_groups(table.take(np.flatnonzero(kind != 1)), seed=1, most=4, previous=after)
    assert gone.next_key == after.next_key


def test_who_stands_between_two_groups_stays_where_they_were() -> None:
    table = sliding(1_500, 1)
    found = find_groups(table, seed=1, most=4)
    keys = found.assign(table)
    x, centres = matrix(table, found.scales), np.array([group.centre for group in found.groups])
    apart = np.sqrt(distances(x, centres))
    second = np.array(found.keys)[np.argsort(apart, axis=1)[:, 1]]
    nearly = np.sort(apart, axis=1)[:, :2] @ [1.0, -0.9] >= 0  # the second is less than a ninth farther away
    moved = dict(zip(table.customer.tolist(), second.tolist(), strict=True))
    held = found.assign(table, before=moved)
    assert 50 < nearly.sum() < len(table) / 4
    assert (held == np.where(nearly, second, keys)).all()  # who clearly belongs elsewhere goes there


@pytest.mark.parametrize("customers", [0, 1, 150])
def test_few_customers_are_no_groups(customers: int) -> None:
    found = find_groups(
        planted(customers, 1)[0] if customers else planted(1, 1)[0].take(np.zeros(0, np.int64))
    )
    assert (found.kind, found.reason) == ("none", "too_few")


def test_customers_who_are_all_alike_are_no_groups() -> None:
    values = {trait.name: np.full(500, 0.5) for trait in TRAITS}
    found = find_groups(TraitTable(np.arange(500), TRAITS, values))
    assert (found.kind, found.reason) == ("none", "all_alike")


def test_a_trait_that_nobody_has_is_left_out() -> None:
    table, kind = planted(800, 3)
    table.values["gap_days"][:] = np.nan
    found = find_groups(table, seed=1, most=4)
    assert adjusted_rand_score(kind, found.assign(table)) > 0.9


def test_a_table_of_other_traits_is_refused() -> None:
    table, _ = planted(600, 4)
    found = find_groups(table, seed=7, most=4)
    values = {name: column for name, column in table.values.items() if name != "category:tea"}
    with pytest.raises(InputError, match="category:tea"):
        found.assign(TraitTable(table.customer, TRAITS[:-1], values))


def test_extremes_and_odd_values_leave_no_gaps() -> None:
    table, kind = planted(800, 3)
    table.values["average_order_value"][:3] = (1e12, -5.0, 0.0)
    table.values["orders"][3] = 1e6
    found = find_groups(table, seed=1, most=4)
    assert np.isfinite([group.centre for group in found.groups]).all()
    assert adjusted_rand_score(kind, found.assign(table)) > 0.9
