"""To a webhook: a list in parts, one after the other, each under an id of its own that stays the same however often it is sent."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils import timezone, translation

from regulars.experiments import TREATED
from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Reach, Running, record, start_job
from regulars.platform.engagement.allowed import still_open
from regulars.platform.engagement.models import HandOver, HandOverList, Message
from regulars.platform.engagement.people import people, slabs, treated
from regulars.platform.engagement.rules import messages
from regulars.platform.engagement.rules.tools import Person
from regulars.platform.engagement.values import Values
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import alerts

SEND = "engagement.send"
KIND = "customers.handed_over"
_AT_A_TIME = 20.0  # seconds: then mail and alerts have their turn
_PARTS = 100  # whose customers' values are held at once
_OF_THIS_ONE = (400, 413, 422)  # refuse the message, not the sender: the next one may well be taken


def divide(of_day: HandOverList, still: Callable[[HandOverList], None]) -> int:
    """Make the parts of a list that is being drawn, in short steps; returns how many. `still` holds the list's row, or raises."""
    made = 0
    # Read in pieces, each with a question of its own: SQLite does not write under a question that is still open.
    for numbers in slabs(of_day.assigned.filter(arm=TREATED).order_by("customer")):
        parts = [numbers[at : at + messages.CUSTOMERS] for at in range(0, len(numbers), messages.CUSTOMERS)]
        rows = [
            Message(
                of_list=of_day,
                part=made + place,
                first=some[0],
                last=some[-1],
                message=f"msg_{secrets.token_hex(14)}",
            )
            for place, some in enumerate(parts, start=1)
        ]
        with transaction.atomic():
            still(of_day)
            Message.objects.bulk_create(rows)
        made += len(rows)
    return made


def send(job: Running) -> dict[str, Any] | None:
    """Send the parts that wait, in their order. One that is not taken is tried again later, and the rest after it.

    A worker that dies after the other side's yes sends the same part again, under the same id.
    """
    of_day = HandOverList.objects.select_related("hand_over").filter(pk=job.arguments["list"]).first()
    snapshot = insights.current_snapshot()
    if of_day is None or snapshot is None or of_day.hand_over.webhook is None:
        return None
    waiting = of_day.messages.filter(state=Message.State.WAITING).order_by("part")
    first = waiting.first()
    if first is None:
        return None
    if (wait := first.next_at - timezone.now()) > timedelta(seconds=1):
        # Most often another job waits for that time, and stays the only one; nothing is left behind where none does.
        start_job(kind=SEND, key=f"list {of_day.pk}", after=wait, list=of_day.pk)
        return None
    found = still_open(of_day.hand_over_id)
    if found is None:
        waiting.update(state=Message.State.FAILED)
        return None
    with insights.at_work(snapshot) as analysis, translation.override(found[1].language):
        if not _parts_sent(job, of_day, analysis, found[1].reach):
            return None
    _told(of_day)
    return {"parts": of_day.messages.count()}


def _parts_sent(job: Running, of_day: HandOverList, analysis: Analysis, reach: Reach) -> bool:
    """Send what waits; False where something is left for another job."""
    hand_over, parts = of_day.hand_over, of_day.messages.count()
    rows = treated(hand_over, of_day=of_day, reach=reach)
    until = time.monotonic() + _AT_A_TIME
    waiting = of_day.messages.filter(state=Message.State.WAITING).order_by("part")
    while some := list(waiting[:_PARTS]):
        within = rows.filter(customer__gte=some[0].first, customer__lte=some[-1].last)
        numbers = list(within.values_list("customer", flat=True))
        values = Values.read(analysis, pa.array(numbers, pa.int64()))
        for one in some:
            job.progress(hand_over.name, (one.part - 1) / parts)
            if time.monotonic() > until:
                start_job(kind=SEND, key=f"list {of_day.pk}", list=of_day.pk)
                return False
            if still_open(hand_over.pk) is None:  # stopped since the last part
                waiting.update(state=Message.State.FAILED)
                return False
            here = [number for number in numbers if one.first <= number <= one.last]
            given = people(hand_over, here, values, analysis.as_of)
            if given and not _taken(one, hand_over, _body(one, of_day, parts, given), len(given)):
                return False
            if not given:  # everybody in it objected, took back consent or was erased meanwhile
                one.state, one.sent_at = Message.State.SENT, timezone.now()
                one.save(update_fields=["state", "sent_at"])
    return True


def _body(one: Message, of_day: HandOverList, parts: int, given: list[Person]) -> bytes:
    about = {
        "hand_over": of_day.hand_over_id, "name": of_day.hand_over.name, "day": str(of_day.day), "part": one.part,
        "parts": parts,
    }  # fmt: skip
    at = (of_day.ready_at or timezone.now()).isoformat()
    return messages.body(KIND, at, of_day.hand_over.tool, about, given)


def again(of_day: HandOverList) -> None:
    """Send the parts that failed once more, under their own ids; in the caller's transaction."""
    failed = of_day.messages.filter(state=Message.State.FAILED)
    if failed.update(state=Message.State.WAITING, step=0, next_at=timezone.now()):
        start_job(kind=SEND, key=f"list {of_day.pk}", list=of_day.pk)


def _taken(one: Message, hand_over: HandOver, body: bytes, customers: int) -> bool:
    """One attempt at one part, and what became of it; False where the rest has to wait."""
    assert hand_over.webhook is not None
    answer = alerts.call_webhook(number=hand_over.webhook, message=one.message, body=body)
    now = timezone.now()
    tried = {"at": now.isoformat(timespec="seconds"), "status": answer.status, "error": answer.error}
    one.attempts = [*one.attempts, tried][-50:]
    if answer.taken:
        one.state, one.sent, one.sent_at = Message.State.SENT, customers, now
        one.save(update_fields=["state", "sent", "sent_at", "attempts"])
        return True
    wait = alerts.next_after(one.step, answer.status, answer.retry_after, now, random.random)
    over = wait is None or answer.status == 410 or answer.error == "off"
    with transaction.atomic():
        if over or wait is None:
            one.state = Message.State.FAILED
        else:
            one.step, one.next_at = one.step + 1, now + wait
            start_job(kind=SEND, key=f"list {one.of_list_id}", after=wait, list=one.of_list_id)
        one.save(update_fields=["state", "step", "next_at", "attempts"])
    return one.state == Message.State.FAILED and answer.status in _OF_THIS_ONE


def _told(of_day: HandOverList) -> None:
    sent = sum(of_day.messages.values_list("sent", flat=True))
    record(
        user=of_day.hand_over.by, action="handover.sent", object=f"handover:{of_day.hand_over_id}", day=str(of_day.day),
        customers=sent,
    )  # fmt: skip
