"""What winning and keeping a customer costs: K23, from the `costs` facts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.lake.tables import COSTS as FACTS
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue.build import amount, total
from regulars.metrics.catalogue.families import MOVEMENTS
from regulars.metrics.counted import in_reporting_currency
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family, Figure, Number, Record, Sums
from regulars.metrics.plan import Plan

PURPOSES = ("acquisition", "retention", "service", "shipping", "incentive")


def spend_by_days(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    """Spend x days inside the period, by purpose and number of days that the spend is for."""
    facts = by.attach(FACTS.ibis.mutate(spent=FACTS.ibis.amount), "costs")
    costs = in_reporting_currency(facts, ("spent",), plan.converted, day="first_day")
    spans = calendar.spans
    touching = [costs.first_day < spans.period_end, costs.last_day >= spans.period_start]
    pairs = costs.join(spans, touching)
    last = ibis.least(pairs.last_day, (pairs.period_end - ibis.interval(days=1)).cast("date"))
    inside = days_between(last, ibis.greatest(pairs.first_day, pairs.period_start)) + 1
    long = pairs.mutate(
        cost_days=days_between(pairs.last_day, pairs.first_day) + 1,
        weighted=(pairs.spent * inside).cast("decimal(38, 4)"),
    )
    return long.group_by(["period", *by.names, "purpose", "cost_days"]).agg(
        weighted=long.weighted.sum().cast("decimal(38, 4)")
    )


def _prorated(records: Iterable[Record]) -> dict[str, Number]:
    """Spend by purpose, spread evenly over the days that it is for. Divided here: engines divide differently."""
    found = {f"{purpose}_cost": Decimal(0) for purpose in PURPOSES}
    for record in records:
        name = f"{record['purpose']}_cost"
        if name in found:
            found[name] += Decimal(record["weighted"]) / record["cost_days"]
    return dict(found)


COSTS = Family("costs", "costs", spend_by_days, needs=("costs",), fold=_prorated)
_BOTH = (COSTS, MOVEMENTS)


def _ratio(sums: Sums) -> Decimal | None:
    if not sums["won"]:
        return None
    return sums["acquisition_cost"] / sums["won"]


def _per_kept(sums: Sums) -> Decimal | None:
    if not sums["kept"]:
        return None
    return sums["retention_cost"] / sums["kept"]


FIGURES = (
    amount(
        "acquisition_cost", "K23", "Acquisition cost",
        words="Spend on winning customers; a sum for several days is spread evenly over them.",
        symbols="sum of acquisition spend in [s, e)", value=total("acquisition_cost"), families=(COSTS,), unit="money",
        better="down", looks_back="period",
    ),
    amount(
        "retention_cost", "K23", "Retention cost",
        words="Spend on keeping customers; a sum for several days is spread evenly over them.",
        symbols="sum of retention spend in [s, e)", value=total("retention_cost"), families=(COSTS,), unit="money",
        better="down", looks_back="period",
    ),
    Figure(
        "acquisition_cost_per_won_customer", "K23", "Acquisition cost per won customer",
        "Acquisition spend of the period per customer won in it, first-time or back.",
        "acquisition spend / N",
        "money", "down", _BOTH, total("acquisition_cost"), total("won"),
    ),
    Figure(
        "acquisition_cost_per_new_customer", "K23", "Acquisition cost per new customer",
        "Acquisition spend of the period per customer with the first counted order in it.",
        "acquisition spend / new customers",
        "money", "down", _BOTH, total("acquisition_cost"), total("new"),
    ),
    Figure(
        "retention_cost_per_kept_customer", "K23", "Retention cost per kept customer",
        "Retention spend of the period per customer kept.",
        "retention spend / kept",
        "money", "down", _BOTH, total("retention_cost"), total("kept"),
    ),
    Figure(
        "acquisition_to_retention_cost", "K23", "Acquisition against retention cost",
        "How many times more it costs to win a customer than to keep one.",
        "(acquisition spend / N) / (retention spend / kept)",
        "ratio", "neither", _BOTH, _ratio, _per_kept,
    ),
)  # fmt: skip
