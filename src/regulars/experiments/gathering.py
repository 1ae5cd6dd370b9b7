"""What assigned customers did since, treated and held out alike: asked of an analysis in two queries (under contract, three).

A customer counts from the day of assignment (included) for `horizon` days; what lies before is used as covariates. Who was
assigned twice counts as assigned first. Nobody is left out for not being reached, nor for doing nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.experiments.arranging import arranged
from regulars.experiments.assignment import Experiment, assign
from regulars.experiments.gathered import Gathered
from regulars.kernel.errors import InputError
from regulars.lake.engines.passing import passing
from regulars.lake.engines.primitives import days_between
from regulars.metrics.analysis import Analysis
from regulars.metrics.contract import STRETCHES
from regulars.metrics.counted import CORE, with_aliases
from regulars.metrics.refunded import REFUNDS

Whole = npt.NDArray[np.int64]

LOOK_BACK = 365
_ASSIGNED = ibis.schema({"customer": "int64", "arm": "string", "day": "date"})


def assigned_on(experiment: Experiment, customers: Sequence[int] | Whole, day: date) -> pa.Table:
    """Who is in which arm of a hand-over on `day`: a table with `customer`, `arm`, `day`, to be put below earlier ones."""
    numbers = np.asarray(customers, dtype=np.int64)
    names = pa.array(experiment.names)
    arms = names.take(pa.array(assign(experiment, numbers)))
    return pa.table({"customer": numbers, "arm": arms, "day": pa.array([day] * len(numbers), pa.date32())})


def gather(
    analysis: Analysis,
    assigned: pa.Table,
    *,
    arms: Sequence[str],
    horizon: int | None = None,
    look_back: int = LOOK_BACK,
) -> Gathered:
    """What the `assigned` customers (`customer`, `arm`, `day`) did from their day on, for `horizon` days (default: the
    activity window), seen from the analysis's day. `arms`: the names, the held-out one first. Kept is who bought at least
    once, under contract who has a running subscription at the end of the day; revenue is after refunds, each on its own day;
    margin before. Covariates come from the `look_back` days before. Raises InputError where nobody, or somebody in no known arm, is given.
    """
    unknown = sorted(set(assigned.column("arm").unique().to_pylist()) - set(arms))
    if unknown or not assigned.num_rows:
        raise InputError(
            f"in no known arm: {', '.join(map(str, unknown))}." if unknown else "nobody was assigned."
        )
    days = analysis.window if horizon is None else horizon
    if days < 1:
        raise InputError(f"the horizon must be one day or more; given: {days}.")
    typed = assigned.select(list(_ASSIGNED)).cast(_ASSIGNED.to_pyarrow())
    analysis.prepare()
    with passing(analysis.engine, "assigned_customers", typed) as rows:
        first = _first(analysis, rows)
        people = analysis.run(_people(first, look_back))
        if not people.num_rows:
            raise InputError("nobody was assigned before the day looked at.", where=str(analysis.as_of))
        events = analysis.run(_events(first, days))
        running = analysis.run(_running(analysis, first, days)) if analysis.contract else None
    return arranged(
        people, events, running, arms=tuple(arms), as_of=analysis.as_of, horizon=days,
        with_margin=analysis.with_margin,
    )  # fmt: skip


def _first(analysis: Analysis, assigned: ir.Table) -> ir.Table:
    """One row a customer, as assigned first; merged customers are one."""
    rows = with_aliases(assigned) if analysis.merged else assigned
    rows = rows.filter(rows.day < ibis.literal(analysis.as_of, "date"))
    order = ibis.window(group_by=rows.customer, order_by=[rows.day, rows.arm])
    ranked = rows.select("customer", "arm", "day", place=ibis.row_number().over(order))
    return ranked.filter(ranked.place == 0).select(assigned="customer", arm="arm", day="day")


def _people(first: ir.Table, look_back: int) -> ir.Table:
    """One row a customer with what was known on the day of assignment."""
    joined = first.join(CORE, first.assigned == CORE.customer)
    ago = days_between(joined.day, joined.local_day)
    earlier = joined.mutate(ago=ago).filter((ago >= 1) & (ago <= look_back))
    known = earlier.group_by(known="assigned").agg(
        orders=earlier.count(), revenue=earlier.revenue.sum().cast("float64"), ago=earlier.ago.min()
    )
    rows = first.left_join(known, first.assigned == known.known)
    return rows.select(
        customer=first.assigned,
        arm=first.arm,
        day=first.day,
        orders=known.orders.fill_null(0).cast("float64"),
        revenue=known.revenue.fill_null(0.0),
        ago=known.ago.fill_null(look_back + 1).cast("float64"),
    ).order_by("customer")


def _events(first: ir.Table, horizon: int) -> ir.Table:
    """One row a customer and day since: `orders`, `revenue`, `margin`, `unknown` (orders whose margin is not known)."""
    orders = CORE.select(
        "customer",
        "local_day",
        "revenue",
        margin=CORE.margin.cast("float64"),
        orders=ibis.literal(1, "int64"),
    )
    back = REFUNDS.select(
        "customer",
        "local_day",
        revenue=-REFUNDS.revenue,
        margin=ibis.literal(0.0),
        orders=ibis.literal(0, "int64"),
    )
    facts = ibis.union(*(
        part.select("customer", "local_day", "margin", "orders", revenue=part.revenue.cast("float64"))
        for part in (orders, back)
    ))  # fmt: skip
    joined = first.join(facts, first.assigned == facts.customer)
    since = days_between(joined.local_day, joined.day)
    rows = joined.filter((since >= 0) & (since < horizon))
    return (
        rows.group_by(customer="assigned", day="local_day")
        .agg(
            orders=rows.orders.sum().cast("float64"),
            revenue=rows.revenue.sum(),
            margin=rows.margin.sum().fill_null(0.0),
            unknown=((rows.orders > 0) & rows.margin.isnull()).cast("int64").sum(),
        )
        .order_by("customer", "day")
    )


def _running(analysis: Analysis, first: ir.Table, horizon: int) -> ir.Table:
    """Under contract one row a stretch that ran since the day of assignment: `customer`, the days it began (at the earliest that
    day) and `ended` (null while it runs, or beyond the horizon or the day looked at)."""
    joined = first.join(STRETCHES, first.assigned == STRETCHES.customer)
    ended, since = joined.ended_day, days_between(joined.started_day, joined.day)
    rows = joined.filter((ended.isnull() | (ended > joined.day)) & (since < horizon))
    seen = (days_between(rows.ended_day, rows.day) < horizon) & (
        rows.ended_day < ibis.literal(analysis.as_of, "date")
    )
    return rows.select(
        customer="assigned",
        began=ibis.greatest(rows.started_day, rows.day),
        ended=ibis.ifelse(seen, rows.ended_day, ibis.null("date")),
    ).order_by("customer", "began", "ended")
