"""Giving a persona a name, and a note on what people know of it. One transaction with its audit row."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, record
from regulars.platform.insights.models import FormerName, Persona

LONGEST_NAME = 120
LONGEST_NOTE = 2_000


def describe(*, by: User, number: int, name: str, note: str = "") -> None:
    """Name a persona and write a note on it. Raises InputError for a name that is empty, too long, or another persona's,
    also where it was that only in the past: rules that were written with it mean the other."""
    name, note = _clean(name), _clean(note)
    if not name or len(name) > LONGEST_NAME or len(note) > LONGEST_NOTE:
        raise InputError(
            "The name or the note is empty or too long.", where="name",
            do=f"Give a name of at most {LONGEST_NAME} characters, a note of at most {LONGEST_NOTE}.",
        )  # fmt: skip
    with transaction.atomic():
        persona = Persona.objects.select_for_update().filter(pk=number).first()
        if persona is None:
            raise InputError("There is no such persona.", where="number", do="Choose one from the list.")
        if _is_anothers(name, persona):
            raise InputError(
                "Another persona has or had this name.", where="taken", do="Choose another name."
            )
        if name != persona.name:
            persona.former_names.filter(name__iexact=name).delete()
            FormerName.objects.get_or_create(name=persona.name, defaults={"persona": persona})
            persona.name, persona.given = name, True
        persona.note, persona.changed_at = note, timezone.now()
        persona.save()
        record(user=by, action="persona.named", object=f"persona:{persona.pk}", name=persona.name)


def _is_anothers(name: str, persona: Persona) -> bool:
    others = Persona.objects.filter(name__iexact=name).exclude(pk=persona.pk)
    return others.exists() or FormerName.objects.filter(name__iexact=name).exclude(persona=persona).exists()


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
