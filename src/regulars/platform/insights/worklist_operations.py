"""What people do with the work list. Each write is one transaction with its audit row, and only within the user's markets."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, record
from regulars.platform.insights.models import WorkItem
from regulars.platform.insights.worklist_queries import Work, row_of, visible

LONGEST_NOTE = 2_000


class NoSuchWorkError(LookupError):
    """There is no such item, or none that this user may see."""


def finish(*, by: User, number: int) -> Work:
    """Mark an item as done."""

    def change(item: WorkItem) -> None:
        if item.state == WorkItem.State.OPEN:
            item.state, item.closed_at, item.done_by = WorkItem.State.DONE, timezone.now(), by

    return _change(by, number, "worklist.done", change)


def reopen(*, by: User, number: int) -> Work:
    """Take back that an item is done. It stays done where the customer is listed anew for the same reason."""

    def change(item: WorkItem) -> None:
        same = WorkItem.objects.filter(customer=item.customer, reason=item.reason, state=WorkItem.State.OPEN)
        if item.state == WorkItem.State.DONE and not same.exists():
            item.state, item.closed_at, item.done_by = WorkItem.State.OPEN, None, None

    return _change(by, number, "worklist.reopened", change)


def assign(*, by: User, number: int, to: int | None) -> Work:
    """Give an item to a member of staff, or to nobody. Raises InputError for who cannot work on it."""
    person = None if to is None else User.objects.filter(pk=to, is_active=True).first()

    def change(item: WorkItem) -> None:
        if to is not None and (person is None or not _can_do(person, item)):
            raise InputError("Nobody with this number may work on this.", do="Choose somebody from the list.")
        item.assigned = person

    return _change(by, number, "worklist.assigned", change)


def note(*, by: User, number: int, text: str) -> Work:
    """Write on an item; an empty text removes the note."""
    if len(text) > LONGEST_NOTE:
        raise InputError("The note is too long.", do=f"At most {LONGEST_NOTE} characters.")

    def change(item: WorkItem) -> None:
        item.note = text.replace("\x00", "").strip()  # PostgreSQL refuses that character

    return _change(by, number, "worklist.noted", change)


def snooze(*, by: User, number: int, until: date | None) -> Work:
    """Put an item off until a day, or None: show it again."""

    def change(item: WorkItem) -> None:
        item.snoozed_until = until

    return _change(by, number, "worklist.put_off", change)


def colleagues(*, markets: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """Who may work on items of each of these markets: number and name."""
    people = [
        user
        for user in User.objects.filter(is_active=True).order_by("name", "pk")
        if user.may("worklist.change")
    ]
    return {
        market: [(user.pk, str(user)) for user in people if user.reach.allows(market or None)]
        for market in markets
    }


def _can_do(user: User, item: WorkItem) -> bool:
    return user.may("worklist.change") and user.reach.allows(item.market or None)


def _change(by: User, number: int, action: str, change: Callable[[WorkItem], None]) -> Work:
    with transaction.atomic():
        # Only the item is locked, not the users that it names: those may be missing, which PostgreSQL cannot lock.
        item = visible(by.reach).select_for_update().filter(pk=number).first()
        if item is None:
            raise NoSuchWorkError(number)
        change(item)
        item.changed_at = timezone.now()
        item.save()
        record(user=by, action=action, object=f"work:{number}", customer=item.customer)
    return row_of(item)
