"""The values that a column of texts has in the facts, for suggestions: asked once a snapshot and then remembered."""

from __future__ import annotations

from functools import lru_cache

import ibis
import ibis.expr.types as ir

from regulars.lake.tables import ORDER_LINES
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import COUNTED
from regulars.metrics.segments import STANDARD, RuleColumn
from regulars.platform.core.api import Reach
from regulars.platform.insights.models import Snapshot
from regulars.platform.insights.personas_queries import names
from regulars.platform.insights.personas_rules import PERSONA
from regulars.platform.insights.reading import NothingYet, TooSlow, asking

MOST = 200
_SECONDS = 1.0  # a suggestion that comes later is of no use
_OF_LINES = ("category", "product")
_OF_ORDERS = ("source",)


def values_of(column: RuleColumn, reach: Reach) -> tuple[str, ...]:
    """The commonest values, at most 200; none where they cannot be had at once. Markets out of reach are not named."""
    if column.name == PERSONA.name:
        return tuple(names().values())[:MOST]
    snapshot = Snapshot.objects.filter(current=True).values_list("pk", flat=True).first()
    if snapshot is None:
        return ()
    try:
        found = _values(snapshot, column.name)
    except (TooSlow, NothingYet):
        return ()
    if column.name == "market" and reach.markets is not None:
        return tuple(value for value in found if value in reach.markets)
    return found


@lru_cache(maxsize=256)
def _values(snapshot: int, name: str) -> tuple[str, ...]:
    with asking(seconds=_SECONDS) as analysis:
        table = _table(analysis, name)
        if table is None:
            return ()
        known = table.filter(table[name].notnull())
        counted = known.group_by(value=known[name]).agg(n=known.count())
        rows = analysis.run(counted.order_by([ibis.desc("n"), "value"]).limit(MOST)).to_pylist()
    return tuple(row["value"] for row in rows)


def _table(analysis: Analysis, name: str) -> ir.Table | None:
    """Where a column stands; None for one that is no column of texts in the facts."""
    if name in _OF_LINES:
        return ORDER_LINES.ibis if "order_lines" in analysis.facts_given else None
    if name in _OF_ORDERS:
        return COUNTED
    column = STANDARD.columns.get(name)
    if column is None or column.type != "text":
        return None
    return STANDARD.provider_of(name).build(analysis)
