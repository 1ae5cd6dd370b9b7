"""Whom a hand-over is about: found by its rule or on the Today list, with an address, with consent, and not in it yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from django.utils import timezone

from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import with_aliases
from regulars.platform.core.api import Reach
from regulars.platform.customers import api as customers
from regulars.platform.engagement.models import Assigned, HandOver
from regulars.platform.insights import api as insights

_ROWS = 20_000
_TAKEN = ibis.table({"customer": "int64"}, name="handed_over_before")
_MOST_WORK = 100_000


@dataclass(frozen=True)
class Found:
    """`fresh`: (customer, market), sorted, who can be given to the tool and is in no arm yet. The rest: how many are not."""

    fresh: pa.Table
    found: int
    no_consent: int
    no_address: int
    before: int

    def counts(self) -> dict[str, int]:
        return {
            "found": self.found,
            "no_consent": self.no_consent,
            "no_address": self.no_address,
            "before": self.before,
            "fresh": self.fresh.num_rows,
        }


def find(analysis: Analysis, hand_over: HandOver, reach: Reach) -> Found:
    """Who is to be assigned now. Raises RuleError where the rule fits no longer."""
    everyone = listed(analysis, hand_over, reach)
    found = everyone.num_rows
    everyone = _among(everyone, _granted())
    granted = everyone.num_rows
    everyone = _among(everyone, customers.with_address())
    reachable = everyone.num_rows
    fresh = everyone.filter(pc.invert(pc.is_in(everyone["customer"], value_set=_taken(analysis, hand_over))))
    return Found(fresh, found, found - granted, granted - reachable, reachable - fresh.num_rows)


def listed(analysis: Analysis, hand_over: HandOver, reach: Reach) -> pa.Table:
    """(customer, market), sorted: everybody whom the rule or the Today list names; never who objected to profiling."""
    reach = narrowed(reach, hand_over.markets)
    if hand_over.source == HandOver.Source.TODAY:
        return _at_work(hand_over.reason, reach)
    asked = insights.segments.effective(hand_over.rule, currency=analysis.definitions.currency)
    table = insights.members_table(analysis, rule=asked.rule, registry=asked.registry, reach=reach)
    return table.select(["customer", "market"])


def narrowed(reach: Reach, markets: Iterable[str] | None) -> Reach:
    """What somebody may see, within the markets that a hand-over was made for."""
    if markets is None:
        return reach
    own = frozenset(markets)
    return Reach(own if reach.markets is None else own & reach.markets)


def _at_work(reason: str, reach: Reach) -> pa.Table:
    today = timezone.now().date()
    work = insights.worklist.work(reach=reach, today=today, reason=reason, limit=_MOST_WORK).rows
    objected = customers.not_profiled()
    market = {item.customer: item.market for item in work if item.customer not in objected}
    numbers = sorted(market)
    return pa.table(
        {
            "customer": pa.array(numbers, pa.int64()),
            "market": pa.array([market[n] for n in numbers], pa.string()),
        }
    )


def _granted() -> pa.Array:
    """Who granted marketing by e-mail. Nobody else is given to a tool."""
    said = customers.consent_table(channel="email")
    return said.filter(pc.equal(said["status"], "granted"))["customer"].combine_chunks()


def _among(people: pa.Table, numbers: pa.Array) -> pa.Table:
    return people.filter(pc.is_in(people["customer"], value_set=numbers))


def _taken(analysis: Analysis, hand_over: HandOver) -> pa.Array:
    """Who is in an arm already, under the number of then and under the one that it was merged into since."""
    stored = stored_numbers(hand_over)
    if not analysis.merged or not len(stored):
        return stored
    analysis.engine.put(_TAKEN.get_name(), pa.table({"customer": stored}))
    now = analysis.run(with_aliases(_TAKEN))["customer"].combine_chunks()
    return pc.unique(pa.concat_arrays([stored, now]))


def stored_numbers(hand_over: HandOver) -> pa.Array:
    """Everybody in an arm, of lists that are whole and of one that is being drawn."""
    return stored(hand_over, "customer")["customer"].combine_chunks()


def stored(hand_over: HandOver, *columns: str, **wanted: Any) -> pa.Table:
    """Recorded rows as columns, read in pieces."""
    types = {"customer": pa.int64(), "arm": pa.string(), "day": pa.date32(), "market": pa.string()}
    schema = pa.schema([(name, types[name]) for name in columns])
    rows = Assigned.objects.filter(hand_over=hand_over, **wanted).order_by("pk").values_list(*columns)
    batches, chunk = [], []
    for row in rows.iterator(chunk_size=_ROWS):
        chunk.append(row)
        if len(chunk) == _ROWS:
            batches.append(_batch(chunk, schema))
            chunk = []
    if chunk:
        batches.append(_batch(chunk, schema))
    return pa.Table.from_batches(batches, schema)


def _batch(rows: list[Any], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema)
