"""What the facts and the predictions say of customers, for those who are handed over: read in sets, then looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from django.utils import translation

from regulars.lake.tables import CUSTOMERS
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import with_aliases
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import LISTING, PREDICTIONS
from regulars.report import LANGUAGES, words

_ASKED = ibis.table({"customer": "int64"}, name="customers_that_leave")
_FORESEEN = ("churn_probability", "predicted_clv", "expected_date_of_next_order")


class Values:
    """Of some thousand customers: language, country, what is foreseen and why; `currency` of the amounts."""

    def __init__(self, table: pa.Table, currency: str) -> None:
        self._table, self.currency = table.combine_chunks(), currency
        self._numbers = table["customer"].combine_chunks()

    @classmethod
    def read(cls, analysis: Analysis, numbers: pa.Array) -> Values:
        """What is known of these customers, in one question."""
        analysis.engine.put(_ASKED.get_name(), pa.table({"customer": numbers}))
        listed = LISTING.select(who="customer", country="country")
        spoken = _languages(analysis)
        foreseen = PREDICTIONS.ibis.rename(whom="customer")
        joined = _ASKED.left_join(listed, _ASKED.customer == listed.who)
        joined = joined.left_join(spoken, joined.customer == spoken.speaker)
        joined = joined.left_join(foreseen, joined.customer == foreseen.whom)
        rows = joined.drop("who", "speaker", "whom").order_by("customer")
        return cls(analysis.run(rows), analysis.definitions.currency or "")

    def of(self, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
        """What is known of each of some customers: values of `Person` by name, the reason in the language in force."""
        places = pc.drop_null(pc.index_in(pa.array(numbers, pa.int64()), value_set=self._numbers))
        rows = self._table.take(places)
        language = translation.get_language() or "en"
        speaker = words(language if language in LANGUAGES else "en")
        found = {}
        for row, known in zip(rows.to_pylist(), insights.predictions.predictions_from(rows), strict=True):
            one = {name: row[name] for name in ("language", "country", *_FORESEEN) if row[name] is not None}
            why = next((reason for reason in known.reasons if reason.contribution > 0), None)
            if why is not None:
                one["reason"] = why.words(speaker, self.currency or None)
            found[row["customer"]] = one
        return found


def _languages(analysis: Analysis) -> ir.Table:
    known = with_aliases(CUSTOMERS.ibis) if analysis.merged else CUSTOMERS.ibis
    return known.group_by(speaker="customer").agg(language=known.language.max())
