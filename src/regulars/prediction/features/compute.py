"""Features of every customer as of any past days, in one statement of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from itertools import groupby

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CUSTOMER_BASE
from regulars.prediction.features.behaviour import BEHAVIOUR, CONTRACTS
from regulars.prediction.features.declare import Asked, Facts, Feature, sampled
from regulars.prediction.features.purchases import DERIVED, PURCHASES

FEATURES: dict[str, Feature] = {one.name: one for one in (*PURCHASES, *BEHAVIOUR, *DERIVED)}
_USUAL_HORIZON = 91


def features_as_of(
    analysis: Analysis,
    cuts: Sequence[date],
    *,
    horizon: int = _USUAL_HORIZON,
    features: Iterable[Feature] | None = None,
    one_in: int = 1,
) -> pa.Table:
    """One row a customer and cut: `customer`, `cut`, then a double a feature, null where it is not known.

    A customer has a row for a cut if there was a counted order before it (with contract: a subscription that runs on
    it). Facts on or after a cut are not seen, and what was filled in later is not either. `horizon`: days ahead that
    will be asked about, for the features of the season. `one_in`: only every so-manieth customer by number. Features of facts that were not given are left out.
    Raises InputError for no cut or one after the analysis's day.
    """
    return analysis.run(
        features_expression(analysis, cuts, horizon=horizon, features=features, one_in=one_in)
    )


def features_expression(
    analysis: Analysis,
    cuts: Sequence[date],
    *,
    horizon: int = _USUAL_HORIZON,
    features: Iterable[Feature] | None = None,
    one_in: int = 1,
) -> ir.Table:
    """The same as an expression over the prepared tables, for who wants the rows kept in the engine."""
    days = sorted(set(cuts))
    if not days:
        raise InputError("Features need at least one day.", where="cuts")
    if days[-1] > analysis.as_of:
        raise InputError(
            f"The facts end before {days[-1]}.",
            where="cuts",
            do=f"Ask for {analysis.as_of} or an earlier day.",
        )
    analysis.prepare()
    return _as_of(analysis, _put(analysis, days), Asked(horizon, one_in), given_features(analysis, features))


def _put(analysis: Analysis, days: Sequence[date]) -> ir.Table:
    """The cuts as a small table, named by what is in it: expressions for other cuts stay valid beside it."""
    rows = pa.table({
        "cut": pa.array(days, pa.date32()),
        "history": pa.array([(day - analysis.coverage.first).days for day in days], pa.int64()),
    })  # fmt: skip
    name = f"feature_cuts_{sha256(repr(days).encode()).hexdigest()[:12]}"
    analysis.engine.put(name, rows)
    return ibis.table({"cut": "date", "history": "int64"}, name=name)


def given_features(analysis: Analysis, features: Iterable[Feature] | None = None) -> tuple[Feature, ...]:
    """The declared features (or these) whose facts are given; derived ones where all that they are made of is."""
    wanted = tuple(FEATURES.values() if features is None else features)
    base = {
        one.name: one for one in wanted if one.facts is not None and one.facts.needs in analysis.facts_given
    }
    derived = [one for one in wanted if one.facts is None and base.keys() >= set(one.of)]
    return (*base.values(), *derived)


def with_parts(names: Iterable[str]) -> tuple[Feature, ...]:
    """The features of these names and those that they are made of, in the order of declaration."""
    wanted = {part for name in names for part in (name, *FEATURES[name].of)}
    return tuple(one for name, one in FEATURES.items() if name in wanted)


def _as_of(analysis: Analysis, cuts: ir.Table, asked: Asked, features: Sequence[Feature]) -> ir.Table:
    base = sorted((one for one in features if one.facts is not None), key=_facts_name)
    joined = _population(analysis, cuts, asked)
    columns: dict[str, ir.Value] = {}
    for facts, found in groupby(base, key=_facts_of):
        members = list(found)
        part = _aggregated(analysis, facts, members, cuts, asked)
        ours = [joined.customer == part[f"{facts.name} customer"], joined["cut"] == part[f"{facts.name} cut"]]
        joined = joined.left_join(part, ours)
        for one in members:
            value = joined[one.name]
            columns[one.name] = value if one.empty is None else value.fill_null(one.empty)
    row = joined.select(customer=joined.customer, cut=joined["cut"], **columns)
    derived = {one.name: one.make(row, asked).cast("float64") for one in features if one.facts is None}
    row = row.mutate(**derived) if derived else row
    return row.select("customer", "cut", *(one.name for one in features))


def _population(analysis: Analysis, cuts: ir.Table, asked: Asked) -> ir.Table:
    if analysis.contract:
        rows = CONTRACTS.known(analysis.plan, cuts, asked.one_in)
        return rows.filter(rows.ended_day.isnull()).select("customer", "cut").distinct()
    base = CUSTOMER_BASE.filter(sampled(CUSTOMER_BASE.customer, asked.one_in)).select("customer", "first_day")
    base = base.cross_join(cuts.select("cut"))
    return base.filter(base.first_day < base["cut"]).select("customer", "cut")


def _aggregated(
    analysis: Analysis, facts: Facts, members: Sequence[Feature], cuts: ir.Table, asked: Asked
) -> ir.Table:
    rows = facts.known(analysis.plan, cuts, asked.one_in)
    values = {one.name: one.make(rows, asked).cast("float64") for one in members}
    keys = {f"{facts.name} customer": rows.customer, f"{facts.name} cut": rows["cut"]}
    return rows.group_by(**keys).agg(**values)


def _facts_of(one: Feature) -> Facts:
    if one.facts is None:
        raise ValueError(f"{one.name} is derived: it has no facts of its own")
    return one.facts


def _facts_name(one: Feature) -> str:
    return _facts_of(one).name
