"""What figures are split by in one question: dimensions by name, segments by rule, and a rule that customers must match."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce

import ibis
import ibis.expr.types as ir

from regulars.metrics import rfm_customers
from regulars.metrics.analysis import Analysis
from regulars.metrics.dimensions import Dimension, segment
from regulars.metrics.figures import Row
from regulars.metrics.segments import members

MATCHING = "matching"  # the dimension behind `where`: 'yes' for who matches; hidden in the answer


def prepare_segments(
    analysis: Analysis, names: Sequence[str], where: str | None, segments: Mapping[str, str] | None
) -> tuple[str | Dimension, ...]:
    """The dimensions to split by, with the tables of members that they need made in the engine.

    Raises RuleError for a mistake in a rule.
    """
    split: list[str | Dimension] = []
    for name in names:
        split.append(_segments(analysis, segments) if name == "segment" else name)
    if where is not None:
        split.append(_matching(analysis, where))
    return tuple(split)


def kept(rows: Iterable[Row], *, hidden: str | None) -> Iterator[Row]:
    """The rows of who matches, without the dimension that says so; all rows where nothing is hidden."""
    for row in rows:
        values = dict(row.dimensions)
        if hidden is None:
            yield row
        elif values.pop(hidden, None) == "yes":
            yield replace(row, dimensions=tuple(values.items()))


def _segments(analysis: Analysis, segments: Mapping[str, str] | None) -> Dimension:
    if not segments:
        analysis.prepare()
        scored = rfm_customers(analysis)
        return _table(analysis, scored.select("customer", segment=scored.rfm_group), "rfm")
    parts = [
        members(analysis, rule).select("customer").mutate(segment=ibis.literal(name))
        for name, rule in segments.items()
    ]
    union = reduce(lambda a, b: a.union(b), parts)
    return _table(analysis, union, repr(sorted(segments.items())))


def _matching(analysis: Analysis, rule: str) -> Dimension:
    found = members(analysis, rule).select("customer").mutate(segment=ibis.literal("yes"))
    return replace(_table(analysis, found, rule), name=MATCHING, overlaps=frozenset())


def _table(analysis: Analysis, rows: ir.Table, of: str) -> Dimension:
    # A name of its own for each set of rules: one analysis may be asked with several.
    name = f"members_{hashlib.sha256(of.encode()).hexdigest()[:10]}"
    analysis.engine.materialise(name, rows)
    return segment(name)
