"""Jobs of segments: evaluate all after a snapshot, one after a change; count a rule that takes longer than a page waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from regulars.kernel.errors import LakeError
from regulars.lake import Lake
from regulars.platform.core.api import Reach, Running, TryLater
from regulars.platform.customers import api as customers
from regulars.platform.insights import runs
from regulars.platform.insights.members import members_page
from regulars.platform.insights.models import Segment, SegmentChange, SegmentMember, Snapshot, WorkItem
from regulars.platform.insights.segments_evaluate import CHUNK, OutdatedError, by_market, evaluate
from regulars.platform.insights.segments_rules import PREDICTED, asks_for, effective
from regulars.platform.insights.segments_working import at_work, current_snapshot

_PATIENCE = 5.0  # seconds that a quick job waits for the lake


def evaluate_all(job: Running) -> dict[str, Any] | None:
    """Evaluate every segment that is in use, or the one that is named, as of the current snapshot.

    After a run of scores or groups: those whose rules ask for what runs bring, once more.
    """
    snapshot = current_snapshot()
    wanted = Segment.objects.filter(archived_at__isnull=True).order_by("pk")
    if one := job.arguments.get("segment"):
        wanted = wanted.filter(pk=one)
    segments, again = list(wanted), "run" in job.arguments
    if again:
        segments = [one for one in segments if asks_for(one.rule, PREDICTED)]
    if snapshot is None or not segments:
        return None
    done, objected = 0, customers.not_profiled()
    with at_work(snapshot) as analysis:
        whole = by_market(analysis)
        for segment in segments:
            job.progress(segment.name, done / len(segments))
            if not _is_current(snapshot):
                break  # the newer snapshot has started a job of its own
            try:
                evaluate(
                    segment=segment, snapshot=snapshot, analysis=analysis, whole=whole, step=job.progress, again=again,
                )  # fmt: skip
            except OutdatedError:
                continue
            done += 1
    _take_out(customers.to_leave_out() - objected)  # whoever objected or was erased while this was worked out
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
    removed = _take_out(numbers)
    files = runs.leave_out(frozenset(numbers))
    if Lake.is_lake(settings.SITE.lake):
        _forget_scores(numbers)
    return {"removed": removed, "files": files}


def _take_out(numbers: Iterable[int]) -> int:
    """Their rows of the state; returns how many there were."""
    wanted, removed = sorted(numbers), 0
    for start in range(0, len(wanted), CHUNK):
        those = wanted[start : start + CHUNK]
        for model in (SegmentMember, SegmentChange, WorkItem):
            removed += model._default_manager.filter(customer__in=those).delete()[0]
    return removed


def _forget_scores(numbers: list[int]) -> None:
    """Their predictions in the lake. Raises TryLater where the lake is being written: other quick jobs do not wait for that."""
    from regulars.prediction.keeping import forget_scores  # noqa: PLC0415 - seldom needed

    lake = Lake.open(settings.SITE.lake)
    try:
        forget_scores(lake, numbers, timeout=_PATIENCE)
    except LakeError as error:
        if lake.lock.holder()[1]:
            raise TryLater from error
        raise


def _is_current(snapshot: Snapshot) -> bool:
    return Snapshot.objects.filter(pk=snapshot.pk, current=True).exists()
