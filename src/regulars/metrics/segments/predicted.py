"""The columns that predictions give, from the newest day of the lake's table `scores` that is not after the analysis's own.

`regulars predict --keep` writes them. Where there are none, every one of them is missing.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.lake.tables import SCORES
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import with_aliases
from regulars.metrics.segments.columns import Provider, RuleColumn

_C = RuleColumn
COLUMNS = (
    _C("churn_probability", "share", "risk to be lost"),
    _C("probability_of_purchase", "share", "chance to buy again"),
    _C("probability_alive", "share", "chance to be a customer still"),
    _C("predicted_number_of_orders", "number", "expected orders"),
    _C("predicted_clv", "money", "expected revenue"),
    _C("residual_clv", "money", "expected revenue for ever"),
    _C("total_clv", "money", "lifetime value, so far and expected"),
    _C("expected_date_of_next_order", "day", "day by which the next order is expected"),
)
_DUE = "days_to_next_order"


def _predicted(analysis: Analysis) -> ir.Table:
    known = with_aliases(SCORES.ibis) if analysis.merged else SCORES.ibis
    known = known.filter(known.day <= ibis.literal(analysis.as_of, "date"))
    newest = known.agg(newest=known.day.max())
    rows = known.join(newest, known.day == newest.newest)
    # Numbers that were merged since have a row each: the larger stands.
    found = rows.group_by("customer").agg(
        day=rows.day.max(),
        due=rows.value.max(where=rows.name == _DUE),
        **{column.name: rows.value.max(where=rows.name == column.name) for column in COLUMNS if column.type != "day"},
    )  # fmt: skip
    typed = {
        column.name: found[column.name].cast(column.ibis) for column in COLUMNS if column.type == "money"
    }
    due = found.day + found.due.cast("int64").as_interval("D")
    return found.mutate(expected_date_of_next_order=due.cast("date"), **typed)


PREDICTED = Provider("predicted", COLUMNS, _predicted)
