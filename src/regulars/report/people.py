"""Customers to look after, by name. Only asked for where the reader wants people named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import ibis

from regulars.metrics.analysis import Analysis
from regulars.report.content import Person
from regulars.report.evidence import overdue_customers

MOST = 100


def overdue(
    analysis: Analysis, names: Callable[[Sequence[int]], Mapping[int, str]] | None = None
) -> tuple[Person, ...]:
    """The overdue customers who spent most in the last twelve months, at most MOST; without a name, the number."""
    late = overdue_customers(analysis)
    table = late.order_by(ibis.desc("year_revenue"), "customer").limit(MOST)
    rows = analysis.run(table).to_pylist()
    known = names([row["customer"] for row in rows]) if names is not None else {}
    return tuple(
        Person(
            name=known.get(row["customer"], str(row["customer"])),
            orders=row["orders"],
            last_day=row["last_day"],
            usual_gap_days=round(row["gap"]),
            yearly_revenue=Decimal(str(row["year_revenue"])),
        )
        for row in rows
    )
