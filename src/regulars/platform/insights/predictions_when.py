"""When the predictions that pages show were made, and for how long ahead; and the risk that was said of somebody day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis

from regulars.lake.tables import SCORES
from regulars.metrics.analysis import Analysis
from regulars.platform.insights.models import Run

_RISK = "churn_probability"


@dataclass(frozen=True)
class Made:
    """The run that is shown: as of `day`; risk is about `horizon` days, expected orders and revenue about `years`. `contract`: the
    risk is that the contract ends, else that no order comes."""

    day: date
    horizon: int
    years: float
    contract: bool = False


def made() -> Made | None:
    """What is shown now; None before the first run. One query, without all that the run knows of itself."""
    rows = Run.objects.filter(sort=Run.Sort.SCORES, current=True)
    found = rows.values_list("as_of", "state__horizon", "state__years", "state__contract").first()
    return None if found is None else Made(found[0], int(found[1] or 0), float(found[2] or 1), bool(found[3]))


def risks_of(numbers: Sequence[int], analysis: Analysis, most: int = 60) -> list[tuple[date, float]]:
    """The risk of one person on the days that the lake knows of, oldest first; at most the last 60."""
    table = SCORES.ibis
    known = table.filter(table.customer.isin(list(numbers)) & (table["name"] == _RISK))
    rows = analysis.run(
        known.group_by("day").agg(risk=known["value"].max()).order_by(ibis.desc("day")).limit(most)
    )
    return [(row["day"], row["risk"]) for row in reversed(rows.to_pylist())]
