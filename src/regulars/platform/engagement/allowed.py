"""Whether a hand-over may go on: it is somebody's, every time that it acts."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from regulars.platform.core.api import User, record
from regulars.platform.engagement.models import HandOver


def still_open(number: int) -> tuple[HandOver, User] | None:
    """The hand-over and whom it is by, as they are now; None where it was stopped. Without the right or the account it is."""
    row = HandOver.objects.select_related("by").filter(pk=number, state=HandOver.State.OPEN).first()
    if row is None:
        return None
    if row.by is None or not row.by.is_active or not row.by.may("contacts.download"):
        end(row, why="rights")
        return None
    return row, row.by


def end(row: HandOver, *, why: str) -> None:
    """Stop one that cannot go on, and write down why."""
    with transaction.atomic():
        if HandOver.objects.filter(pk=row.pk, state=HandOver.State.OPEN).update(
            state=HandOver.State.STOPPED, stopped_at=timezone.now()
        ):
            record(user=None, action="handover.stopped", object=f"handover:{row.pk}", why=why)
