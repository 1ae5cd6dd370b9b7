"""Groups of customers as of a snapshot: looked for anew now and then, put to those of before in between; and their portraits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from regulars.lake.tables import Column, Table
from regulars.metrics.analysis import Analysis
from regulars.platform.insights.listing import LISTING
from regulars.platform.insights.rules import personas as rules
from regulars.platform.insights.rules.personas import Numbers
from regulars.prediction.clusters import (
    Grouping,
    Portrait,
    Standing,
    TraitTable,
    collect,
    find_groups,
    portraits,
)

GROUPS = Table(
    "customer_groups",
    "Which persona each customer belongs to, in the run that is shown.",
    key=("customer",),
    columns=(
        Column("customer", "whole", "customer number", required=True),
        Column("persona", "whole", "number of the persona", required=True),
    ),
)
_NOW = ibis.table({"customer": "int64", "persona": "int64"}, name="groups_being_made")
_TRAITS_SHOWN = 12


@dataclass(frozen=True)
class Before:
    """What the last run left: its `grouping`, the day it was looked for, and who was in which persona then (may be empty)."""

    grouping: Grouping
    found_on: date
    members: pa.Table


@dataclass(frozen=True)
class Found:
    """Groups of today. `labels`: of each customer of `table` the group's key, 0 where there are none; `same`: key to number of
    the persona that it is, where it is one; `found_on`: the day on which these groups were looked for."""

    grouping: Grouping
    table: TraitTable
    labels: Numbers
    same: dict[int, int]
    found_on: date


def groups(analysis: Analysis, *, without: set[int], before: Before | None, kept: Before | None) -> Found:
    """The groups of everyone with a counted order but those in `without`.

    `before`: the last run, whose groups stay while they are fresh; `kept`: the last run that had groups, whose personas go on
    living. Their groups' keys are the personas' numbers.
    """
    analysis.prepare()
    with threadpool_limits(1):
        table = _profiled(collect(analysis), without)
        if before is not None and not rules.look_anew(
            found_on=before.found_on, today=analysis.as_of, customers_then=before.grouping.customers,
            customers=len(table), kind=before.grouping.kind,
        ):  # fmt: skip
            return _as_before(analysis, before, without)
        grouping = find_groups(table)
        labels = grouping.assign(table)
        same = {} if kept is None else rules.same_as_before(_then(analysis, kept, table, without), labels)
    return Found(grouping, table, labels, same, analysis.as_of)


def renumbered(found: Found, numbers: Mapping[int, int]) -> Found:
    """The same with personas' numbers in place of the groups' keys."""
    own = tuple(replace(group, key=numbers[group.key]) for group in found.grouping.groups)
    grouping = replace(found.grouping, groups=own, next_key=max(numbers.values(), default=0) + 1)
    labels = np.zeros(len(found.labels), np.int64)
    for key, number in numbers.items():
        labels[found.labels == key] = number
    return replace(
        found, grouping=grouping, labels=labels, same={number: number for number in numbers.values()}
    )


def rows_of(found: Found) -> pa.Table:
    """Rows of GROUPS; none where there are no groups."""
    known = found.labels > 0
    return pa.table({"customer": found.table.customer[known], "persona": found.labels[known]})


def portraits_of(analysis: Analysis, found: Found) -> tuple[Portrait, ...]:
    """The portraits of the groups, largest first."""
    with threadpool_limits(1):
        return portraits(analysis, found.grouping, found.table, found.labels)


def by_market(analysis: Analysis, found: Found) -> dict[str, dict[str, list[Any]]]:
    """Customers and revenue so far (after refunds, as text) of each persona by home market: `{"3": {"DE": [12, "840.00"]}}`."""
    analysis.engine.put(_NOW.get_name(), rows_of(found))
    joined = _NOW.join(LISTING, "customer")
    joined = joined.mutate(market=joined.market.fill_null(""))
    sums = joined.group_by("persona", "market").agg(
        customers=joined.count(), revenue=joined.revenue.sum().cast("decimal(38, 4)")
    )
    rows: dict[str, dict[str, list[Any]]] = {}
    for row in analysis.run(sums.order_by("persona", "market")).to_pylist():
        rows.setdefault(str(row["persona"]), {})[row["market"]] = [row["customers"], str(row["revenue"])]
    return rows


def plain(portrait: Portrait) -> dict[str, Any]:
    """A portrait as JSON: what stands out, strongest first, and what differs beyond chance."""
    return {
        "persona": portrait.key,
        "customers": portrait.customers,
        "share": portrait.share,
        "revenue": portrait.revenue,
        "revenue_share": portrait.revenue_share,
        "stability": portrait.stability,
        "parts": [list(part) for part in portrait.name.parts],
        "place": portrait.name.number,
        "english": portrait.name.english,
        "traits": [_trait(row) for row in portrait.traits[:_TRAITS_SHOWN]],
        "differences": [asdict(row) for row in portrait.differences],
    }


def moved(found: Found, members: pa.Table) -> int:
    """How many customers are in another persona than in these rows of GROUPS, of those in both."""
    then = _aligned(members, found.table.customer)
    return int(((then > 0) & (found.labels > 0) & (then != found.labels)).sum())


def _as_before(analysis: Analysis, before: Before, without: set[int]) -> Found:
    """Everyone put to the groups that there are; who stands about as near to another stays."""
    grouping = before.grouping
    table = _profiled(collect(analysis, categories=grouping.categories, channels=grouping.channels), without)
    labels = grouping.assign(table, _pairs(before.members))
    return Found(grouping, table, labels, {key: key for key in grouping.keys}, before.found_on)


def _then(analysis: Analysis, kept: Before, table: TraitTable, without: set[int]) -> Numbers:
    """The persona of each of the table's customers in the run before, 0 for none. Where its file was lost, by its groups."""
    if len(kept.members):
        return _aligned(kept.members, table.customer)
    grouping = kept.grouping
    old = _profiled(collect(analysis, categories=grouping.categories, channels=grouping.channels), without)
    return _aligned(pa.table({"customer": old.customer, "persona": grouping.assign(old)}), table.customer)


def _aligned(members: pa.Table, customers: Numbers) -> Numbers:
    """`persona` of each of the customers, 0 where there is none; `members` sorted by customer."""
    known, persona = (members[name].to_numpy().astype(np.int64) for name in ("customer", "persona"))
    if not len(known):
        return np.zeros(len(customers), np.int64)
    place = np.minimum(np.searchsorted(known, customers), len(known) - 1)
    return np.where(known[place] == customers, persona[place], 0)


def _pairs(members: pa.Table) -> tuple[Numbers, Numbers] | None:
    """Customers and their personas, as `Grouping.assign` takes them."""
    if not len(members):
        return None
    return members["customer"].to_numpy(), members["persona"].to_numpy()


def _profiled(table: TraitTable, without: set[int]) -> TraitTable:
    """The customers who may be profiled."""
    if not without:
        return table
    objected = np.fromiter(without, np.int64, len(without))
    return table.take(np.flatnonzero(~np.isin(table.customer, objected)))


def _trait(row: Standing) -> dict[str, Any]:
    return {
        "name": row.trait.name.partition(":")[0], "of": row.trait.of, "kind": row.trait.kind, "known": row.known,
        "median": row.median, "rest": row.rest_median, "effect": row.effect, "low": row.low, "high": row.high,
    }  # fmt: skip
