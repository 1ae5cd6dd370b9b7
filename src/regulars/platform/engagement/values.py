"""What the facts and the predictions say of customers, for those who are handed over: read once, then looked up in sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake.tables import CUSTOMERS
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import with_aliases
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import LISTING

_ASKED = ibis.table({"customer": "int64"}, name="customers_that_leave")
_FORESEEN = ("churn_probability", "predicted_clv", "expected_date_of_next_order")


class Values:
    """Of customers, sorted by number: language, country and what is foreseen; `currency` of the amounts."""

    def __init__(self, table: pa.Table, currency: str) -> None:
        self._numbers = table["customer"].combine_chunks()
        self._table = table.drop_columns(["customer"])
        self.currency = currency

    @classmethod
    def read(cls, analysis: Analysis, numbers: pa.Array) -> Values:
        """What is known of these customers; what is not is left out."""
        analysis.engine.put(_ASKED.get_name(), pa.table({"customer": numbers}))
        listed = LISTING.select(who="customer", country="country")
        spoken = _languages(analysis)
        foreseen = insights.PREDICTIONS.ibis.select(whom="customer", **{name: name for name in _FORESEEN})
        joined = _ASKED.left_join(listed, _ASKED.customer == listed.who)
        joined = joined.left_join(spoken, joined.customer == spoken.speaker)
        joined = joined.left_join(foreseen, joined.customer == foreseen.whom)
        rows = joined.select("customer", "country", "language", *_FORESEEN).order_by("customer")
        return cls(analysis.run(rows), analysis.definitions.currency or "")

    def of(self, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
        """What is known of each of some customers."""
        places = pc.index_in(pa.array(numbers, pa.int64()), value_set=self._numbers)
        here = [
            number for number, place in zip(numbers, places.to_pylist(), strict=True) if place is not None
        ]
        rows = self._table.take(pc.drop_null(places)).to_pylist()
        return {
            number: {name: value for name, value in row.items() if value is not None}
            for number, row in zip(here, rows, strict=True)
        }


def _languages(analysis: Analysis) -> ir.Table:
    known = with_aliases(CUSTOMERS.ibis) if analysis.merged else CUSTOMERS.ibis
    return known.group_by(speaker="customer").agg(language=known.language.max())
