"""K17: who was brought by another customer."""

from __future__ import annotations

import ibis.expr.types as ir

from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue.build import share, total
from regulars.metrics.daily import in_periods
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family
from regulars.metrics.homes import HOMES
from regulars.metrics.plan import Plan


def _referred(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    people = by.attach(HOMES.select("customer", "first_day", "referred_by"), "customers")
    sums = {"begun": people.count(), "referred": people.referred_by.notnull().cast("int64").sum()}
    return in_periods(people, calendar, by.names, sums, day="first_day")


REFERRED = Family("referred", "customers", _referred, needs=("presence", "customers"))

FIGURES = (
    share(
        "referral_rate", "K17", "Referral rate",
        words="Share of the period's new customers who came through another customer. Customers of unknown origin stay "
              "in the base.",
        symbols="new customers with a referrer / new customers x 100",
        part=total("referred"), whole=total("begun"), better="up", families=(REFERRED,),
    ),
)  # fmt: skip
