"""From the answers of the queries to arrays: who did what when, by outcome."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.experiments.effects import scaled
from regulars.experiments.gathered import Gathered

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def arranged(
    people: pa.Table,
    events: pa.Table,
    running: pa.Table | None,
    *,
    arms: tuple[str, ...],
    as_of: date,
    horizon: int,
    with_margin: bool,
) -> Gathered:
    """`people` (`customer`, `arm`, `day`, `orders`, `revenue`, `ago`: before the assignment), `events` (`customer`, `day`, `orders`,
    `revenue`, `margin`, `unknown`: since), `running` (`customer`, `began`, `ended`: stretches of subscriptions, where those say
    who is kept), all ordered by customer, as `Gathered`."""
    customer = people.column("customer").to_numpy()
    arm = pc.index_in(people.column("arm").combine_chunks(), pa.array(arms)).to_numpy()
    who = np.searchsorted(customer, events.column("customer").to_numpy()).astype(np.int64)
    when = _numbers(events.column("day"))
    amounts = {name: events.column(name).to_numpy() for name in ("orders", "revenue")}
    if with_margin and not events.column("unknown").to_numpy().any():
        amounts["margin"] = events.column("margin").to_numpy()
    if running is None:
        amounts["kept"] = _first_order(who, amounts["orders"])
    else:
        who, when, amounts = _with_kept(who, when, amounts, *_changes(customer, running))
    return Gathered(
        arms, as_of, horizon, customer, arm.astype(np.int64), _numbers(people.column("day")), _before(people),
        who, when, amounts,
    )  # fmt: skip


def _before(people: pa.Table) -> Floats:
    """Covariates (N, K): orders, revenue, its logarithm, and the logarithm of the days since the last order."""
    revenue = people.column("revenue").to_numpy()
    ago = people.column("ago").to_numpy()
    orders = people.column("orders").to_numpy()
    return scaled(np.column_stack([orders, revenue, np.log1p(np.maximum(revenue, 0.0)), np.log(ago)]))


def _first_order(who: Whole, orders: Floats) -> Floats:
    """1 on the first day of each customer with an order, else 0."""
    ordered = np.flatnonzero(orders > 0)
    first = np.unique(who[ordered], return_index=True)[1]
    found = np.zeros(who.size)
    found[ordered[first]] = 1.0
    return found


def _changes(customer: Whole, running: pa.Table) -> tuple[Whole, Whole, Floats]:
    """Where a customer's subscription begins (1) or ends (-1) to run: `who`, `when`, change, in order. Of several at once the first
    to begin and the last to end count."""
    place = np.searchsorted(customer, running.column("customer").to_numpy()).astype(np.int64)
    over = pc.is_valid(running.column("ended")).to_numpy(zero_copy_only=False)
    ended = _numbers(pc.fill_null(running.column("ended"), date(1970, 1, 1)))[over]
    who = np.concatenate([place, place[over]])
    when = np.concatenate([_numbers(running.column("began")), ended])
    step = np.concatenate([np.ones(place.size), -np.ones(ended.size)])
    who, when, step = _by_day(who, when, step)
    runs = _within(who, np.cumsum(step), step) > 0
    before = np.where(np.diff(who, prepend=-1) != 0, False, np.roll(runs, 1))
    return who, when, runs.astype(np.float64) - before


def _within(who: Whole, running: Floats, step: Floats) -> Floats:
    """Running sums that begin anew with each customer."""
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    lengths = np.diff(np.append(starts, who.size))
    return running - np.repeat((running - step)[starts], lengths)


def _by_day(who: Whole, when: Whole, amount: Floats) -> tuple[Whole, Whole, Floats]:
    """One row a customer and day, in order."""
    order = np.lexsort((when, who))
    who, when, amount = who[order], when[order], amount[order]
    starts = np.flatnonzero((np.diff(who, prepend=-1) != 0) | (np.diff(when, prepend=-1) != 0))
    sums = np.add.reduceat(amount, starts) if starts.size else amount
    return who[starts], when[starts], sums


def _with_kept(
    who: Whole, when: Whole, amounts: dict[str, Floats], kept_who: Whole, kept_when: Whole, kept: Floats
) -> tuple[Whole, Whole, dict[str, Floats]]:
    """The rows of orders and those of subscriptions as one set; each has 0 for what the other says."""
    nothing = np.zeros(who.size)
    both = (np.concatenate([who, kept_who]), np.concatenate([when, kept_when]))
    columns = {name: np.concatenate([column, np.zeros(kept.size)]) for name, column in amounts.items()}
    columns["kept"] = np.concatenate([nothing, kept])
    summed = {name: _by_day(*both, column) for name, column in columns.items()}
    places = summed["kept"]
    return places[0], places[1], {name: rows[2] for name, rows in summed.items()}


def _numbers(days: pa.ChunkedArray) -> Whole:
    return np.asarray(days.cast(pa.int32()).to_numpy(), dtype=np.int64)
