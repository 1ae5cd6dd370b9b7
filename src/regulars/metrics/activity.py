"""Who was a customer when: one row a customer with a mask for each question, and the sums over them by period.

Fader/Hardie-style 'customer at t' without contract: at least one counted order in [t - W, t).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import ibis
import ibis.expr.types as ir

from regulars.kernel.periods import Period
from regulars.lake.engines.primitives import bit_or, has_bit
from regulars.metrics.calendar import Calendar, Chunk
from regulars.metrics.counted import CORE

BLOCK = 8  # periods looked at together: more make more distinct customers, fewer make more passes
KINDS = ("at", "within", "edge", "again", "new")


def activity_name(calendar: Calendar) -> str:
    """Name of the masks by customer."""
    return f"activity_{calendar.masked.name}"


def activity(calendar: Calendar) -> ir.Table:
    """One row a customer who matters to any period of the calendar; for each chunk the masks

    `at` (customer at boundary), `within` (ordered in period), `edge` (ordered so late before the period that they
    are kept by construction), `again` (two or more orders in period), `new` (first counted order in period).
    """
    days = calendar.days
    before = calendar.days.view()
    joined = CORE.join(days, CORE.local_day == days.day)
    joined = joined.left_join(before, joined.previous_day == before.day)
    measures: dict[str, ir.IntegerScalar] = {}
    for chunk in calendar.chunks:
        at, within, edge = (days[name] for name in chunk.masks)
        earlier = before[f"within_{chunk.index}"].fill_null(0)
        nothing = ibis.literal(0, "int64")
        measures |= {
            f"at_{chunk.index}": bit_or(at),
            f"within_{chunk.index}": bit_or(within),
            f"edge_{chunk.index}": bit_or(edge),
            f"again_{chunk.index}": bit_or(within & earlier),
            f"new_{chunk.index}": bit_or(ibis.ifelse(CORE.nth == 1, within, nothing)),
        }
    return joined.group_by(CORE.customer).agg(**measures)


def activity_table(calendar: Calendar) -> ir.Table:
    """The materialised activity as an unbound table, of customers who matter to any period of the calendar."""
    table = masked(calendar, KINDS, activity_name(calendar))
    if calendar.wider is None:
        return table
    there = [
        has_bit(table[f"{kind}_{chunk.index}"], ibis.literal(bits, "int64"))
        for chunk in calendar.chunks
        for kind, bits in (("at", chunk.starts), ("within", chunk.within))
    ]
    return table.filter(ibis.or_(*there))


def masked(calendar: Calendar, kinds: Sequence[str], name: str) -> ir.Table:
    """A table of masks as an unbound expression: `customer`, then one column a kind and chunk."""
    masks = {f"{kind}_{chunk.index}": "int64" for chunk in calendar.masked.chunks for kind in kinds}
    return ibis.table({"customer": "int64", **masks}, name=name)


def customers_by_period(
    table: ir.Table,
    calendar: Calendar,
    names: Sequence[str],
    kinds: Sequence[str],
    states: Callable[
        [Callable[[str, ir.IntegerColumn], ir.BooleanValue], ir.Table], dict[str, ir.BooleanValue]
    ],
) -> ir.Table:
    """Customers in each state, by period and `names`.

    `states(bit, spans)` gives the conditions; `bit(kind, mask)` tests a mask of the customer. Columns: `period`, the
    names, one count a state.
    """
    parts = []
    for chunk, block, marks in _blocks(calendar):
        columns = {
            f"{kind}_{chunk.index}": table[f"{kind}_{chunk.index}"]
            & ibis.literal(marks[0] if kind == "at" else marks[1], "int64")
            for kind in kinds
        }
        # Customers who are alike in these few periods are counted together first: a pass over them is cheap, and what
        # is left to cross with the periods is small.
        alike = table.select(*names, **columns).group_by([*names, *columns]).agg(n=lambda t: t.count())
        spans = calendar.spans
        pairs = alike.cross_join(spans.filter(spans.period.isin([position for position, _ in block])))

        def bit(
            kind: str, place: ir.IntegerColumn, pairs: ir.Table = pairs, k: int = chunk.index
        ) -> ir.BooleanValue:
            return has_bit(pairs[f"{kind}_{k}"], place)

        counts = {
            state: ibis.coalesce(pairs.n.sum(where=condition), 0).cast("int64")
            for state, condition in states(bit, pairs).items()
        }
        parts.append(pairs.group_by(["period", *names]).agg(**counts))
    return ibis.union(*parts)


def _blocks(calendar: Calendar) -> Iterator[tuple[Chunk, tuple[tuple[int, Period], ...], tuple[int, int]]]:
    """The calendar's periods, a few at a time, with the bits of their boundaries and of the periods."""
    for chunk in calendar.chunks:
        for first in range(0, len(chunk.periods), BLOCK):
            block = chunk.periods[first : first + BLOCK]
            edges = {edge for _, period in block for edge in (period.start, period.end)}
            boundaries = sum(1 << bit for bit, edge in enumerate(chunk.boundaries) if edge in edges)
            yield chunk, block, (boundaries, sum(1 << bit for bit in chunk.bits[first : first + BLOCK]))
