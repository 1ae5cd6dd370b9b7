"""Writing about customers: notes, and whether somebody may be profiled."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, publish, record
from regulars.platform.customers import models

LONGEST_NOTE = 4_000


def add_note(*, number: int, text: str, by: User) -> None:
    """Write a note about a customer. Raises InputError for an empty or a very long one."""
    clean = _checked(text)
    with transaction.atomic():
        models.Note.objects.create(customer_id=number, text=clean, by=by, who=str(by))
        record(user=by, action="customer.note.added", customer=number)


def change_note(*, note: int, text: str, by: User) -> bool:
    """Change one's own note; an empty text deletes it. False where it is not one's own. Raises InputError if too long."""
    with transaction.atomic():
        found = models.Note.objects.select_for_update().filter(pk=note, by=by).first()
        if found is None:
            return False
        if text.strip():
            found.text, found.edited_at = _checked(text), timezone.now()
            found.save(update_fields=["text", "edited_at"])
        else:
            found.delete()
        record(
            user=by,
            action="customer.note.changed" if text.strip() else "customer.note.deleted",
            customer=found.customer_id,
        )
    return True


def set_profiling(*, numbers: tuple[int, ...], allowed: bool, by: User | None) -> None:
    """Obey somebody who objects to profiling, under all their numbers, or who allows it again."""
    with transaction.atomic():
        changed = models.Customer.objects.filter(pk__in=numbers, no_profiling=allowed).update(
            no_profiling=not allowed
        )
        if changed:
            record(user=by, action="customer.profiling", customer=numbers[0], allowed=allowed)
            publish("profiling.changed", key="profiling")


def _checked(text: str) -> str:
    clean = text.strip().replace("\x00", "")
    if not clean:
        raise InputError("The note is empty.", do="Write something, or leave it.")
    if len(clean) > LONGEST_NOTE:
        raise InputError("The note is too long.", do=f"Write at most {LONGEST_NOTE} characters.")
    return clean
