"""Who is in each segment as of a snapshot: compared with who was, in sets, and written in small steps.

A step may be repeated and a killed evaluation begun again: what is stored already makes no difference a second time.
History holds who entered and left while the rule stayed the same. The first look with a new rule makes none: those people did
not change, the rule did.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import Count

from regulars.kernel.errors import RuleError
from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import publish
from regulars.platform.insights.members import chosen
from regulars.platform.insights.models import Segment, SegmentChange, SegmentMember, SegmentSize, Snapshot
from regulars.platform.insights.segments_rules import effective

log = logging.getLogger(__name__)
CHUNK = 1_000  # rows a transaction: the lock of SQLite is held for less than 100 ms
_SMALLEST = 100
_LONG = 0.05  # seconds; a transaction that took longer makes the next one smaller
_PAUSE = 0.005  # seconds; SQLite's lock knows no queue, and who waits looks every few milliseconds
Step = Callable[[str, float | None], None]
Row = tuple[int, str]  # customer, market


class OutdatedError(Exception):
    """The rule was changed meanwhile: another evaluation does the work."""


@dataclass(frozen=True)
class Difference:
    """Who entered and who left, and the sums of those who are in now, by market."""

    entered: Sequence[Row]
    left: Sequence[Row]
    markets: dict[str, dict[str, Any]]


def evaluate(
    *, segment: Segment, snapshot: Snapshot, analysis: Analysis, whole: dict[str, dict[str, Any]], step: Step,
    again: bool = False,
) -> bool:  # fmt: skip
    """Bring one segment to the snapshot's day; False where that was done before. Raises OutdatedError.

    `again`: also where it was done, as what the rule asks for has changed beside the facts: predictions are newer.
    """
    done = SegmentSize.objects.filter(segment=segment, snapshot=snapshot.pk, revision=segment.revision)
    if not again and done.exists():
        return False
    try:
        found = _difference(analysis, segment)
    except RuleError as error:
        # Such as an amount in a currency that is the reporting currency no more. The page points at the word.
        log.warning("segment %s cannot be evaluated: %s", segment.pk, error.what)
        return False
    first = segment.evaluated_revision != segment.revision
    day = analysis.as_of
    total = len(found.entered) + len(found.left) or 1
    written = 0
    for write, rows in ((_enter, found.entered), (_leave, found.left)):
        for chunk in _chunks(rows):
            step(segment.name, written / total)
            with chunk as some, transaction.atomic():
                _still(segment)
                write(segment, snapshot, day, some, history=not first)
            written += len(some)
    _close(segment, snapshot, day, found.markets, whole)
    return True


def by_market(analysis: Analysis) -> dict[str, dict[str, Any]]:
    """Customers with an order, their orders and revenue by home market; '' where it is not known."""
    table = chosen(analysis)
    table = table.filter(table.orders > 0)
    grouped = table.group_by(market=table.market.fill_null("")).agg(
        customers=table.count(), orders=table.orders.sum(), revenue=table.revenue.sum().cast("decimal(18, 4)")
    )
    return {row.pop("market"): row for row in analysis.run(grouped).to_pylist()}


def _difference(analysis: Analysis, segment: Segment) -> Difference:
    asked = effective(segment.rule, currency=analysis.definitions.currency)
    table = chosen(analysis, rule=asked.rule, registry=asked.registry)
    members = analysis.run(table.select("customer", "market", "orders", "revenue"))
    engine = analysis.engine
    assert isinstance(engine, DuckEngine)
    con = engine.con
    con.register("now_in", members)
    con.register("was_in", _stored(segment))
    try:
        entered = con.execute(
            "SELECT customer, coalesce(market, '') FROM now_in ANTI JOIN was_in USING (customer) ORDER BY customer"
        ).fetchall()
        left = con.execute(
            "SELECT customer, market FROM was_in ANTI JOIN now_in USING (customer) ORDER BY customer"
        ).fetchall()
        sums = con.execute(
            "SELECT coalesce(market, ''), count(*), sum(orders)::BIGINT, sum(revenue) FROM now_in GROUP BY 1"
        ).fetchall()
    finally:
        con.unregister("now_in")
        con.unregister("was_in")
    markets = {
        market: {"customers": customers, "orders": orders, "revenue": revenue}
        for market, customers, orders, revenue in sums
    }
    return Difference(entered, left, markets)


def _stored(segment: Segment) -> pa.Table:
    """Who is stored as in the segment, read in pieces."""
    schema = pa.schema([("customer", pa.int64()), ("market", pa.string())])
    rows = SegmentMember.objects.filter(segment=segment).values_list("customer", "market")
    batches = []
    for chunk in _chunks_of(rows.iterator(chunk_size=20_000), 20_000):
        columns = list(zip(*chunk, strict=True))
        batches.append(
            pa.record_batch([pa.array(columns[0], pa.int64()), pa.array(columns[1], pa.string())], schema)
        )
    return pa.Table.from_batches(batches, schema)


def _enter(segment: Segment, snapshot: Snapshot, day: date, rows: Sequence[Row], *, history: bool) -> None:
    members = [
        SegmentMember(segment=segment, customer=number, market=market, since=day) for number, market in rows
    ]
    SegmentMember.objects.bulk_create(members, ignore_conflicts=True)
    if history:
        _remember(SegmentChange.Kind.ENTERED, segment, snapshot, day, rows)


def _leave(segment: Segment, snapshot: Snapshot, day: date, rows: Sequence[Row], *, history: bool) -> None:
    SegmentMember.objects.filter(segment=segment, customer__in=[number for number, _ in rows]).delete()
    if history:
        _remember(SegmentChange.Kind.LEFT, segment, snapshot, day, rows)


def _remember(
    kind: SegmentChange.Kind, segment: Segment, snapshot: Snapshot, day: date, rows: Sequence[Row]
) -> None:
    """Write down who moved. Who moved the other way with the same snapshot, before its predictions, has not moved at all."""
    numbers = [number for number, _ in rows]
    undone = SegmentChange.objects.filter(
        segment=segment, snapshot=snapshot.pk, customer__in=numbers
    ).exclude(kind=kind)
    back = set(undone.values_list("customer", flat=True))
    undone.delete()
    changes = [
        SegmentChange(
            segment=segment, customer=number, market=market, kind=kind, day=day, snapshot=snapshot.pk
        )
        for number, market in rows
        if number not in back
    ]
    SegmentChange.objects.bulk_create(changes, ignore_conflicts=True)


def _still(segment: Segment) -> None:
    same = Segment.objects.filter(pk=segment.pk, revision=segment.revision, archived_at__isnull=True)
    if not same.exists():
        raise OutdatedError


def _close(
    segment: Segment,
    snapshot: Snapshot,
    day: date,
    markets: dict[str, dict[str, Any]],
    whole: dict[str, dict[str, Any]],
) -> None:
    """Write the day's size and tell whoever listens, in one transaction."""
    moves: dict[str, dict[str, int]] = defaultdict(lambda: {"entered": 0, "left": 0})
    changes = SegmentChange.objects.filter(segment=segment, day=day)
    for row in changes.values("market", "kind").annotate(n=Count("id")):
        moves[row["market"]][row["kind"]] = row["n"]
    stored = {
        market: {
            **_plain(markets.get(market, {})),
            **{f"all_{name}": value for name, value in _plain(whole.get(market, {})).items()},
            **moves[market],
        }
        for market in sorted({*markets, *whole, *moves})
    }
    size = sum(sums["customers"] for sums in markets.values())
    new = (
        SegmentChange.objects.filter(segment=segment, snapshot=snapshot.pk)
        .values_list("kind")
        .annotate(n=Count("id"))
    )
    moved = dict(new)
    with transaction.atomic():
        _still(segment)
        SegmentSize.objects.update_or_create(
            segment=segment, day=day,
            defaults={"snapshot": snapshot.pk, "revision": segment.revision, "size": size, "markets": stored},
        )  # fmt: skip
        Segment.objects.filter(pk=segment.pk).update(evaluated_revision=segment.revision)
        publish(
            "segment.changed", key=f"{segment.pk}@{snapshot.pk}", segment=segment.pk, snapshot=snapshot.pk,
            size=size, entered=moved.get("entered", 0), left=moved.get("left", 0),
        )  # fmt: skip


def _plain(sums: dict[str, Any]) -> dict[str, Any]:
    """Sums as JSON takes them: amounts as text."""
    return {
        "customers": sums.get("customers", 0),
        "orders": sums.get("orders") or 0,
        "revenue": str(sums.get("revenue") or 0),
    }


def size_after(size: int, seconds: float) -> int:
    """How many rows the next transaction writes, after one of `size` that held the lock for so long."""
    return min(CHUNK, max(_SMALLEST, size // 2) if seconds > _LONG else size * 2)


def _chunks(rows: Sequence[Row]) -> Iterator[AbstractContextManager[Sequence[Row]]]:
    """The rows in parts, each to be written inside the block: the next is smaller where that took long."""
    at, size, took = 0, CHUNK, 0.0

    @contextmanager
    def timed(some: Sequence[Row]) -> Iterator[Sequence[Row]]:
        nonlocal took
        begun = time.monotonic()
        yield some
        took = time.monotonic() - begun

    while at < len(rows):
        yield timed(rows[at : at + size])
        at, size = at + size, size_after(size, took)
        time.sleep(_PAUSE)


def _chunks_of(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
