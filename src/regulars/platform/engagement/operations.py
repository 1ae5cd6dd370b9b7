"""Writing hand-overs: proposed, begun, stopped, what they cost; who took a file is written down."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import ConflictError, InputError
from regulars.platform.core.api import User, record, start_job
from regulars.platform.engagement import sending
from regulars.platform.engagement.drawing import DRAW
from regulars.platform.engagement.looking import LOOK
from regulars.platform.engagement.models import HandOver, HandOverList
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import alerts

LONGEST_NAME = 120
MOST_COST = Decimal(10**12)
REASONS = ("complaint", "late", "overdue")


@dataclass(frozen=True)
class Wish:
    """What somebody wants handed over. `segment`: a slug; empty for the Today list (of one `reason`, or of all).

    `webhook` None: a file. `share` held out, 0.01 to 0.5; `points`: the difference in per cent of customers that would matter.
    """

    name: str
    tool: str
    every: str
    segment: str = ""
    reason: str = ""
    webhook: int | None = None
    share: Decimal = Decimal("0.1")
    points: Decimal = Decimal(5)


def propose(*, by: User, wish: Wish) -> int:
    """A draft, which is looked at in the background; returns its number. Raises InputError, with the field in `where`."""
    values = _checked(by, wish)
    with transaction.atomic():
        markets = by.reach.markets
        row = HandOver.objects.create(
            by=by, key=f"handover {secrets.token_hex(12)}", markets=None if markets is None else sorted(markets), **values
        )  # fmt: skip
        start_job(kind=LOOK, key=f"handover {row.pk}", by=by, hand_over=row.pk)
    return int(row.pk)


def look_again(*, by: User, number: int) -> None:
    """Count a draft again, with the figures of now."""
    with transaction.atomic():
        row = _own(by, number, HandOver.State.DRAFT)
        row.looked = {}
        row.save(update_fields=["looked"])
        start_job(kind=LOOK, key=f"handover {row.pk}", by=by, hand_over=row.pk)


def begin(*, by: User, number: int, customers: int) -> None:
    """Hand over. `customers`: how many the person was told that it gives away; it must be what was counted.

    Raises ConflictError, with `where` "customers" where it is not, "stale" where there are newer figures (then it is counted
    again), and without one where it has begun already.
    """
    with transaction.atomic():
        row = _own(by, number, HandOver.State.DRAFT)
        shown = insights.current_snapshot()
        counted = row.looked.get("counts", {}).get("treated")
        if shown is None or row.looked.get("snapshot") != shown.pk:
            row.looked = {}
            row.save(update_fields=["looked"])
            start_job(kind=LOOK, key=f"handover {row.pk}", by=by, hand_over=row.pk)
            stale = True
        else:
            stale = False
            if not counted or counted != customers:
                raise ConflictError(
                    "This is not the number that was counted.",
                    where="customers",
                    do="Write the number that the page names.",
                )
            row.state, row.started_at = HandOver.State.OPEN, timezone.now()
            row.save(update_fields=["state", "started_at"])
            record(
                user=by, action="handover.begun", object=f"handover:{number}", tool=row.tool, every=row.every,
                to="webhook" if row.webhook else "file", customers=customers, held_out=str(row.share),
            )  # fmt: skip
            start_job(kind=DRAW, key=f"handover:{number}", by=by, hand_over=number)
    if stale:
        raise ConflictError("There are newer figures.", where="stale", do="Look at what is counted now.")


def stop(*, by: User, number: int) -> None:
    """Hand nobody over any more, and measure on. What waits to be sent is not sent."""
    with transaction.atomic():
        row = _own(by, number, HandOver.State.OPEN)
        row.state, row.stopped_at = HandOver.State.STOPPED, timezone.now()
        row.save(update_fields=["state", "stopped_at"])
        record(user=by, action="handover.stopped", object=f"handover:{number}")


def go_on(*, by: User, number: int) -> None:
    """Take up one that was stopped and comes again; who is in an arm stays in it. It is from now on by who took it up."""
    with transaction.atomic():
        row = _own(by, number, HandOver.State.STOPPED)
        if row.every == HandOver.Every.ONCE:
            raise InputError("This was handed over once.", do="Make a new one.")
        row.state, row.stopped_at, row.by = HandOver.State.OPEN, None, by
        row.looked.pop("mistake", None)
        row.save(update_fields=["state", "stopped_at", "by", "looked"])
        record(user=by, action="handover.resumed", object=f"handover:{number}")


def discard(*, by: User, number: int) -> None:
    """Throw a draft away; nothing has left."""
    with transaction.atomic():
        _own(by, number, HandOver.State.DRAFT).delete()


def set_cost(*, by: User, number: int, cost: Decimal | None) -> None:
    """What the work cost in all, in the reporting currency. Raises InputError for a cost that is negative or beyond reason."""
    if cost is not None and not 0 <= cost <= MOST_COST:
        raise InputError("This cannot be what it cost.", where="cost", do="Give an amount of 0 or more.")
    with transaction.atomic():
        row = _own(by, number, HandOver.State.OPEN, HandOver.State.STOPPED)
        row.cost = cost
        row.save(update_fields=["cost"])
        record(
            user=by,
            action="handover.cost",
            object=f"handover:{number}",
            cost=None if cost is None else str(cost),
        )


def note_download(*, by: User, number: int, day: str, customers: int) -> None:
    """Write down that somebody took a file, of how many; never of whom."""
    record(user=by, action="handover.downloaded", object=f"handover:{number}", day=day, customers=customers)


def send_again(*, by: User, number: int, of_day: int) -> None:
    """Send the parts of a list that the webhook did not take once more."""
    with transaction.atomic():
        row = _own(by, number, HandOver.State.OPEN)
        found = HandOverList.objects.filter(pk=of_day, hand_over=row, state=HandOverList.State.READY).first()
        if found is not None:
            sending.again(found)
            record(user=by, action="handover.sent_again", object=f"handover:{number}", day=str(found.day))


def may_see(user: User, row: HandOver) -> bool:
    """Whether all of its customers are of markets that somebody may see."""
    seen = user.reach.markets
    return seen is None or (row.markets is not None and set(row.markets) <= seen)


def _own(by: User, number: int, *states: str) -> HandOver:
    row = HandOver.objects.select_for_update().filter(pk=number).first()
    if row is None or not may_see(by, row):
        raise InputError("There is no such hand-over.", do="Choose one from the list.")
    if row.state not in states:
        raise ConflictError("It is not in this state any more.", do="Look at the page again.")
    return row


def _checked(by: User, wish: Wish) -> dict[str, object]:
    name = " ".join(wish.name.replace("\x00", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise InputError(
            "The hand-over needs a name.", where="name", do=f"At most {LONGEST_NAME} characters."
        )
    if wish.tool not in HandOver.Tool.values or wish.every not in HandOver.Every.values:
        raise InputError("This is no tool or rhythm.", where="tool", do="Choose from the list.")
    if not Decimal("0.01") <= wish.share <= Decimal("0.5"):
        raise InputError("From 1 to 50 % can be held out.", where="share", do="10 % is usual.")
    if not Decimal("0.1") <= wish.points <= Decimal(50):
        raise InputError("No such difference can be looked for.", where="points", do="Give 0.1 to 50 points.")
    if wish.webhook is not None and wish.webhook not in {one.number for one in alerts.webhooks() if one.on}:
        raise InputError("There is no such webhook.", where="webhook", do="Choose another.")
    values: dict[str, object] = {
        "name": name, "tool": wish.tool, "every": wish.every, "webhook": wish.webhook, "share": wish.share,
        "points": wish.points,
    }  # fmt: skip
    if not wish.segment:
        reason = wish.reason if wish.reason in REASONS else ""
        return values | {"source": HandOver.Source.TODAY, "reason": reason}
    segment = insights.segments.one(slug=wish.segment, reach=by.reach)
    if segment is None or segment.archived_at is not None:
        raise InputError("There is no such segment.", where="segment", do="Choose another.")
    return values | {"source": HandOver.Source.SEGMENT, "segment": segment.number, "rule": segment.rule}
