"""Whom the facts of a snapshot say to look after: the rules of worklist_rules.py, in sets, on the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.engines.primitives import days_between
from regulars.lake.tables import SHIPMENTS, TICKETS, Table
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE, CUSTOMER_BASE, with_aliases
from regulars.metrics.gaps import gaps
from regulars.metrics.refunded import REFUNDS
from regulars.metrics.window import kaplan_meier
from regulars.platform.customers import api as customers
from regulars.platform.insights import worklist_predicted as predicted
from regulars.platform.insights import worklist_rules as rules
from regulars.platform.insights.listing import LISTING

_LOST = ibis.table({"days": "int64", "lost": "float64"}, name="chance_lost")
_LEFT_OUT = ibis.table({"customer": "int64"}, name="left_out_of_work")
_WANTED = ibis.table({"customer": "int64"}, name="asked_for_work")
_SOLVED = ("solved", "closed")
_ARRIVED = ("delivered", "refused", "returned")
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Found:
    """One customer to look after. `worth` and `score` in the reporting currency; `facts` are what the sentence says."""

    customer: int
    market: str
    reason: rules.Reason
    worth: Decimal
    score: Decimal
    last_order_day: date | None
    facts: dict[str, Any] = field(default_factory=dict)


def found(analysis: Analysis, *, left_out: dict[rules.Reason, set[int]] | None = None) -> list[Found]:
    """All whom the facts name, at most 1,000 a market and reason. `left_out`: who is left in peace for a reason."""
    analysis.prepare()
    resting = left_out or {}
    answers: list[Found] = []
    for reason, find in (("complaint", _complaints), ("late", _late), ("overdue", _overdue)):
        _leave_out(analysis, customers.not_profiled() | resting.get(reason, set()))  # type: ignore[call-overload]
        answers.extend(find(analysis))
    return predicted.told(analysis, answers)


def last_days(analysis: Analysis, numbers: list[int]) -> dict[int, date]:
    """The day of the last order of each of these customers who has one."""
    analysis.engine.put(_WANTED.get_name(), pa.table({"customer": pa.array(sorted(numbers), pa.int64())}))
    rows = analysis.run(
        CUSTOMER_BASE.semi_join(_WANTED, "customer").select("customer", "last_day")
    ).to_pylist()
    return {row["customer"]: row["last_day"] for row in rows}


def _leave_out(analysis: Analysis, numbers: set[int]) -> None:
    analysis.engine.put(_LEFT_OUT.get_name(), pa.table({"customer": pa.array(sorted(numbers), pa.int64())}))


def _overdue(analysis: Analysis) -> list[Found]:
    """Who waits longer than their own rhythm, or the shop's where they have none, says."""
    rhythm = rules.ShopRhythm.of(kaplan_meier(gaps(analysis)))
    lost = rhythm.table(analysis.window)
    analysis.engine.put(
        _LOST.get_name(),
        pa.table(
            {
                "days": pa.array([day for day, _ in lost], pa.int64()),
                "lost": pa.array([part for _, part in lost]),
            }
        )
        if lost
        else pa.table({"days": pa.array([], pa.int64()), "lost": pa.array([], pa.float64())}),
    )
    as_of = ibis.literal(analysis.as_of, "date")
    base = CUSTOMER_BASE.anti_join(_LEFT_OUT, "customer")
    base = base.select("customer", "order_days", "last_day", days=days_between(as_of, base.last_day))
    risky = _put("late_for_work", analysis, _by_own_rhythm(analysis, base).union(_by_the_shops(base)))
    if rhythm.usual is not None:
        more = predicted.by_risk(base, rhythm.usual, analysis.window).anti_join(risky, "customer")
        risky = _put("at_risk_for_work", analysis, risky.union(more.select(*_RISKY)))
    worth = _worth(risky)
    priced = risky.join(worth, risky.customer == worth.buyer).drop("buyer")
    priced = priced.filter(priced.worth > 0).mutate(score=priced.worth.cast("float64") * priced.part)
    rows = analysis.run(_best(predicted.at_stake(priced))).to_pylist()
    return [_as_overdue(row, rhythm) for row in rows]


def _put(name: str, analysis: Analysis, rows: ir.Table) -> ir.Table:
    """The rows as a table of the engine: medians over all orders hold much memory, and what follows would ask for them twice."""
    analysis.engine.put(name, analysis.run(rows))
    return ibis.table(rows.schema(), name=name)


def _by_own_rhythm(analysis: Analysis, base: ir.Table) -> ir.Table:
    """`customer`, `order_days`, `last_day`, `days`, `gap`, `part` of those with three order days, from 1.5 gaps on."""
    # Who ordered a moment ago waits for nothing yet, whatever their rhythm; they have most of the orders.
    long_enough = base.days >= rules.SHORTEST_GAP * rules.WAITED
    regular = base.filter((base.order_days > rules.OWN_GAPS) & long_enough)
    between = CORE.filter(CORE.previous_day < CORE.local_day)
    between = between.semi_join(regular, "customer")
    own = between.group_by(buyer="customer").agg(
        gap=days_between(between.local_day, between.previous_day).median().cast("float64")
    )
    own = own.mutate(gap=ibis.greatest(own.gap, ibis.literal(float(rules.SHORTEST_GAP))))
    known = regular.join(own, regular.customer == own.buyer).drop("buyer")
    limit = ibis.greatest(known.gap * rules.GONE, ibis.literal(float(analysis.window)))
    waiting = known.filter((known.days >= known.gap * rules.WAITED) & (known.days <= limit))
    return waiting.mutate(part=rules.slipping(waiting.days, waiting.gap)).select(*_RISKY)


