"""What predictions add to the work list: what is at stake, who is at risk though not late yet, why, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.tables import ORDER_LINES, PRODUCTS
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import with_aliases
from regulars.platform.insights import worklist_rules as rules
from regulars.platform.insights.predictions import Prediction, predictions_from
from regulars.platform.insights.predictions_tables import PREDICTIONS

if TYPE_CHECKING:
    from regulars.platform.insights.worklist_find import Found

_LISTED = ibis.table({"customer": "int64"}, name="listed_for_work")
_REASONS = 2  # said on the list; the customer's page has all
_LONGEST_NAME = 60


def at_stake(priced: ir.Table) -> ir.Table:
    """`priced` (with `customer`, `worth`, `score`) and `risk`, `value`: where both are predicted, `score` is risk times value."""
    known = PREDICTIONS.ibis
    known = known.select(predicted="customer", risk="churn_probability", value="predicted_clv")
    joined = priced.left_join(known, priced.customer == known.predicted).drop("predicted")
    by_both = joined.risk * joined.value.cast("float64")
    return joined.mutate(score=ibis.coalesce(by_both, joined.score.cast("float64"), 0.0))


def by_risk(base: ir.Table, usual: int, window: int) -> ir.Table:
    """`customer`, `order_days`, `last_day`, `days`, `gap` and `part` (null), of those who are more likely lost than not: after
    the days that half of the shop's customers take (who has just ordered is left in peace), within the activity window."""
    known = PREDICTIONS.ibis.filter(PREDICTIONS.ibis.churn_probability >= rules.AT_RISK)
    found = base.filter((base.days > usual) & (base.days <= window)).semi_join(known, "customer")
    return found.mutate(gap=ibis.null("float64"), part=ibis.null("float64"))


def told(analysis: Analysis, rows: Iterable[Found]) -> list[Found]:
    """The same with what the list says beside: reasons towards leaving, strongest first, and the next step."""
    found = list(rows)
    if not found:
        return []
    numbers = pa.array(sorted({row.customer for row in found}), pa.int64())
    analysis.engine.put(_LISTED.get_name(), pa.table({"customer": numbers}))
    known = analysis.run(PREDICTIONS.ibis.semi_join(_LISTED, "customer"))
    predicted = {one.customer: one for one in predictions_from(known)}
    said = [replace(row, facts=row.facts | _facts(row, predicted.get(row.customer))) for row in found]
    bought = _usual(analysis) if any(row.facts["step"] == "remind" for row in said) else {}
    return [
        replace(row, facts=row.facts | {"buys": bought[row.customer]})
        if row.facts["step"] == "remind" and row.customer in bought
        else row
        for row in said
    ]


def _facts(row: Found, one: Prediction | None) -> dict[str, Any]:
    """What a sentence needs: `risk`, `value`, `why` (stories), `told` (their numbers), `step`."""
    towards = [] if one is None else [reason for reason in one.reasons if reason.contribution > 0][:_REASONS]
    numbers = {name: round(value, 4) for name, value in (towards[0].numbers if towards else {}).items()}
    stories = tuple(reason.story for reason in towards)
    facts: dict[str, Any] = {
        "step": rules.next_step(
            row.reason,
            stories,
            numbers,
            order_days=row.facts.get("order_days"),
            rhythm="gap" in row.facts or "gap_median" in numbers,
        )
    }
    if one is not None and one.churn_probability is not None and one.predicted_clv is not None:
        facts |= {"risk": round(one.churn_probability, 4), "value": str(one.predicted_clv)}
        if stories:
            facts |= {"why": list(stories), "told": numbers}
    return facts


def _usual(analysis: Analysis) -> dict[int, str]:
    """What each of those listed has bought most often, by the product's name, else its code, else the category."""
    if "order_lines" not in analysis.facts_given:
        return {}
    lines = with_aliases(ORDER_LINES.ibis) if analysis.merged else ORDER_LINES.ibis
    lines = lines.semi_join(_LISTED, "customer").filter(lines.kind == "goods")
    names = PRODUCTS.ibis.select(of="source", code="product", called="name")
    named = lines.left_join(names, [lines.source == names.of, lines.product == names.code])
    counted = named.select("customer", what=ibis.coalesce(named.called, named.product, named.category))
    counted = counted.filter(counted.what.notnull()).group_by("customer", "what").agg(n=ibis._.count())
    first = ibis.row_number().over(
        ibis.window(group_by=counted.customer, order_by=[ibis.desc(counted.n), counted.what])
    )
    best = counted.mutate(place=first)
    rows = analysis.run(best.filter(best.place == 0).select("customer", "what")).to_pylist()
    return {row["customer"]: row["what"][:_LONGEST_NAME] for row in rows}
