"""What figures are split by in one question: dimensions by name, segments by rule, and a rule that customers must match."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import ibis
import ibis.expr.types as ir

from regulars.metrics import rfm_customers
from regulars.metrics.analysis import Analysis
from regulars.metrics.calendar import Calendar
from regulars.metrics.dimensions import Dimension, segment
from regulars.metrics.figures import Figure, Row
from regulars.metrics.segments import segment_members

_MATCHING = "matching"  # the hidden dimension behind `where`: 'yes' for who matches


@dataclass(frozen=True)
class Split:
    """Dimensions to split by, and the hidden one of who matches a rule, if there is a rule."""

    shown: tuple[str | Dimension, ...]
    matching: Dimension | None = None

    @property
    def dimensions(self) -> tuple[str | Dimension, ...]:
        return self.shown if self.matching is None else (*self.shown, self.matching)


def prepared(
    analysis: Analysis, names: Sequence[str], where: str | None, segments: Mapping[str, str] | None
) -> Split:
    """The split, with the tables of members that it needs made in the engine. Raises RuleError for a mistake in a rule."""
    shown = tuple(_segments(analysis, segments) if name == "segment" else name for name in names)
    return Split(shown, None if where is None else _matching(analysis, where))


def answered(
    analysis: Analysis, figures: Sequence[Figure], calendar: Calendar, split: Split
) -> Iterator[Row]:
    """The rows of the split with their totals; with a rule, those of who matches it."""
    if split.matching is None:
        yield from analysis.rows(figures, calendar, split.shown, total=bool(split.shown))
        return
    rows = analysis.rows(figures, calendar, split.dimensions)
    if split.shown:
        rows += analysis.rows(figures, calendar, (split.matching,))
    for row in rows:
        values = dict(row.dimensions)
        if values.pop(_MATCHING, None) == "yes":
            yield replace(row, dimensions=tuple(values.items()))


def _segments(analysis: Analysis, segments: Mapping[str, str] | None) -> Dimension:
    if not segments:
        scored = rfm_customers(analysis)
        return _table(analysis, scored.select("customer", segment=scored.rfm_group), "rfm")
    parts = [
        segment_members(analysis, rule).mutate(segment=ibis.literal(name)) for name, rule in segments.items()
    ]
    union = reduce(lambda a, b: a.union(b), parts)
    return _table(analysis, union, repr(sorted(segments.items())))


def _matching(analysis: Analysis, rule: str) -> Dimension:
    found = segment_members(analysis, rule).mutate(segment=ibis.literal("yes"))
    return replace(_table(analysis, found, rule), name=_MATCHING, overlaps=frozenset())


def _table(analysis: Analysis, rows: ir.Table, of: str) -> Dimension:
    # A name of its own for each set of rules: one analysis may be asked with several.
    name = f"members_{hashlib.sha256(of.encode()).hexdigest()[:10]}"
    analysis.engine.put(name, analysis.run(rows))
    return segment(name)
