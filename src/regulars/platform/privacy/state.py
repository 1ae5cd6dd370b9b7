"""Rows of the state that are about a person: every model with a column `customer`, whichever context it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction

from regulars.platform.core.models import AuditEntry
from regulars.platform.privacy.registry import Person, Rows

_CHUNK = 2_000
# Who somebody is belongs to the context of customers, which erases it last; the audit log is masked.
_OTHERS = {"customers"}


def _about() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        fields = {field.name for field in model._meta.get_fields() if getattr(field, "column", None)}
        if "customer" in fields and model is not AuditEntry and model._meta.app_label not in _OTHERS:
            yield model


def _rows(model: type[models.Model], person: Person) -> models.QuerySet[Any]:
    return model._default_manager.filter(customer__in=person.numbers)


def where(person: Person) -> int:
    return sum(_rows(model, person).count() for model in _about())


def export(person: Person) -> dict[str, Rows]:
    found = {model._meta.db_table: list(_rows(model, person).values()) for model in _about()}
    return {name: rows for name, rows in found.items() if rows}


def erase(person: Person) -> int:
    return sum(_delete(_rows(model, person)) for model in _about())


def _delete(rows: models.QuerySet[Any]) -> int:
    count = 0
    while keys := list(rows.values_list("pk", flat=True)[:_CHUNK]):
        with transaction.atomic():
            rows.model._default_manager.filter(pk__in=keys).delete()
        count += len(keys)
    return count


def audited(person: Person) -> int:
    return AuditEntry.objects.filter(customer__in=person.numbers).count()


def audit_export(person: Person) -> dict[str, Rows]:
    rows = AuditEntry.objects.filter(customer__in=person.numbers).order_by("at")
    return {"audit": [dict(row) for row in rows.values("at", "who", "action")]}


def mask_audit(person: Person) -> int:
    """That somebody saw or did something stays; about whom does not."""
    count = 0
    while keys := list(
        AuditEntry.objects.filter(customer__in=person.numbers).values_list("pk", flat=True)[:_CHUNK]
    ):
        AuditEntry.objects.filter(pk__in=keys).update(customer=None, object="", details={})
        count += len(keys)
    return count