_RISKY = ("customer", "order_days", "last_day", "days", "gap", "part")


def _by_the_shops(base: ir.Table) -> ir.Table:
    """The same columns, without a gap, of those with one or two order days who wait longer than is usual in the shop."""
    few = base.filter(base.order_days <= rules.OWN_GAPS)
    waiting = few.join(_LOST, "days")
    return waiting.mutate(gap=ibis.null("float64"), part=waiting.lost).select(*_RISKY)


def _worth(of: ir.Table) -> ir.Table:
    """`buyer`, `worth`: revenue after refunds in the year that ends with each customer's last order."""
    last = of.select(buyer="customer", last="last_day").distinct()
    orders = CORE.select("customer", "local_day", "revenue")
    back = REFUNDS.filter(REFUNDS.attributed)
    back = back.select("customer", "local_day", revenue=(-back.revenue).cast("decimal(18, 4)"))
    both = orders.union(back).join(last, [("customer", "buyer")])
    recent = both.filter(days_between(both.last, both.local_day) < rules.YEAR)
    return recent.group_by("buyer").agg(worth=recent.revenue.sum().cast("decimal(18, 4)"))


def _best(priced: ir.Table) -> ir.Table:
    """The best of each market, by score; rows by customer, so that equal ones are listed in the same order each time."""
    places = LISTING.select(place="customer", market="market")
    placed = priced.left_join(places, priced.customer == places.place).drop("place")
    placed = placed.mutate(market=placed.market.fill_null(""))
    order = ibis.window(group_by=placed.market, order_by=[ibis.desc(placed.score), placed.customer])
    ranked = placed.mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] < rules.PER_MARKET).drop("rank").order_by("customer")


def _as_overdue(row: dict[str, Any], rhythm: rules.ShopRhythm) -> Found:
    facts: dict[str, Any] = {"order_days": row["order_days"]}
    if row["gap"] is not None:
        facts["gap"] = round(row["gap"])
    elif row["order_days"] <= rules.OWN_GAPS:
        facts["usual"] = rhythm.usual
    return Found(row["customer"], row["market"], "overdue", row["worth"], _score(row), row["last_day"], facts)


def _score(row: dict[str, Any]) -> Decimal:
    return Decimal(str(round(row["score"], 4)))


def _complaints(analysis: Analysis) -> list[Found]:
    """Who has a complaint open that is not older than 90 days."""
    if "tickets" not in analysis.facts_given:
        return []
    facts = _facts(analysis, TICKETS)
    solved = facts.state.isin(_SOLVED).fill_null(False) | facts.solved_at.notnull()
    day = facts.local_day
    recent = (day < _day(analysis, 0)) & (day >= _day(analysis, rules.COMPLAINT_DAYS))
    waiting = facts.filter(facts.complaint.fill_null(False) & ~solved & recent)
    return _named(analysis, waiting.group_by("customer").agg(since=waiting.local_day.min()), "complaint")


def _late(analysis: Analysis) -> list[Found]:
    """Who waits for a parcel that was promised for an earlier day, in sources that say when parcels arrive."""
    if "shipments" not in analysis.facts_given:
        return []
    facts = _facts(analysis, SHIPMENTS)
    told = facts.filter(
        facts.delivered_day.notnull() & (facts.delivered_day >= _day(analysis, rules.LATE_DAYS))
    )
    facts = facts.semi_join(told.select("source").distinct(), "source")
    arrived = facts.delivered_day.notnull() | facts.state.isin(_ARRIVED).fill_null(False)
    promised = (facts.promised_day < _day(analysis, 0)) & (
        facts.promised_day >= _day(analysis, rules.LATE_DAYS)
    )
    waiting = facts.filter(promised & ~arrived)
    return _named(analysis, waiting.group_by("customer").agg(since=waiting.promised_day.min()), "late")


def _facts(analysis: Analysis, table: Table) -> ir.Table:
    facts = with_aliases(table.ibis) if analysis.merged else table.ibis
    return facts.filter(facts.customer.notnull()).anti_join(_LEFT_OUT, "customer")


def _day(analysis: Analysis, back: int) -> ir.DateScalar:
    return ibis.literal(analysis.as_of - timedelta(days=back), "date")


def _named(analysis: Analysis, waiting: ir.Table, reason: rules.Reason) -> list[Found]:
    """These customers with what they are worth: all of it is at stake where nothing is predicted. `since`: the day of the
    complaint or promise."""
    base = CUSTOMER_BASE.select(known="customer", last_day="last_day")
    joined = waiting.left_join(base, waiting.customer == base.known).drop("known")
    worth = _worth(joined.filter(joined.last_day.notnull()))
    priced = joined.left_join(worth, joined.customer == worth.buyer).drop("buyer")
    nothing = ibis.literal(_NOTHING, "decimal(18, 4)")
    priced = priced.mutate(worth=priced.worth.fill_null(nothing))
    rows = analysis.run(_best(predicted.at_stake(priced.mutate(score=priced.worth)))).to_pylist()
    return [
        Found(
            row["customer"], row["market"], reason, row["worth"], _score(row), row["last_day"],
            {"since": row["since"].isoformat()},
        )
        for row in rows
    ]  # fmt: skip
