"""How often customers buy: K5 to K8, and K13 by number of purchases so far."""

from __future__ import annotations

from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue.build import amount, share, total
from regulars.metrics.catalogue.families import BUYERS, PURCHASES
from regulars.metrics.counted import CORE, CUSTOMER_BASE
from regulars.metrics.daily import in_periods, until_end
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family, Figure, Interval, Sums
from regulars.metrics.intervals import of_mean
from regulars.metrics.plan import Plan

MOST_PURCHASES = 10  # K13 shows customers with one to ten purchases so far


def _ever(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    base = by.attach(CUSTOMER_BASE.select("customer", "first_day", "second_day"), "customers")
    # One row a customer on the first day, one more on the second order's day, so that both count from their day on.
    first = base.select(*by.names, day="first_day", customers=ibis.literal(1, "int64"), repeat=_nothing())
    again = base.filter(base.second_day.notnull()).select(
        *by.names, day="second_day", customers=_nothing(), repeat=ibis.literal(1, "int64")
    )
    both = ibis.union(first, again)
    sums = {"ever_customers": both.customers.sum(), "ever_repeat": both.repeat.sum()}
    return until_end(both, calendar, by.names, sums, day="day")


def _nothing() -> ir.IntegerScalar:
    return ibis.literal(0, "int64")


def _gaps(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    known = CORE.filter(CORE.previous_day < CORE.local_day)
    known = known.select("customer", "local_day", gap=days_between(known.local_day, known.previous_day))
    split = by.attach(known, "customers")
    counts = in_periods(split, calendar, (*by.names, "gap"), {"n": split.count()})
    keys = ["period", *by.names]
    running = ibis.window(group_by=keys, order_by=counts.gap, following=0)
    placed = counts.mutate(
        reached=counts.n.sum().over(running), every=counts.n.sum().over(ibis.window(group_by=keys))
    )
    return placed.group_by(keys).agg(
        gaps=placed.n.sum().cast("int64"),
        gap_days=(placed.gap * placed.n).sum().cast("int64"),
        gap_squares=(placed.gap * placed.gap * placed.n).sum().cast("int64"),
        # The two middle gaps of the sorted list: the first gap that reaches half, and the first that exceeds it.
        gap_median_low=placed.gap.min(where=2 * placed.reached >= placed.every),
        gap_median_high=placed.gap.min(where=2 * placed.reached > placed.every),
    )


def _so_far(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    """By number of purchases so far: customers whose nth order is at least W old at the end, and who of them is back."""
    reach = ibis.interval(days=plan.window)
    orders = CORE.filter(CORE.nth <= MOST_PURCHASES + 1).select(
        "customer", "nth", "local_day", "previous_day"
    )
    orders = by.attach(orders, "customers")
    one, nothing = ibis.literal(1, "int64"), _nothing()
    reached = orders.filter(orders.nth <= MOST_PURCHASES)
    reached = reached.select(
        *by.names, purchases="nth", ready=(reached.local_day + reach).cast("date"),
        reached=one, back=nothing, back_in_window=nothing,
    )  # fmt: skip
    later = orders.filter(orders.nth > 1)
    old = (later.previous_day + reach).cast("date")
    seen = (later.local_day + ibis.interval(days=1)).cast("date")
    back = later.select(
        *by.names, purchases=later.nth - 1, ready=ibis.greatest(old, seen),
        reached=nothing, back=one, back_in_window=ibis.ifelse(later.local_day < old, one, nothing),
    )  # fmt: skip
    both = ibis.union(reached, back)
    # Ready on the period's end is in time: days are counted up to the day before it.
    both = both.mutate(ready=(both.ready - ibis.interval(days=1)).cast("date"))
    sums = {name: both[name].sum() for name in ("reached", "back", "back_in_window")}
    return until_end(both, calendar, (*by.names, "purchases"), sums, day="ready")


EVER = Family("ever", "customers", _ever, adds_up=True)
GAPS = Family("gaps", "customers", _gaps, unknown_if_empty=frozenset(("gap_median_low", "gap_median_high")))
SO_FAR = Family("purchases_so_far", "customers", _so_far, own=("purchases",), adds_up=True)


def _gap_interval(sums: Sums) -> Interval | None:
    return of_mean(sums["gap_days"], sums["gap_squares"], sums["gaps"])


def _median(sums: Sums) -> Decimal:
    return (sums["gap_median_low"] + sums["gap_median_high"]) / 2


FIGURES = (
    share(
        "repeat_purchase_rate", "K5", "Repeat purchase rate",
        words="Customers with more than one counted order up to the period's end, of all customers with one.",
        symbols="customers with 2+ orders before e / customers with 1+ orders before e x 100",
        part=total("ever_repeat"), whole=total("ever_customers"), better="up", families=(EVER,),
    ),
    share(
        "loyal_customer_rate", "K6", "Loyal customer rate",
        words="Customers with two or more orders in the period, of those with one or more.",
        symbols="customers with 2+ orders in [s, e) / customers with 1+ orders in [s, e) x 100",
        part=total("repeat_buyers"), whole=total("buyers"), better="up", families=(BUYERS,), looks_back="period",
    ),
    amount(
        "buyers", "K6", "Buyers", words="Customers with at least one counted order in the period.",
        symbols="customers with 1+ orders in [s, e)", value=total("buyers"), families=(BUYERS,), better="up",
        looks_back="period",
    ),
    Figure(
        "purchase_frequency", "K7", "Purchase frequency",
        "Counted orders per customer who ordered in the period.",
        "orders in [s, e) / customers with 1+ orders in [s, e)",
        "number", "up", (PURCHASES, BUYERS), total("purchases"), total("buyers"), looks_back="period",
    ),
    Figure(
        "time_between_purchases_mean", "K8", "Time between purchases, mean",
        "Mean days between two order days of a customer, for gaps that ended in the period. Several orders on one day "
        "are one order day. Gaps that are still open are not in it, so it is shorter than the truth.",
        "sum of gaps / number of gaps",
        "days", "neither", (GAPS,), total("gap_days"), total("gaps"), interval=_gap_interval,
    ),
    Figure(
        "time_between_purchases_median", "K8", "Time between purchases, median",
        "Median days between two order days of a customer, for gaps that ended in the period.",
        "middle gap; the mean of the two middle gaps where their number is even",
        "days", "neither", (GAPS,), _median,
    ),
    share(
        "repeat_probability", "K13", "Probability of a repeat purchase",
        words="By number of purchases so far (1 to 10): of the customers whose nth order is at least W days old at "
              "the period's end, the share who have ordered again by then.",
        symbols="customers with order n+1 before e / customers with order n at least W before e x 100",
        part=total("back"), whole=total("reached"), better="up", families=(SO_FAR,),
    ),
    share(
        "repeat_probability_in_window", "K13", "Probability of a repeat purchase within the window",
        words="As the probability of a repeat purchase, but only orders within W days of the nth count: everybody "
              "had the same time to come back.",
        symbols="customers with order n+1 less than W days after order n / customers with order n at least W "
                "before e x 100",
        part=total("back_in_window"), whole=total("reached"), better="up", families=(SO_FAR,),
    ),
)  # fmt: skip
