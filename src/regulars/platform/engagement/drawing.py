"""The job that draws the arms: everybody is recorded before anything leaves, once, and never moved.

A list is written in short steps by one attempt at a time. One that was killed half-way is begun anew by the next, from
nothing; what is ready stays as it is. Arms are a hash of the experiment's key and the customer's number, so a list that
is drawn again has the same.
"""

from __future__ import annotations

import secrets
import time
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.experiments import HELD_OUT, TREATED, Experiment, assigned_on, holdout
from regulars.kernel.errors import RuleError
from regulars.platform.core.api import Running, TryLater, record, start_job
from regulars.platform.customers import api as customers
from regulars.platform.engagement import sending, whom
from regulars.platform.engagement.allowed import end, still_open
from regulars.platform.engagement.models import Assigned, HandOver, HandOverList
from regulars.platform.insights import api as insights

DRAW = "engagement.draw"
CHUNK = 1_000  # rows a transaction
_PAUSE = 0.005  # seconds; SQLite's lock knows no queue


class OvertakenError(Exception):
    """Another attempt writes this list now, or it is whole already."""


def draw(job: Running) -> dict[str, Any] | None:
    """Draw the list of the day, or finish the one that was begun; then have it sent where it goes to a webhook."""
    found_open = still_open(job.arguments["hand_over"])
    if found_open is None:
        return None
    hand_over, by = found_open
    snapshot = insights.current_snapshot()
    if snapshot is None:
        raise TryLater
    objected = customers.not_profiled()
    try:
        of_day = _taken_up(hand_over)
        if of_day is None:
            return None
        job.progress(_("Finding the customers"))
        with insights.at_work(snapshot) as analysis:
            found = whom.find(analysis, hand_over, by.reach)
        _record(job, of_day, found.fresh)
        _leave_out(of_day, sorted(customers.to_leave_out() - objected))
        return _close(of_day, found.counts())
    except OvertakenError:
        return None
    except RuleError:
        _misfit(hand_over)
        return None


def experiment_of(hand_over: HandOver) -> Experiment:
    """The experiment that a hand-over is."""
    return holdout(hand_over.key, float(hand_over.share))


def _taken_up(hand_over: HandOver) -> HandOverList | None:
    """The list to write, empty, for this attempt alone; None where today's is ready."""
    turn, today = secrets.token_hex(8), timezone.now().date()
    with transaction.atomic():
        begun = hand_over.lists.select_for_update().filter(state=HandOverList.State.DRAWING).first()
        if begun is None:
            begun, fresh = HandOverList.objects.get_or_create(hand_over=hand_over, day=today)
            if not fresh and begun.state == HandOverList.State.READY:
                return None
        begun.turn = turn
        # One that was begun on an earlier day is of the day on which it is drawn: that is when its customers' time begins.
        if not hand_over.lists.filter(day=today).exclude(pk=begun.pk).exists():
            begun.day = today
        begun.save(update_fields=["turn", "day"])
    for rows in (begun.messages, begun.assigned):
        while keys := list(rows.values_list("pk", flat=True)[:CHUNK]):
            with transaction.atomic():
                _still(begun)
                rows.filter(pk__in=keys).delete()
    return begun


def _record(job: Running, of_day: HandOverList, fresh: pa.Table) -> None:
    """Write who is in which arm, in short steps."""
    experiment = experiment_of(of_day.hand_over)
    today: date = of_day.day
    rows = assigned_on(experiment, fresh["customer"].to_numpy(), today).append_column(
        "market", fresh["market"]
    )
    for start in range(0, rows.num_rows, CHUNK):
        job.progress(_("Recording who is given to the tool and who is held out"), start / rows.num_rows)
        columns = rows.slice(start, CHUNK).select(["customer", "market", "arm"])
        values = zip(*(column.to_pylist() for column in columns.columns), strict=True)
        some = [
            Assigned(hand_over=of_day.hand_over, of_list=of_day, customer=customer, market=market or "", arm=arm, day=today)
            for customer, market, arm in values
        ]  # fmt: skip
        with transaction.atomic():
            _still(of_day)
            Assigned.objects.bulk_create(some, ignore_conflicts=True)
        time.sleep(_PAUSE)


def _leave_out(of_day: HandOverList, numbers: list[int]) -> None:
    """Who objected, or began to be erased, while the list was drawn is in no arm."""
    for start in range(0, len(numbers), CHUNK):
        with transaction.atomic():
            _still(of_day)
            of_day.assigned.filter(customer__in=numbers[start : start + CHUNK]).delete()


def _close(of_day: HandOverList, counts: dict[str, int]) -> dict[str, Any]:
    """The list is whole: from now on it may leave."""
    arms = dict(of_day.assigned.values_list("arm").annotate(n=Count("pk")))
    counts |= {TREATED: arms.get(TREATED, 0), HELD_OUT: arms.get(HELD_OUT, 0)}
    hand_over = of_day.hand_over
    if hand_over.webhook is not None:
        sending.divide(of_day, _still)
    with transaction.atomic():
        _still(of_day)
        HandOverList.objects.filter(pk=of_day.pk).update(
            state=HandOverList.State.READY, counts=counts, ready_at=timezone.now()
        )
        record(
            user=hand_over.by, action="handover.drawn", object=f"handover:{hand_over.pk}", day=str(of_day.day),
            treated=counts[TREATED], held_out=counts[HELD_OUT],
        )  # fmt: skip
        if hand_over.webhook is not None and counts[TREATED]:
            start_job(kind=sending.SEND, key=f"list {of_day.pk}", list=of_day.pk)
    return counts


def _still(of_day: HandOverList) -> None:
    """Hold the list's row until the transaction ends. Raises OvertakenError where it is another attempt's."""
    mine = HandOverList.objects.select_for_update().filter(
        pk=of_day.pk, turn=of_day.turn, state=HandOverList.State.DRAWING
    )
    if mine.first() is None:
        raise OvertakenError


def _misfit(hand_over: HandOver) -> None:
    """The rule fits no longer, so nobody can be found by it: it is stopped, and its page says why."""
    with transaction.atomic():
        row = HandOver.objects.select_for_update().get(pk=hand_over.pk)
        row.looked = row.looked | {"mistake": True}
        row.save(update_fields=["looked"])
        row.lists.filter(state=HandOverList.State.DRAWING).delete()
        end(row, why="rule")
