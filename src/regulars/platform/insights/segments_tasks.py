"""Jobs of segments: evaluate all after a snapshot, one after a change; count a rule that takes longer than a page waits."""

from __future__ import annotations

from typing import Any

from regulars.platform.core.api import Reach, Running
from regulars.platform.customers import api as customers
from regulars.platform.insights.members import members_page
from regulars.platform.insights.models import Segment, SegmentChange, SegmentMember, Snapshot, WorkItem
from regulars.platform.insights.segments_evaluate import CHUNK, OutdatedError, by_market, evaluate
from regulars.platform.insights.segments_rules import effective
from regulars.platform.insights.segments_working import at_work, current_snapshot


def evaluate_all(job: Running) -> dict[str, Any] | None:
    """Evaluate every segment that is in use, or the one that is named, as of the current snapshot."""
    snapshot = current_snapshot()
    wanted = Segment.objects.filter(archived_at__isnull=True).order_by("pk")
    if one := job.arguments.get("segment"):
        wanted = wanted.filter(pk=one)
    segments = list(wanted)
    if snapshot is None or not segments:
        return None
    done = 0
    with at_work(snapshot) as analysis:
        whole = by_market(analysis)
        for segment in segments:
            job.progress(segment.name, done / len(segments))
            if not _is_current(snapshot):
                break  # the newer snapshot has started a job of its own
            try:
                evaluate(
                    segment=segment, snapshot=snapshot, analysis=analysis, whole=whole, step=job.progress
                )
            except OutdatedError:
                continue
            done += 1
    return {"segments": done}


def count(job: Running) -> dict[str, Any]:
    """How many customers a rule finds, for a page that did not wait."""
    snapshot = current_snapshot()
    if snapshot is None:
        return {"customers": None}
    markets = job.arguments["markets"]
    reach = Reach(None if markets is None else frozenset(markets))
    with at_work(snapshot) as analysis:
        asked = effective(job.arguments["rule"], currency=analysis.definitions.currency)
        found = members_page(analysis, rule=asked.rule, registry=asked.registry, reach=reach, limit=0)
        return {"customers": found.customers}


def obey(job: Running) -> dict[str, Any]:
    """Take everybody who objected to profiling out of segments, their history and the work list, at once."""
    numbers = sorted(customers.not_profiled())
    removed = 0
    for start in range(0, len(numbers), CHUNK):
        those = numbers[start : start + CHUNK]
        for model in (SegmentMember, SegmentChange, WorkItem):
            removed += model._default_manager.filter(customer__in=those).delete()[0]
    return {"removed": removed}


def _is_current(snapshot: Snapshot) -> bool:
    return Snapshot.objects.filter(pk=snapshot.pk, current=True).exists()
