"""Who was a customer when: one row a customer with a mask for each question, and the sums over them by period.

Fader/Hardie-style 'customer at t' without contract: at least one counted order in [t - W, t).
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import bit_or, has_bit
from regulars.metrics.calendar import Calendar, Chunk
from regulars.metrics.counted import COUNTED


def activity_name(calendar: Calendar) -> str:
    return f"activity_{calendar.name}"


def _mask_names(chunk: Chunk) -> tuple[str, ...]:
    return tuple(f"{kind}_{chunk.index}" for kind in ("at", "within", "edge", "again", "new"))


def activity(calendar: Calendar) -> ir.Table:
    """One row a customer who matters to any period of the calendar; for each chunk the masks

    `at` (customer at boundary), `within` (ordered in period), `edge` (ordered so late before the period that they
    are kept by construction), `again` (two or more orders in period), `new` (first counted order in period).
    """
    days = calendar.days
    before = calendar.days.view()
    joined = COUNTED.join(days, COUNTED.local_day == days.day)
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
            f"new_{chunk.index}": bit_or(ibis.ifelse(COUNTED.nth == 1, within, nothing)),
        }
    return joined.group_by(COUNTED.customer).agg(**measures)


def activity_table(calendar: Calendar) -> ir.Table:
    """The materialised activity as an unbound table."""
    masks = {name: "int64" for chunk in calendar.chunks for name in _mask_names(chunk)}
    return ibis.table({"customer": "int64", **masks}, name=activity_name(calendar))


def movements(calendar: Calendar, dimensions: ir.Table | None = None) -> ir.Table:
    """Sums over customers by period: one row a period and combination of dimensions.

    `dimensions` has `customer` and one column a dimension; a customer may stand in it several times (then rows are
    not additive). Columns: `period`, the dimensions, and `start`, `end`, `kept`, `lost`, `won`, `won_first`,
    `won_back`, `new`, `came_and_went`, `by_construction`, `ordered_again`, `buyers`, `repeat_buyers`: customers.
    """
    table = activity_table(calendar)
    names: Sequence[str] = ()
    if dimensions is not None:
        names = [name for name in dimensions.columns if name != "customer"]
        table = table.join(dimensions, "customer")
    parts = [_movements_of(table, calendar, chunk, names) for chunk in calendar.chunks]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _movements_of(table: ir.Table, calendar: Calendar, chunk: Chunk, names: Sequence[str]) -> ir.Table:
    masks = _mask_names(chunk)
    # Customers with equal masks are counted together first: the cross join with the periods is then small.
    alike = table.group_by([*names, *masks]).agg(n=table.count())
    spans = calendar.spans.filter(calendar.spans.chunk == chunk.index)
    pairs = alike.cross_join(spans)
    at, within, edge, again, new = (pairs[name] for name in masks)
    start, end = has_bit(at, pairs.start_bit), has_bit(at, pairs.end_bit)
    bought, repeated = has_bit(within, pairs.within_bit), has_bit(again, pairs.within_bit)
    first, by_construction = has_bit(new, pairs.within_bit), has_bit(edge, pairs.within_bit)

    def customers(condition: ir.BooleanValue) -> ir.IntegerScalar:
        return ibis.coalesce(pairs.n.sum(where=condition), 0).cast("int64")

    return pairs.group_by(["period", *names]).agg(
        start=customers(start),
        end=customers(end),
        kept=customers(start & end),
        lost=customers(start & ~end),
        won=customers(~start & end),
        won_first=customers(~start & end & first),
        won_back=customers(~start & end & ~first),
        new=customers(first),
        came_and_went=customers(bought & ~start & ~end),
        by_construction=customers(start & end & by_construction),
        ordered_again=customers(start & bought),
        buyers=customers(bought),
        repeat_buyers=customers(repeated),
    )
